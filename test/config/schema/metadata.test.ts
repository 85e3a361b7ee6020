import { load, refusals } from '../config-file';

test('labels and annotations are as they were written', () => {
  const toml = '[deploy.metadata]\nlabels = { "example.com/cost-center" = "4711" }\nannotations = { owner = "a b" }';

  expect(load(toml).profile.deploy.metadata).toEqual({
    labels: { 'example.com/cost-center': '4711' },
    annotations: { owner: 'a b' },
  });
});

test('there are none by default', () => {
  expect(load('').profile.deploy.metadata).toEqual({ labels: {}, annotations: {} });
});

const OWNED =
  "must be a key that is nobody else's, got one of app, session, pool, or a key of app.kubernetes.io, pod-security.kubernetes.io, agents.x-k8s.io, kubectl.kubernetes.io";

test.each([
  ['labels = { "a b" = "c" }', '.labels."a b": its name must be a label key such as node.kubernetes.io/instance-type'],
  ['labels = { a = "b!" }', '.labels.a: must be a label value (letters, digits, -, _ and ., at most 63), got "b!"'],
  ['labels = { a = 4711 }', '.labels.a: must be a label value (letters, digits, -, _ and ., at most 63), got 4711'],
  ['annotations = { "a b" = "c" }', '.annotations."a b": its name must be an annotation key such as example.com/name'],
  ['annotations = { a = 1 }', '.annotations.a: must be a string, got 1'],
  ['label = { a = "b" }', '.label: unknown key, did you mean labels?'],
  ['labels = { app = "b" }', `.labels.app: ${OWNED}`],
  ['labels = { session = "b" }', `.labels.session: ${OWNED}`],
  ['labels = { "app.kubernetes.io/team" = "b" }', `.labels."app.kubernetes.io/team": ${OWNED}`],
  [
    'labels = { "pod-security.kubernetes.io/enforce" = "privileged" }',
    `.labels."pod-security.kubernetes.io/enforce": ${OWNED}`,
  ],
  [
    'annotations = { "kubectl.kubernetes.io/last-applied-configuration" = "b" }',
    `.annotations."kubectl.kubernetes.io/last-applied-configuration": ${OWNED}`,
  ],
])('%s is refused', (line, problem) => {
  expect(refusals(`[deploy.metadata]\n${line}`)).toEqual([`config.toml:2: deploy.metadata${problem}`]);
});

test('a key of a domain that only ends like ours is taken', () => {
  const toml = '[deploy.metadata.labels]\n"myapp.kubernetes.io/a" = "b"\n"example.com/app" = "c"';

  expect(() => load(toml)).not.toThrow();
});
