import { load, refusals } from './config-file';

const IGNORED = 'is unknown to OpenHands 0.62, which ignores it';

const warningsOf = (text: string) => load(text).notices.filter((it) => it.includes(' is unknown to '));

test.each([
  ['[eval]', 'eval'],
  ['[eval]\npassword_policy = "x"', 'eval'],
  ['[eval.a.b]\nc = 1', 'eval'],
  ['[[eval]]\na = 1', 'eval'],
  ['[offload]', 'offload'],
  ['[runtime]', 'runtime'],
  ['[browser]', 'browser'],
  ['[git]', 'git'],
  ['eval = 5', 'eval'],
  ['constructor = 1', 'constructor'],
  ['[toString.a]', 'toString'],
  ['"日本" = 1', '"日本"'],
  ['"a.b" = 1', '"a.b"'],
  ['"" = 1', '""'],
  ['core.e2b_api_key = ""', 'core.e2b_api_key'],
  ['core.workspace_git = { a = 1 }', 'core.workspace_git'],
])('%j is a warning', (text, name) => {
  expect(warningsOf(text)).toEqual([expect.stringMatching(/config\.toml:1: warning: /)]);
  expect(warningsOf(text)).toEqual([expect.stringContaining(`config.toml:1: warning: ${name}: ${IGNORED}`)]);
});

test('a key of [core] before the first table is a warning that says where it belongs', () => {
  expect(warningsOf('max_iterations = 5')).toEqual([
    expect.stringMatching(/ignores it, did you mean core\.max_iterations\?$/),
  ]);
});

test("a parent's unknown table is at the parent's line", () => {
  const { notices } = load({ 'config.toml': '[deploy]\nextends = "parent.toml"', 'parent.toml': '\n[eval]' });
  expect(notices).toContainEqual(expect.stringContaining(`parent.toml:2: warning: eval: ${IGNORED}`));
});

test('it reaches the server as it was written', () => {
  const { profile } = load('top = 1\n[core]\nnewer = true\n[eval.a]\nb = ["c"]');
  expect(profile.openhands).toEqual({ top: 1, core: { newer: true }, eval: { a: { b: ['c'] } } });
});

test.each([
  ['[kubernets]', 'kubernets', 'kubernetes'],
  ['[kuberentes]', 'kuberentes', 'kubernetes'],
  ['[kubernets.a.b]', 'kubernets', 'kubernetes'],
  ['[KUBERNETES]', 'KUBERNETES', 'kubernetes'],
  ['[sandboxes]', 'sandboxes', 'sandbox'],
  ['[sanbox]', 'sanbox', 'sandbox'],
  ['[llms]', 'llms', 'llm'],
  ['[LLM]', 'LLM', 'llm'],
  ['[agents]', 'agents', 'agent'],
  ['[condensor]', 'condensor', 'condenser'],
  ['[deployment]', 'deployment', 'deploy'],
  ['["deploy.pool"]', '"deploy.pool"', 'deploy'],
  ['[network]', 'network', 'deploy.network'],
  ['[pool]', 'pool', 'deploy.pool'],
  ['core.max_iteration = 5', 'core.max_iteration', 'max_iterations'],
  [
    'core.workspace_mount_path_in_sanbox = "/a"',
    'core.workspace_mount_path_in_sanbox',
    'workspace_mount_path_in_sandbox',
  ],
])('%j is refused: it is nearly a known name', (text, name, known) => {
  expect(refusals(text)).toEqual([`config.toml:1: ${name}: unknown key, did you mean ${known}?`]);
});

test('a table that OpenHands does not pass over takes no unknown key', () => {
  expect(refusals('kubernetes.eval = 1\nsandbox.eval = 1\ndeploy.eval = 1')).toEqual([
    'config.toml:1: kubernetes.eval: unknown key',
    'config.toml:2: sandbox.eval: unknown key',
    'config.toml:3: deploy.eval: unknown key',
  ]);
});

test.each(['[eval]\napi_key = "hunter2"', '[core]\ne2b_api_key = "hunter2"', 'some_token = "hunter2"'])(
  'a secret in what is unknown is refused: %j',
  (text) => {
    expect(refusals(text)).toEqual([expect.stringContaining('must not be a secret written out')]);
  },
);
