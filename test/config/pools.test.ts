import { poolsOf } from '../../config/pools';
import { load, refusals } from './config-file';

const AGENT_SERVER = '[deploy]\ncontract = "agent-server"\n';
const WARM = '[deploy.pool]\nworkload = "SandboxWarmPool"\n';

const APP_SERVER = '[deploy.access.app_server]\naccount = "apps/server"\npods = { app = "openhands-server" }\n';

const pools = (toml: string) =>
  poolsOf(load(AGENT_SERVER + toml).profile).map(({ name, workload, replicas }) => ({ name, workload, replicas }));

test('the pool is called openhands-runtime unless it says otherwise', () => {
  expect(pools(WARM)).toEqual([{ name: 'openhands-runtime', workload: 'SandboxWarmPool', replicas: 2 }]);
  expect(pools(`${WARM}name = "openhands-pool"\n`)[0]!.name).toBe('openhands-pool');
});

test('further pools come behind it, and may stand alone', () => {
  expect(pools(`${WARM}[deploy.pools.gvisor]\nreplicas = 1\n`)).toEqual([
    { name: 'openhands-runtime', workload: 'SandboxWarmPool', replicas: 2 },
    { name: 'gvisor', workload: 'SandboxWarmPool', replicas: 1 },
  ]);
  expect(pools('[deploy.pools.gvisor]\n')).toEqual([{ name: 'gvisor', workload: 'SandboxWarmPool', replicas: 2 }]);
});

test('without a table there is none', () => {
  expect(pools('')).toEqual([]);
});

test("a pool's own fields take the place of the profile's, Docker's arguments included, and no other pool's", () => {
  const { profile } = load(`${AGENT_SERVER}${WARM}
[kubernetes]
resource_memory_request = "512Mi"
[sandbox.docker_runtime_kwargs]
mem_limit = "1g"
nano_cpus = 1000000000
[deploy.security]
runtime_class = "kata"
[deploy.pools.large]
runtime_container_image = "example.com/agent-server:1"
runtime_class = "gvisor"
resource_cpu_request = "2"
resource_memory_request = "4Gi"
resource_memory_limit = "8Gi"
cpu_limit = "4"
`);
  const [plain, large] = poolsOf(profile).map(({ tables }) => tables);

  expect(plain).toEqual(profile);
  expect(large).toMatchObject({
    kubernetes: { resource_cpu_request: '2', resource_memory_request: '4Gi', resource_memory_limit: '8Gi' },
    sandbox: { runtime_container_image: 'example.com/agent-server:1' },
    deploy: { security: { runtime_class: 'gvisor' }, resources: { cpu_limit: '4' } },
  });
  expect(large!.sandbox.docker_runtime_kwargs).toMatchObject({ mem_limit: undefined, nano_cpus: undefined });
});

describe('refused are', () => {
  test.each([
    [
      '[deploy.pool]\nname = "openhands-pool"\n',
      'config.toml:4: deploy.pool.name: must be openhands-runtime: only a SandboxWarmPool may have another name, got openhands-pool',
    ],
    [
      `${WARM}name = "${'p'.repeat(58)}"\n`,
      `config.toml:5: deploy.pool.name: must be at most 57 characters, for a sandbox's name of 63, got "${'p'.repeat(58)}"`,
    ],
    [
      `${WARM}name = "default"\n`,
      'config.toml:5: deploy.pool.name: must not be a session too, which would have the same keys, got default',
    ],
    [
      '[deploy.pools.default]\n',
      'config.toml:3: deploy.pools.default: must not be a session too, which would have the same keys, got default',
    ],
    [
      `${WARM}[deploy.pools.openhands-runtime]\n`,
      'config.toml:5: deploy.pools.openhands-runtime: must differ from the name of deploy.pool',
    ],
    [
      '[deploy.pool]\n[deploy.pools.gvisor]\n',
      'config.toml:3: deploy.pool.workload: must be SandboxWarmPool beside deploy.pools, got Deployment',
    ],
    [
      `${WARM}[deploy.pools.gvisor]\n[deploy.autoscaling]\nexternal_metric = { name = "claims", per_sandbox = 1 }\n`,
      'config.toml:6: deploy.autoscaling: must be left out beside deploy.pools: it scales one pool',
    ],
    [
      '[deploy.pools.small]\nresource_memory_limit = "512Mi"\n',
      'config.toml:4: deploy.pools.small.resource_memory_limit: must be at least resource_memory_request (1Gi), got 512Mi',
    ],
    [
      '[deploy.pools.small]\ncpu_limit = "500m"\n',
      'config.toml:4: deploy.pools.small.cpu_limit: must be at least resource_cpu_request (1), got 500m',
    ],
    [
      '[deploy.pools.gvisor]\nreplicas = 1\n[deploy.high_availability]\n',
      'config.toml:4: deploy.pools.gvisor.replicas: must be at least 2 with deploy.high_availability, got 1',
    ],
    [
      '[deploy.pools.gvisor]\nreplicas = 3\n[deploy.quota]\nmax_sandboxes = 3\n',
      'config.toml:6: deploy.quota.max_sandboxes: must be at least the sandboxes of the profile (4), got 3',
    ],
    [APP_SERVER, 'config.toml:3: deploy.access.app_server: needs a SandboxWarmPool, which it claims from'],
    [
      `${WARM}[deploy.access]\nmanagers = ["apps/server"]\n${APP_SERVER}`,
      'config.toml:8: deploy.access.app_server.account: must not be a manager too, got apps/server',
    ],
    [
      '[deploy.pools.gvisor]\nruntimeclass = "gvisor"\n',
      'config.toml:4: deploy.pools.gvisor.runtimeclass: unknown key, did you mean runtime_class?',
    ],
  ])('%s', (toml, problem) => {
    expect(refusals(AGENT_SERVER + toml)).toEqual([problem]);
  });

  test('pools of a program that agent-sandbox does not know how to pool', () => {
    expect(refusals('[deploy.pools.gvisor]\n')).toEqual([
      'config.toml:1: deploy.pools: need contract agent-server, got action-execution-server',
    ]);
  });
});

test.each([
  ['an app server beside a pool and a manager', `${WARM}${APP_SERVER}[deploy.access]\nmanagers = ["apps/other"]\n`],
  ['an app server of a further pool', `[deploy.pools.gvisor]\n${APP_SERVER}`],
  ['limits as large as the requests', '[deploy.pools.small]\nresource_memory_limit = "1Gi"\ncpu_limit = "1"\n'],
  ['clean volumes of a StatefulSet', '[deploy.pool]\nworkload = "StatefulSet"\nvolume_when_scaled = "Delete"\n'],
])('allowed is %s', (_, toml) => {
  expect(() => load(AGENT_SERVER + toml)).not.toThrow();
});

test('a limit under the request is refused where it is said', () => {
  const small = '[kubernetes]\nresource_memory_limit = "512Mi"\n';
  const pool = '[deploy.pools.gvisor]\nresource_memory_limit = "2Gi"\n';

  expect(refusals(small + AGENT_SERVER + WARM + pool)).toEqual([
    'config.toml:2: kubernetes.resource_memory_limit: must be at least resource_memory_request (1Gi), got 512Mi',
  ]);
});
