import { load, refusals } from '../config-file';

const table = (lines: string) => `[deploy.system_pods]\n${lines}\n`;

test('tolerations are Kubernetes’s, their keys spelled as a profile spells keys', () => {
  const toml = table(
    'tolerations = [{ key = "infra", operator = "Exists", effect = "NoExecute", toleration_seconds = 30 }]',
  );

  expect(load(toml).profile.deploy.system_pods.tolerations).toEqual([
    { key: 'infra', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 },
  ]);
});

test.each([
  [
    'node_selector = { "a b" = "c" }',
    '.node_selector."a b": its name must be a label key such as node.kubernetes.io/instance-type',
  ],
  [
    'node_selector = { a = "b!" }',
    '.node_selector.a: must be a label value (letters, digits, -, _ and ., at most 63), got "b!"',
  ],
  [
    'node_selector = { a = true }',
    '.node_selector.a: must be a label value (letters, digits, -, _ and ., at most 63), got true',
  ],
  ['node_selector = "a=b"', '.node_selector: must be a table, got "a=b"'],
  ['tolerations = { key = "a" }', '.tolerations: must be a list, got a table'],
  ['tolerations = ["a"]', '.tolerations[0]: must be a table, got a text'],
  [
    'tolerations = [{ value = "b" }]',
    '.tolerations[0]: must be a toleration with a key, or with operator = "Exists", got a table',
  ],
  [
    'tolerations = [{ key = "a" }, { operator = "Exists", value = "b" }]',
    '.tolerations[1]: must be a toleration without a value beside operator = "Exists", got a table',
  ],
  [
    'tolerations = [{ key = "a", toleration_seconds = 5 }]',
    '.tolerations[0]: must be a toleration with effect = "NoExecute" beside toleration_seconds, got a table',
  ],
  [
    'tolerations = [{ key = "a", effect = "NoSchedul" }]',
    '.tolerations[0].effect: must be one of NoSchedule, PreferNoSchedule, NoExecute, got "NoSchedul", did you mean NoSchedule?',
  ],
  [
    'tolerations = [{ key = "a", operator = "In" }]',
    '.tolerations[0].operator: must be one of Equal, Exists, got "In"',
  ],
  ['tolerations = [{ key = "a", vlaue = "b" }]', '.tolerations[0].vlaue: unknown key, did you mean value?'],
  [
    'image_pull_secret = "A"',
    '.image_pull_secret: must be a DNS name (lower-case letters, digits, - and ., at most 253), got a value that is not shown here',
  ],
  [
    'priority_class = "a b"',
    '.priority_class: must be a DNS name (lower-case letters, digits, - and ., at most 253), got "a b"',
  ],
  ['node_selectors = {}', '.node_selectors: unknown key, did you mean node_selector?'],
])('%s is refused', (line, problem) => {
  expect(refusals(table(line))).toEqual([`config.toml:2: deploy.system_pods${problem}`]);
});
