import { load, refusals } from '../config-file';

const table = (name: string, line: string) => `[deploy.images.${name}]\n${line}\n`;

const DIGEST = `sha256:${'0'.repeat(64)}`;

const REGISTRY =
  'a registry, with a path or without, such as docker.io, quay.io/prometheus or registry.example.com:5000/hub';

test.each([
  '"docker.io" = "registry.example.com/dockerhub"',
  '"docker.io/library" = "registry.example.com:5000"',
  '"localhost:5000" = "registry:5000/a/b"',
  '"registry.k8s.io" = "Registry.Example.com/k8s"',
])('a mirror %s', (line) => {
  expect(load(table('mirrors', line)).profile.deploy.images.mirrors).toBeTruthy();
});

test.each([
  ['a folder of docker.io', 'library'],
  ['a URL', 'https://docker.io'],
  ['a tag', 'docker.io/library/ubuntu:22.04'],
  ['a digest', 'quay.io/a@sha256:00'],
  ['a slash at its end', 'docker.io/'],
  ['upper case in its path', 'docker.io/Library'],
  ["docker.io's other name", 'index.docker.io'],
  ['a wildcard', '*.example.com'],
  ['nothing', ''],
])('a mirror of %s is refused', (_, registry) => {
  expect(refusals(table('mirrors', `"${registry}" = "registry.example.com"`))).toEqual([
    `config.toml:2: deploy.images.mirrors.${/^[\w-]+$/.test(registry) ? registry : `"${registry}"`}: its name must be ${REGISTRY}`,
  ]);
  expect(refusals(table('mirrors', `"docker.io" = "${registry}"`))).toEqual([
    `config.toml:2: deploy.images.mirrors."docker.io": must be ${REGISTRY}, got "${registry}"`,
  ]);
});

test('a list of mirrors is refused', () => {
  expect(refusals('[deploy.images]\nmirrors = ["registry.example.com"]')).toEqual([
    'config.toml:2: deploy.images.mirrors: must be a table, got a list',
  ]);
});

test.each(['ubuntu:22.04', 'docker.io/library/ubuntu:22.04', 'busybox:1.35'])('a digest of %s', (image) => {
  expect(load(table('digests', `"${image}" = "${DIGEST}"`)).profile.deploy.images.digests).toEqual({ [image]: DIGEST });
});

test('a digest of the image that the profile names', () => {
  const own = '[sandbox]\nruntime_container_image = "registry.example.com/sandbox:7"\n';

  expect(load(own + table('digests', `"registry.example.com/sandbox:7" = "${DIGEST}"`))).toBeTruthy();
});

test.each([`"${DIGEST.slice(7)}"`, '"sha256:1234"', '"latest"', `"sha512:${'0'.repeat(64)}"`])(
  'a digest %s is refused',
  (digest) => {
    expect(refusals(table('digests', `"ubuntu:22.04" = ${digest}`))).toEqual([
      `config.toml:2: deploy.images.digests."ubuntu:22.04": must be a digest, sha256: and 64 hexadecimal digits, got ${digest}`,
    ]);
  },
);

test('a digest of an image that nothing runs is refused: the tag may have gone on', () => {
  expect(refusals(table('digests', `"ubuntu:22.03" = "${DIGEST}"`))).toEqual([
    'config.toml:2: deploy.images.digests."ubuntu:22.03": must name an image of this program or of the sandboxes, ' +
      'with its tag alone, did you mean docker.io/library/ubuntu:22.04?',
  ]);
});

test('two digests of one image are refused', () => {
  const lines = `"ubuntu:22.04" = "${DIGEST}"\n"docker.io/library/ubuntu:22.04" = "${DIGEST}"`;

  expect(refusals(table('digests', lines))).toEqual([
    'config.toml:3: deploy.images.digests."docker.io/library/ubuntu:22.04": must differ from the others, ' +
      'got docker.io/library/ubuntu:22.04 twice',
  ]);
});

test('a digest for an image that has one is refused', () => {
  const own = `[sandbox]\nruntime_container_image = "a.example.com/b:1@${DIGEST}"\n`;

  expect(refusals(own + table('digests', `"a.example.com/b:1" = "${DIGEST}"`))).toHaveLength(1);
});
