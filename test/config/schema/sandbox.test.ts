import { fromTomlSection } from '../../../config/load';
import { DEFAULT_BASE_CONTAINER_IMAGE, SandboxConfig } from '../../../config/schema/sandbox';
import { problemsOf, refusals } from '../config-file';

type Field = keyof SandboxConfig;

const NO_DOCKER_ARGUMENTS = { cap_add: [], dns: [], extra_hosts: [], privileged: false };

/** Default, another good value, and TOML of a wrong type. */
const FIELDS: Record<Field, [unknown, unknown, string]> = {
  remote_runtime_api_url: ['http://localhost:8000', 'https://runtime.example.com', '5'],
  local_runtime_url: ['http://localhost', 'http://10.0.0.1', '5'],
  keep_runtime_alive: [false, true, '"true"'],
  pause_closed_runtimes: [true, false, '1'],
  rm_all_containers: [false, true, '"x"'],
  api_key: [undefined, { secret: 'runtime-api', key: 'api-key' }, '5'],
  base_container_image: [DEFAULT_BASE_CONTAINER_IMAGE, 'python:3.13', '5'],
  runtime_container_image: [undefined, 'ghcr.io/openhands/runtime:0.62-nikolaik', '["x"]'],
  user_id: [undefined, 1000, '"1000"'],
  timeout: [120, 300, '"120"'],
  remote_runtime_init_timeout: [180, 600, '1.5'],
  remote_runtime_api_timeout: [180, 10, 'true'],
  remote_runtime_enable_retries: [true, false, '0'],
  remote_runtime_class: [undefined, 'gvisor', '5'],
  enable_auto_lint: [false, true, '"yes"'],
  use_host_network: [false, true, '1'],
  additional_networks: [[], ['storage'], '"storage"'],
  runtime_binding_address: ['0.0.0.0', '127.0.0.1', '0'],
  runtime_extra_build_args: [[], ['--network=host'], '"--network=host"'],
  initialize_plugins: [true, false, '"false"'],
  force_rebuild_runtime: [false, true, '[]'],
  runtime_extra_deps: [undefined, 'apt-get install -y jq', '["jq"]'],
  runtime_startup_env_vars: [{}, { A: 'b', C: { secret: 'name', key: 'entry' } }, '["A"]'],
  browsergym_eval_env: [undefined, 'browsergym/miniwob.choose-list', '5'],
  platform: [undefined, 'linux/arm64', '5'],
  close_delay: [3600, 0, '"3600"'],
  remote_runtime_resource_factor: [1, 8, '"1"'],
  enable_gpu: [false, true, '"all"'],
  docker_runtime_kwargs: [NO_DOCKER_ARGUMENTS, { ...NO_DOCKER_ARGUMENTS, privileged: true }, '"--privileged"'],
  selected_repo: [undefined, 'owner/repository', '5'],
  trusted_dirs: [[], ['/workspace'], '"/workspace"'],
  vscode_port: [undefined, 41234, '"41234"'],
  volumes: [undefined, 'data:/data:ro', '["data:/data"]'],
  cuda_visible_devices: [undefined, '0,1', '0'],
};

const NAMES = Object.keys(FIELDS) as Field[];

test('the 34 fields of OpenHands are the fields here', () => {
  expect(Object.keys(SandboxConfig.shape).sort()).toEqual(NAMES.toSorted());
  expect(NAMES).toHaveLength(34);
});

test.each(NAMES)('%s defaults as in OpenHands', (field) => {
  expect(SandboxConfig.parse({})[field]).toEqual(FIELDS[field][0]);
});

test.each(NAMES)('%s keeps a value of its own', (field) => {
  const [, value] = FIELDS[field];
  expect(SandboxConfig.parse({ [field]: value })[field]).toEqual(value);
});

test.each(NAMES)('%s refuses a value of the wrong type at its line', (field) => {
  expect(refusals(`[sandbox]\n${field} = ${FIELDS[field][2]}`)).toEqual([
    expect.stringMatching(new RegExp(`^config.toml:2: sandbox.${field}: must be (?!something).+, got .+`)),
  ]);
});

describe('base_container_image (set_default_base_image)', () => {
  test.each([
    ['absent', {}],
    ['empty', { base_container_image: '' }],
  ])('%s becomes the default', (_, table) => {
    expect(SandboxConfig.parse(table).base_container_image).toBe('nikolaik/python-nodejs:python3.12-nodejs22');
  });

  test('a custom one is kept', () => {
    expect(SandboxConfig.parse({ base_container_image: 'custom:1' }).base_container_image).toBe('custom:1');
  });
});

test.each([
  'api_key',
  'runtime_container_image',
  'remote_runtime_class',
  'runtime_extra_deps',
  'browsergym_eval_env',
  'platform',
  'selected_repo',
  'volumes',
  'cuda_visible_devices',
] as const)('an empty %s means none', (field) => {
  expect(SandboxConfig.parse({ [field]: '' })[field]).toBeUndefined();
});

test.each([
  ['timeout', '0', 'at least 1 s'],
  ['close_delay', '-1', 'at least 0 s'],
  ['user_id', '-1', 'a user id (0 to 2147483647)'],
  ['user_id', '3000000000', 'a user id (0 to 2147483647)'],
  ['vscode_port', '0', 'a port (1 to 65535)'],
  ['vscode_port', '65536', 'a port (1 to 65535)'],
  ['remote_runtime_resource_factor', '3', 'one of 1, 2, 4, 8'],
  ['remote_runtime_class', '"runc"', 'one of none, sysbox, gvisor'],
  ['platform', '"windows/amd64"', 'a platform such as linux/arm64'],
  ['cuda_visible_devices', '"0,"', 'GPUs such as "0,1"'],
  ['base_container_image', '"Upper Case"', 'an image reference such as ghcr.io/openhands/agent-server:1.58.2-python'],
])('%s = %s is refused', (field, value, expected) => {
  expect(refusals(`[sandbox]\n${field} = ${value}`)).toEqual([
    `config.toml:2: sandbox.${field}: must be ${expected}, got ${value}`,
  ]);
});

test('an unknown key is refused', () => {
  expect(SandboxConfig.safeParse({ timout: 5 }).success).toBe(false);
});

test('a startup variable keeps its place in the order', () => {
  const variables = { Z: '1', A: '2', M: '3' };
  const parsed = SandboxConfig.parse({ runtime_startup_env_vars: variables });
  expect(Object.keys(parsed.runtime_startup_env_vars)).toEqual(['Z', 'A', 'M']);
});

test.each(['1A', 'A B', 'é', 'A=B', ''])('a startup variable cannot be called %j', (name) => {
  expect(refusals(`[sandbox.runtime_startup_env_vars]\n${JSON.stringify(name)} = "x"`)).toEqual([
    expect.stringMatching(/^config.toml:2: .+: its name must be an environment variable name$/),
  ]);
});

test('a reference with a key too many is refused', () => {
  const reference = '{ secret = "name", key = "entry", optional = true }';
  expect(refusals(`[sandbox]\nruntime_startup_env_vars = { A = ${reference} }`)).toEqual([
    'config.toml:2: sandbox.runtime_startup_env_vars.A.optional: unknown key',
  ]);
});

describe('fromTomlSection', () => {
  test('returns a mapping keyed by the name of the table', () => {
    const mapping = fromTomlSection('sandbox', { timeout: 5 });
    expect(mapping).toEqual({ sandbox: { ...SandboxConfig.parse({}), timeout: 5 } });
  });

  test('refuses an extra key', () => {
    expect(problemsOf(() => fromTomlSection('sandbox', { timout: 5 }))).toEqual([
      'sandbox.timout: unknown key, did you mean timeout?',
    ]);
  });
});
