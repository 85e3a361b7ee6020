import { App, Chart } from 'cdk8s';
import { NamespaceQuota, together, type Demand } from '../../../constructs/namespace/quota';
import { find, objectsOfToml, type Rendered } from '../../render';

const profile = (sandboxes: number, rest = '') => `
[kubernetes]
resource_cpu_request = "250m"
pvc_storage_size = "5Gi"
${rest}
[deploy.quota]
max_sandboxes = ${sandboxes}
`;

const hardOf = (toml: string): Rendered => find(objectsOfToml(toml), 'ResourceQuota').spec.hard;

const limitOf = (toml: string, type: string): Rendered =>
  find(objectsOfToml(toml), 'LimitRange').spec.limits.find((it: Rendered) => it.type === type);

test('without [deploy.quota] nothing is bounded', () => {
  const kinds = objectsOfToml('').map(({ kind }) => kind);

  expect(kinds).not.toContain('ResourceQuota');
  expect(kinds).not.toContain('LimitRange');
});

test('there is room for max_sandboxes and nothing more', () => {
  expect(hardOf(profile(10))).toEqual({
    'requests.cpu': '2500m',
    'requests.memory': '10Gi',
    'requests.ephemeral-storage': '10Gi',
    'limits.memory': '20Gi',
    'limits.ephemeral-storage': '40Gi',
    pods: 10,
    persistentvolumeclaims: 10,
    'requests.storage': '50Gi',
    'services.loadbalancers': 0,
    'services.nodeports': 0,
  });
});

test('the dev box has room of its own, to be updated in', () => {
  const hard = hardOf(profile(10, '[deploy.devbox]'));

  expect(hard).toMatchObject({ pods: 12, persistentvolumeclaims: 10, 'requests.cpu': '2520m' });
});

test('the room grows with remote_runtime_resource_factor', () => {
  const hard = hardOf(profile(10, '[sandbox]\nremote_runtime_resource_factor = 4'));

  expect(hard).toMatchObject({ 'requests.cpu': '10', 'requests.memory': '40Gi', 'limits.memory': '80Gi' });
});

describe('what a RuntimeClass takes', () => {
  const GVISOR = '[deploy.runtime_classes.gvisor]\nhandler = "runsc"\noverhead = { cpu = "50m", memory = "64Mi" }';
  const gvisor = profile(10, `[deploy.security]\nruntime_class = "gvisor"\n${GVISOR}`);

  test('is room of each sandbox, in its requests and in the limits that it has', () => {
    expect(hardOf(gvisor)).toMatchObject({
      'requests.cpu': '3',
      'requests.memory': '10880Mi',
      'limits.memory': '21120Mi',
      'requests.ephemeral-storage': '10Gi',
    });
    expect(hardOf(gvisor)).not.toHaveProperty(['limits.cpu']);
  });

  test('is no part of a container', () => {
    expect(limitOf(gvisor, 'Container')).toEqual(limitOf(profile(10), 'Container'));
  });

  test('is none of sandboxes that have another', () => {
    const kata = '[deploy.pools.strong]\nreplicas = 1\nruntime_class = "gvisor"';
    const agentServer = '[deploy]\ncontract = "agent-server"\n[deploy.quota]\nmax_sandboxes = 10';

    // Which pool is claimed from is not known before: there is room for as many of the largest.
    expect(hardOf(`${agentServer}\n${kata}\n${GVISOR}`)['requests.memory']).toBe('10880Mi');
  });
});

test('GPUs are counted by what is requested, the only way that Kubernetes knows', () => {
  const hard = hardOf(profile(3, '[sandbox]\nenable_gpu = true\ncuda_visible_devices = "0,1"'));

  expect(hard['requests.nvidia.com/gpu']).toBe('6');
  expect(hard).not.toHaveProperty(['limits.nvidia.com/gpu']);
});

test('GPUs are counted beside a Pod that has none', () => {
  const gpus = '[sandbox]\nenable_gpu = true\ncuda_visible_devices = "0,1"\n[deploy.devbox]';

  expect(hardOf(profile(3, gpus))['requests.nvidia.com/gpu']).toBe('6');
});

test('containers of one Pod have a limit together where each has one', () => {
  const requests = { memory: 1 };
  const demands: Demand[] = [
    { requests, limits: { cpu: 1, memory: 2 } },
    { requests, limits: { memory: 3 } },
  ];

  expect(together(demands)).toEqual({ requests: { memory: 2 }, limits: { memory: 5 } });
});

test('a CPU limit is counted where every Pod has one', () => {
  expect(hardOf(profile(10, '[deploy.resources]\ncpu_limit = "2"'))['limits.cpu']).toBe('20');
});

test('a limit that the dev box does not have is not counted: its Pod would be refused', () => {
  const hard = hardOf(profile(10, '[deploy.resources]\ncpu_limit = "2"\n[deploy.devbox]'));

  expect(hard).not.toHaveProperty(['limits.cpu']);
});

describe('a Pod that is made at run time', () => {
  test('gets a sandbox’s requests and limits where it says none', () => {
    expect(limitOf(profile(10), 'Container')).toMatchObject({
      defaultRequest: { cpu: '250m', memory: '1Gi', 'ephemeral-storage': '1Gi' },
      default: { memory: '2Gi', 'ephemeral-storage': '4Gi' },
    });
  });

  test('may have no more than a sandbox, and as little as a helper', () => {
    expect(limitOf(profile(10), 'Container')).toMatchObject({
      max: { memory: '2Gi', 'ephemeral-storage': '4Gi' },
      min: { cpu: '10m', memory: '16Mi', 'ephemeral-storage': '16Mi' },
    });
  });

  test('has no most of what the dev box has without a limit', () => {
    const { max } = limitOf(profile(10, '[deploy.resources]\ncpu_limit = "2"\n[deploy.devbox]'), 'Container');

    expect(max).toEqual({ memory: '2Gi', 'ephemeral-storage': '4Gi' });
  });

  test('may be as small as a sandbox that is smaller than a helper', () => {
    const toml = '[kubernetes]\nresource_cpu_request = "5m"\n[deploy.quota]\nmax_sandboxes = 1';

    expect(limitOf(toml, 'Container').min.cpu).toBe('5m');
  });

  test('may claim no more than a workspace', () => {
    expect(limitOf(profile(10), 'PersistentVolumeClaim')).toMatchObject({
      max: { storage: '5Gi' },
      min: { storage: '1Mi' },
    });
  });
});

test('where no Pod has a claim, none is bounded', () => {
  const chart = new Chart(new App(), 'chart');
  const share = { count: 2, requests: { cpu: 0.1 }, limits: { cpu: 1 } };
  new NamespaceQuota(chart, 'quota', { name: 'a', namespace: 'b', shares: [share], loadBalancers: 0 });

  expect(find(chart.toJson(), 'LimitRange').spec.limits).toEqual([
    {
      type: 'Container',
      default: { cpu: '1' },
      defaultRequest: { cpu: '100m' },
      max: { cpu: '1' },
      min: { cpu: '10m' },
    },
  ]);
  expect(find(chart.toJson(), 'ResourceQuota').spec.hard).toMatchObject({ persistentvolumeclaims: 0 });
});
