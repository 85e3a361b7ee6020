import { bypassedMirror, canonicalImage, imageFrom } from '../../config/image-reference';

const DIGEST = `sha256:${'0'.repeat(64)}`;

const mirrors = (mirrors: Record<string, string>) => ({ mirrors, digests: {} });

test.each([
  ['ubuntu', 'docker.io/library/ubuntu'],
  ['ubuntu:22.04', 'docker.io/library/ubuntu:22.04'],
  ['nikolaik/python-nodejs:python3.12', 'docker.io/nikolaik/python-nodejs:python3.12'],
  ['index.docker.io/library/ubuntu', 'docker.io/library/ubuntu'],
  ['docker.io/ubuntu:22.04', 'docker.io/library/ubuntu:22.04'],
  ['docker.io/otel/collector:1', 'docker.io/otel/collector:1'],
  ['localhost/ubuntu', 'localhost/ubuntu'],
  ['registry:5000/ubuntu:22.04', 'registry:5000/ubuntu:22.04'],
  [`ubuntu@${DIGEST}`, `docker.io/library/ubuntu@${DIGEST}`],
])('%s is %s', (reference, canonical) => {
  expect(canonicalImage(reference)).toBe(canonical);
});

const HUB = { 'docker.io': 'registry.example.com/dockerhub' };

test.each([
  ['a registry', HUB, 'docker.io/otel/collector:1', 'registry.example.com/dockerhub/otel/collector:1'],
  ['a name without a registry', HUB, 'ubuntu:22.04', 'registry.example.com/dockerhub/library/ubuntu:22.04'],
  ['a name without a folder', HUB, 'docker.io/ubuntu', 'registry.example.com/dockerhub/library/ubuntu'],
  [
    'a registry with a port',
    { 'old.example.com:5000': 'new.example.com:5001' },
    'old.example.com:5000/a:1',
    'new.example.com:5001/a:1',
  ],
  [
    'another port',
    { 'old.example.com:500': 'new.example.com' },
    'old.example.com:5000/a:1',
    'old.example.com:5000/a:1',
  ],
  [
    'a folder',
    { 'quay.io/prometheus': 'registry.example.com/p' },
    'quay.io/prometheus/blackbox:1',
    'registry.example.com/p/blackbox:1',
  ],
  [
    'half a folder',
    { 'quay.io/prom': 'registry.example.com' },
    'quay.io/prometheus/blackbox:1',
    'quay.io/prometheus/blackbox:1',
  ],
  ['one image', { 'quay.io/a/b': 'registry.example.com/b' }, 'quay.io/a/b:1', 'registry.example.com/b:1'],
  ['a digest', HUB, `ubuntu:22.04@${DIGEST}`, `registry.example.com/dockerhub/library/ubuntu:22.04@${DIGEST}`],
  ['no registry of it', HUB, 'quay.io/a/b:1', 'quay.io/a/b:1'],
  ['no mirror', {}, 'ubuntu:22.04', 'ubuntu:22.04'],
])('a mirror of %s', (_, mirror, reference, image) => {
  expect(imageFrom(mirrors(mirror), reference)).toBe(image);
});

test.each([
  [{ 'docker.io': 'a.example.com', 'docker.io/library': 'b.example.com' }],
  [{ 'docker.io/library': 'b.example.com', 'docker.io': 'a.example.com' }],
])('of several mirrors the longest holds: %j', (several) => {
  expect(imageFrom(mirrors(several), 'ubuntu:22.04')).toBe('b.example.com/ubuntu:22.04');
  expect(imageFrom(mirrors(several), 'otel/collector:1')).toBe('a.example.com/otel/collector:1');
});

test('a mirror in a registry that has a mirror of its own is taken as it is', () => {
  const chain = mirrors({ 'quay.io': 'docker.io/quay', 'docker.io': 'registry.example.com' });

  expect(imageFrom(chain, 'quay.io/a/b:1')).toBe('docker.io/quay/a/b:1');
  expect(bypassedMirror(chain, 'docker.io/quay/a/b:1')).toBeUndefined();
});

describe('a digest', () => {
  const digests = { 'docker.io/library/ubuntu:22.04': DIGEST };

  test.each(['ubuntu:22.04', 'docker.io/library/ubuntu:22.04'])('is put behind the tag of %s', (reference) => {
    expect(imageFrom({ mirrors: {}, digests }, reference)).toBe(`${reference}@${DIGEST}`);
  });

  test('goes along to a mirror', () => {
    expect(imageFrom({ mirrors: HUB, digests }, 'ubuntu:22.04')).toBe(
      `registry.example.com/dockerhub/library/ubuntu:22.04@${DIGEST}`,
    );
  });

  test('is not that of another tag', () => {
    expect(imageFrom({ mirrors: {}, digests }, 'ubuntu:24.04')).toBe('ubuntu:24.04');
  });
});

test.each([
  ['ubuntu:22.04', 'docker.io'],
  ['docker.io/library/ubuntu:22.04', 'docker.io'],
  ['registry.example.com/dockerhub/library/ubuntu:22.04', undefined],
  ['quay.io/a/b:1', undefined],
])('%s passes by the mirror of %s', (image, registry) => {
  expect(bypassedMirror(mirrors(HUB), image)).toBe(registry);
});
