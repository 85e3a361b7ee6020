import { load, refusals } from '../config-file';

const TARGET = 'target = { kind = "Deployment", name = "a" }';

const patchOf = (toml: string) => load(toml).profile.deploy.patches[0];

test('a JSON Patch is a list of operations', () => {
  const toml = `[[deploy.patches]]\n${TARGET}\npatch = [{ op = "add", path = "/spec/a~1b", value = [1, { c = true }] }, { op = "remove", path = "/spec/d" }]`;

  expect(patchOf(toml)).toEqual({
    target: { kind: 'Deployment', name: 'a' },
    patch: [
      { op: 'add', path: '/spec/a~1b', value: [1, { c: true }] },
      { op: 'remove', path: '/spec/d' },
    ],
    exempt: {},
  });
});

test('a JSON Merge Patch is a table, of sub-tables too', () => {
  const toml = `[[deploy.patches]]\n${TARGET}\n[deploy.patches.merge.spec]\nreplicas = 2\n[deploy.patches.exempt]\nspread = "one node"`;

  expect(patchOf(toml)).toEqual({
    target: { kind: 'Deployment', name: 'a' },
    merge: { spec: { replicas: 2 } },
    exempt: { spread: 'one node' },
  });
});

const POINTER = 'must be a JSON pointer such as /spec/replicas, in which ~1 is a / and ~0 is a ~';
const JSON_VALUE = 'must be a value of JSON: a text, a finite number, true, false, a list or a table';

test.each([
  ['', ': must have one of patch and merge, got nothing'],
  ['merge = {}\npatch = [{ op = "remove", path = "/a" }]', ': must have one of patch and merge, got both'],
  ['patch = []', '.patch: must be at least one operation, got a list'],
  [
    'patch = [{ op = "delete", path = "/a" }]',
    '.patch[0].op: must be one of add, remove, replace, move, copy, test, got "delete"',
  ],
  ['patch = [{ op = "remove", path = "spec" }]', `.patch[0].path: ${POINTER}, got "spec"`],
  ['patch = [{ op = "remove", path = "" }]', `.patch[0].path: ${POINTER}, got ""`],
  ['patch = [{ op = "remove", path = "/a~2" }]', `.patch[0].path: ${POINTER}, got "/a~2"`],
  ['patch = [{ op = "remove", path = "/__proto__/a" }]', `.patch[0].path: ${POINTER}, got "/__proto__/a"`],
  ['patch = [{ op = "remove", path = "/a/constructor" }]', `.patch[0].path: ${POINTER}, got "/a/constructor"`],
  ['patch = [{ op = "add", path = "/a" }]', '.patch[0]: must have value, as add does'],
  ['patch = [{ op = "test", path = "/a" }]', '.patch[0]: must have value, as test does'],
  ['patch = [{ op = "move", path = "/a" }]', '.patch[0]: must have from, as move does'],
  [
    'patch = [{ op = "remove", path = "/a", value = 1 }]',
    '.patch[0].value: must not be there: only add, replace, test have one, got remove',
  ],
  [
    'patch = [{ op = "add", path = "/a", value = 1, from = "/b" }]',
    '.patch[0].from: must not be there: only move, copy have one, got add',
  ],
  ['patch = [{ op = "add", path = "/a", value = inf }]', `.patch[0].value: ${JSON_VALUE}, got Infinity`],
  ['patch = [{ op = "add", path = "/a", vale = 1 }]', '.patch[0].vale: unknown key, did you mean value?'],
  ['merge = { spec = [nan] }', `.merge.spec: ${JSON_VALUE}, got a list`],
  ['merge = 1', '.merge: must be a table, got 1'],
  ['merge = { a = 1 }\nexempt = { spread = " " }', '.exempt.spread: must be a reason, got " "'],
])('%j is refused', (lines, problem) => {
  expect(refusals(`[[deploy.patches]]\n${TARGET}\n${lines}`)).toContainEqual(
    expect.stringMatching(
      new RegExp(`^config.toml:\\d: deploy.patches\\[0\\]${problem.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`),
    ),
  );
});

test.each([
  ['target = { name = "a" }', '.target.kind: must be a string, got nothing'],
  ['target = { kind = "A" }', '.target.name: must be a string, got nothing'],
  ['target = { kind = "A", name = "a", label = "b" }', '.target.label: unknown key'],
  [
    'target = { kind = "A", name = "a", namespace = "B" }',
    '.target.namespace: must be a DNS label (lower-case letters, digits and -, at most 63), got "B"',
  ],
])('%s is refused', (line, problem) => {
  expect(refusals(`[[deploy.patches]]\nmerge = { a = 1 }\n${line}`)).toEqual([
    `config.toml:3: deploy.patches[0]${problem}`,
  ]);
});

const SECRET =
  'must not be a secret written out: write { secret = "name", key = "entry" } instead, the name and the entry of a Secret';

describe('a secret in a patch is refused and not shown', () => {
  test.each([
    ['merge.data = { password = "hunter2" }', 'merge.data.password'],
    ['merge.data = { "config.json" = \'{"apiKey": "hunter2"}\' }', 'merge.data."config.json"'],
    [
      'merge.spec.containers = [{ env = [{ name = "API_KEY", value = "hunter2" }] }]',
      'merge.spec.containers[0].env[0].value',
    ],
    ['merge.spec.containers = [{ args = ["--token", "hunter2"] }]', 'merge.spec.containers[0].args[1]'],
    [
      'merge.metadata.annotations = { "example.com/api-key" = "hunter2" }',
      'merge.metadata.annotations."example.com/api-key"',
    ],
    ['patch = [{ op = "add", path = "/data/password", value = "hunter2" }]', 'patch[0].value'],
    ['patch = [{ op = "add", path = "/data", value = { token = "hunter2" } }]', 'patch[0].value.token'],
    [
      'patch = [{ op = "add", path = "/env/-", value = { name = "DB_PASSWORD", value = "hunter2" } }]',
      'patch[0].value.value',
    ],
    ['patch = [{ op = "add", path = "/data/a", value = "ghp_hunter2hunter2hunter2hunter2" }]', 'patch[0].value'],
    ['patch = [{ op = "test", path = "/data/secret", value = "hunter2" }]', 'patch[0].value'],
  ])('%s', (line, path) => {
    const refused = refusals(`[[deploy.patches]]\n${TARGET}\n${line}`);

    expect(refused).toEqual([`config.toml:3: deploy.patches[0].${path}: ${SECRET}`]);
    expect(refused.join()).not.toContain('hunter2');
  });
});

test.each([
  'merge.spec.imagePullSecrets = [{ name = "registry" }]',
  'merge.spec.tolerations = [{ key = "example.com/pool", operator = "Exists" }]',
  'merge.spec.volumes = [{ name = "a", secret = { secretName = "b", items = [{ key = "c", path = "d" }] } }]',
  'merge.spec.topologySpreadConstraints = [{ topologyKey = "kubernetes.io/hostname" }]',
  'merge.spec.data = [{ secretKey = "a", remoteRef = { key = "b" } }]',
  'merge.spec.volumes = [{ projected = { sources = [{ serviceAccountToken = { path = "a", expirationSeconds = 3600 } }] } }]',
  'patch = [{ op = "add", path = "/env/-", value = { name = "API_KEY", valueFrom = { secretKeyRef = { name = "a", key = "b" } } } }]',
  'patch = [{ op = "replace", path = "/spec/template/spec/automountServiceAccountToken", value = false }]',
])('%s only names a secret, and is taken', (line) => {
  expect(() => load(`[[deploy.patches]]\n${TARGET}\n${line}`)).not.toThrow();
});
