import { load, refusals } from './config-file';

test.each([
  ['KUBERNETES_NAMESPACE', 'team-a', 'kubernetes', 'namespace', 'team-a'],
  ['KUBERNETES_PRIVILEGED', '0', 'kubernetes', 'privileged', false],
  ['SANDBOX_ENABLE_GPU', 'TRUE', 'sandbox', 'enable_gpu', true],
  ['SANDBOX_KEEP_RUNTIME_ALIVE', '1', 'sandbox', 'keep_runtime_alive', true],
  ['SANDBOX_PAUSE_CLOSED_RUNTIMES', 'False', 'sandbox', 'pause_closed_runtimes', false],
  ['SANDBOX_TIMEOUT', '300', 'sandbox', 'timeout', 300],
  ['SANDBOX_TIMEOUT', ' +300 ', 'sandbox', 'timeout', 300],
  ['SANDBOX_REMOTE_RUNTIME_RESOURCE_FACTOR', '4', 'sandbox', 'remote_runtime_resource_factor', 4],
  ['SANDBOX_VOLUMES', 'data:/data', 'sandbox', 'volumes', 'data:/data'],
  ['SANDBOX_CUDA_VISIBLE_DEVICES', '0', 'sandbox', 'cuda_visible_devices', '0'],
  ['SANDBOX_ADDITIONAL_NETWORKS', "['a', 'b',]", 'sandbox', 'additional_networks', ['a', 'b']],
  ['SANDBOX_ADDITIONAL_NETWORKS', '["a"]', 'sandbox', 'additional_networks', ['a']],
  ['SANDBOX_RUNTIME_STARTUP_ENV_VARS', "{'A': 'b'}", 'sandbox', 'runtime_startup_env_vars', { A: 'b' }],
  ['SANDBOX_RUNTIME_STARTUP_ENV_VARS', '{"A": "it\'s"}', 'sandbox', 'runtime_startup_env_vars', { A: "it's" }],
  [
    'SANDBOX_RUNTIME_STARTUP_ENV_VARS',
    "{'A': 'True, None'}",
    'sandbox',
    'runtime_startup_env_vars',
    { A: 'True, None' },
  ],
  ['SANDBOX_API_KEY', "{'secret': 'a', 'key': 'b'}", 'sandbox', 'api_key', { secret: 'a', key: 'b' }],
])('%s=%s is read as its field', (variable, text, table, field, value) => {
  const { profile } = load('', { [variable]: text });
  expect(profile).toHaveProperty([table, field], value);
});

test("Python's constants and nested tables are read", () => {
  const text = "{'privileged': False, 'extra_hosts': {'a': '1.2.3.4'}, 'mem_limit': '4g'}";
  const { profile } = load('', { SANDBOX_DOCKER_RUNTIME_KWARGS: text });
  expect(profile.sandbox.docker_runtime_kwargs).toMatchObject({ privileged: false, mem_limit: '4Gi' });
});

test('an override wins over the file and is told', () => {
  const { profile, notices } = load('[sandbox]\ntimeout = 5', { SANDBOX_TIMEOUT: '7' });
  expect(profile.sandbox.timeout).toBe(7);
  expect(notices).toContain('SANDBOX_TIMEOUT overrides sandbox.timeout');
});

test('an override replaces a whole table', () => {
  const file = '[sandbox.runtime_startup_env_vars]\nA = "x"';
  const { profile } = load(file, { SANDBOX_RUNTIME_STARTUP_ENV_VARS: "{'B': 'y'}" });
  expect(profile.sandbox.runtime_startup_env_vars).toEqual({ B: 'y' });
});

test('an override leaves the other fields of its table', () => {
  const { profile } = load('[sandbox]\nclose_delay = 5', { SANDBOX_TIMEOUT: '7' });
  expect(profile.sandbox).toMatchObject({ close_delay: 5, timeout: 7 });
});

test.each(['SANDBOX_TIMEOUT', 'SANDBOX_ENABLE_GPU', 'SANDBOX_VOLUMES', 'SANDBOX_DOCKER_RUNTIME_KWARGS'])(
  'an empty %s is skipped',
  (variable) => {
    const { notices } = load('', { [variable]: '' });
    expect(notices.join()).not.toContain(variable);
  },
);

const LITERAL = "must be a Python or JSON literal such as {'A': 'b'} or ['x']";

test.each([
  ['SANDBOX_ENABLE_GPU', 'yes', 'enable_gpu: must be true, 1, false or 0, got "yes"'],
  ['SANDBOX_ENABLE_GPU', '2', 'enable_gpu: must be true, 1, false or 0, got "2"'],
  ['SANDBOX_TIMEOUT', '1.5', 'timeout: must be a whole number, got "1.5"'],
  ['SANDBOX_TIMEOUT', 'soon', 'timeout: must be a whole number, got "soon"'],
  ['SANDBOX_TIMEOUT', '0', 'timeout: must be at least 1 s, got 0'],
  ['SANDBOX_ADDITIONAL_NETWORKS', "['a'", `additional_networks: ${LITERAL}`],
  ['SANDBOX_ADDITIONAL_NETWORKS', "('a', 'b')", `additional_networks: ${LITERAL}`],
  ['SANDBOX_ADDITIONAL_NETWORKS', 'a,b', `additional_networks: ${LITERAL}`],
  ['SANDBOX_ADDITIONAL_NETWORKS', '5', 'additional_networks: must be a list, got 5'],
  ['SANDBOX_RUNTIME_STARTUP_ENV_VARS', "{'__proto__': 'x'}", `runtime_startup_env_vars: ${LITERAL}`],
  [
    'SANDBOX_RUNTIME_STARTUP_ENV_VARS',
    "{'A': None}",
    'runtime_startup_env_vars.A: must be a string, or { secret = "name", key = "entry" }, got null',
  ],
])('%s=%s is refused', (variable, text, refusal) => {
  expect(refusals('', { [variable]: text })).toEqual([`${variable}: sandbox.${refusal}`]);
});

test('a rule that an override breaks names the variable', () => {
  expect(refusals('[kubernetes]\nnamespace = "a"', { KUBERNETES_RESOURCE_MEMORY_LIMIT: '1Mi' })).toEqual([
    expect.stringMatching(/^KUBERNETES_RESOURCE_MEMORY_LIMIT: kubernetes.resource_memory_limit: must be at least/),
  ]);
});

test('a bad value in the file is forgotten with its override', () => {
  const { profile } = load('[sandbox]\ntimeout = "soon"', { SANDBOX_TIMEOUT: '7' });
  expect(profile.sandbox.timeout).toBe(7);
});

test('what is no table stays refused beside an override', () => {
  expect(refusals('sandbox = 5', { SANDBOX_TIMEOUT: '7' })).toEqual(['config.toml:1: sandbox: must be a table, got 5']);
});

test('a variable that is nearly a field is told', () => {
  expect(load('', { SANDBOX_TIMOUT: '7' }).notices).toContain(
    'SANDBOX_TIMOUT is no field and changes nothing, did you mean SANDBOX_TIMEOUT?',
  );
});

test("Kubernetes's own variables are none of ours", () => {
  const { notices } = load('', { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_PORT: 'tcp://10.0.0.1:443' });
  expect(notices.join()).not.toContain('KUBERNETES_');
});

test.each([
  ['SANDBOX_ENABLE_GPU', 'sk-hunter2hunter2hunter2'],
  ['SANDBOX_TIMEOUT', 'ghp_hunter2hunter2hunter2'],
  ['SANDBOX_KEEP_RUNTIME_ALIVE', "{'API_KEY': 'hunter2'}"],
  ['SANDBOX_API_KEY', 'hunter2'],
  ['SANDBOX_API_KEY', "'hunter2'"],
  ['SANDBOX_RUNTIME_STARTUP_ENV_VARS', "{'GITHUB_TOKEN': 'hunter2'}"],
  ['SANDBOX_RUNTIME_STARTUP_ENV_VARS', "{'GITHUB_TOKEN': 'hunter2'"],
])('a secret in %s=%s is refused and not shown', (variable, text) => {
  const refused = refusals('', { [variable]: text });
  expect(refused).toEqual([expect.stringContaining(`${variable}: sandbox.`)]);
  expect(refused.join()).not.toContain('hunter2');
});
