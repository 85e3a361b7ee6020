import { labels, sessionSelector } from '../../constructs/labels';

const versionOf = (image: string) => labels({ component: 'sandbox', image })['app.kubernetes.io/version'];

test('an object has the recommended labels', () => {
  expect(labels({ component: 'network' })).toEqual({
    'app.kubernetes.io/name': 'openhands-runtime',
    'app.kubernetes.io/instance': 'openhands-runtime',
    'app.kubernetes.io/component': 'network',
    'app.kubernetes.io/part-of': 'openhands',
    'app.kubernetes.io/managed-by': 'cdk8s',
  });
});

test('of several, one is named by its instance', () => {
  expect(labels({ component: 'sandbox', instance: 'openhands-runtime-demo' })).toMatchObject({
    'app.kubernetes.io/name': 'openhands-runtime',
    'app.kubernetes.io/instance': 'openhands-runtime-demo',
  });
});

test('another program is its own instance', () => {
  expect(labels({ component: 'devbox', name: 'ubuntu-dev' })).toMatchObject({
    'app.kubernetes.io/name': 'ubuntu-dev',
    'app.kubernetes.io/instance': 'ubuntu-dev',
  });
});

test.each([
  ['ubuntu:22.04', '22.04'],
  ['localhost:5000/sandbox:1.2', '1.2'],
  [`example.com/sandbox:1.2@sha256:${'0'.repeat(64)}`, '1.2'],
  ['localhost:5000/sandbox', undefined],
  ['ubuntu', undefined],
  [`example.com/sandbox@sha256:${'0'.repeat(64)}`, undefined],
  [`a:${'b'.repeat(100)}`, 'b'.repeat(63)],
  [`a:${'b'.repeat(60)}...c`, 'b'.repeat(60)],
  ['a:_1', '1'],
  ['a:_', undefined],
])('the version of %s is %s', (image, version) => {
  expect(versionOf(image)).toBe(version);
});

test('OpenHands selects a session by two labels', () => {
  expect(sessionSelector('demo')).toEqual({ app: 'openhands-runtime', session: 'demo' });
});
