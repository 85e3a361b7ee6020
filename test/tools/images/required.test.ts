import { shippedProfiles } from '../../../config/load';
import { containersOf, Manifests } from '../../../constructs/policy/objects';
import { copiesOf, requiredImages } from '../../../tools/images/required';
import { renderToml } from '../../render';

const DIGEST = `sha256:${'0'.repeat(64)}`;

const MIRRORED = `
[deploy]
extends = "production"
canvas = false
sign_in = false
[deploy.images.mirrors]
"docker.io" = "registry.example.com/dockerhub"
"ghcr.io" = "registry.example.com/ghcr"
[deploy.images.digests]
"ghcr.io/openhands/agent-server:1.58.2-python" = "${DIGEST}"
"quay.io/prometheus/blackbox-exporter:v0.28.0" = "${DIGEST}"
`;

const compare = (a: string, b: string) => a.localeCompare(b, 'en');

const PROFILES: readonly string[] = [...shippedProfiles().map((it) => `[deploy]\nextends = "${it}"`), MIRRORED];

test.each(PROFILES)('those of a profile are in its manifests, but for the one that verify asks from: %s', (toml) => {
  const { profile, objects } = renderToml(toml);
  const required = requiredImages(profile);
  const rendered = new Manifests(objects).pods.flatMap(containersOf).map(({ image }) => image);
  const ofVerify = required.filter(({ by }) => by.includes('npm run verify')).map(({ image }) => image);

  expect(ofVerify).toHaveLength(1);
  expect(required.map(({ image }) => image)).toEqual([...new Set([...rendered, ...ofVerify])].sort(compare));
});

test('each tells where its publisher has it and who runs it', () => {
  const required = requiredImages(renderToml(MIRRORED).profile);

  expect(required).toContainEqual({
    image: `registry.example.com/ghcr/openhands/agent-server:1.58.2-python@${DIGEST}`,
    source: 'ghcr.io/openhands/agent-server:1.58.2-python',
    by: ['Deployment/openhands-runtime-reviews', 'StatefulSet/openhands-runtime'],
  });
  expect(required).toContainEqual({
    image: 'registry.example.com/dockerhub/library/busybox:1.35',
    source: 'busybox:1.35',
    by: ['npm run verify'],
  });
});

test('an image that a patch names is one of them, and no mirror stands for it', () => {
  const image = 'quay.example.com/own:1';
  const { profile } = renderToml(`${MIRRORED}
[[deploy.patches]]
target = { kind = "StatefulSet", name = "openhands-runtime" }
patch = [{ op = "replace", path = "/spec/template/spec/containers/0/image", value = "${image}" }]
`);

  expect(requiredImages(profile)).toContainEqual({ image, source: image, by: ['StatefulSet/openhands-runtime'] });
  expect(copiesOf(requiredImages(profile)).flat()).not.toContain(image);
});

test('those of mirrors are copied, read by their digest and written under their tag', () => {
  expect(copiesOf(requiredImages(renderToml(MIRRORED).profile))).toEqual([
    ['docker.io/library/busybox:1.35', 'registry.example.com/dockerhub/library/busybox:1.35'],
    [
      'docker.io/otel/opentelemetry-collector-contrib:0.155.0',
      'registry.example.com/dockerhub/otel/opentelemetry-collector-contrib:0.155.0',
    ],
    ['docker.io/ubuntu/squid:6.6-24.04_beta', 'registry.example.com/dockerhub/ubuntu/squid:6.6-24.04_beta'],
    [`ghcr.io/openhands/agent-server@${DIGEST}`, 'registry.example.com/ghcr/openhands/agent-server:1.58.2-python'],
  ]);
});

test.each([
  ['a:1', 'r.example.com/a:1', 'docker.io/library/a:1', 'r.example.com/a:1'],
  [`a@${DIGEST}`, `r.example.com/a@${DIGEST}`, `docker.io/library/a@${DIGEST}`, `r.example.com/a@${DIGEST}`],
  [`a:1@${DIGEST}`, `r.example.com:5000/a:1@${DIGEST}`, `docker.io/library/a@${DIGEST}`, 'r.example.com:5000/a:1'],
  ['r.example.com:5000/a', 's.example.com/a', 'r.example.com:5000/a', 's.example.com/a'],
])('%s is copied to %s', (source, image, from, to) => {
  expect(copiesOf([{ source, image }])).toEqual([[from, to]]);
});

test('an image without a mirror is not copied', () => {
  expect(copiesOf([{ source: 'busybox:1.35', image: 'busybox:1.35' }])).toEqual([]);
  expect(copiesOf([{ source: 'busybox:1.35', image: `busybox:1.35@${DIGEST}` }])).toEqual([]);
});
