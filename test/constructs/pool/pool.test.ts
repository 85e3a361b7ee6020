import { find, objectsOf, objectsOfToml, type Rendered } from '../../render';

const TWO_POOLS = `
[kubernetes]
resource_cpu_request = "250m"
resource_memory_request = "1Gi"
[deploy]
contract = "agent-server"
sessions = []
[deploy.pool]
workload = "SandboxWarmPool"
name = "openhands-pool"
replicas = 3
[deploy.pools.gvisor]
runtime_class = "gvisor"
resource_memory_request = "2Gi"
resource_memory_limit = "4Gi"
[deploy.high_availability]
[deploy.quota]
max_sandboxes = 10
`;

const objects = objectsOfToml(TWO_POOLS);

const labelsOf = (template: Rendered) => template.spec.podTemplate.metadata.labels;

test('each pool is a SandboxWarmPool over a SandboxTemplate of its name', () => {
  for (const [name, replicas] of [
    ['openhands-pool', 3],
    ['gvisor', 2],
  ] as const) {
    expect(find(objects, 'SandboxWarmPool', name).spec).toMatchObject({
      replicas,
      sandboxTemplateRef: { name: find(objects, 'SandboxTemplate', name).metadata.name },
    });
  }
});

test("a pool's sandboxes run in its own RuntimeClass with its own resources", () => {
  const [plain, gvisor] = ['openhands-pool', 'gvisor'].map(
    (name) => find(objects, 'SandboxTemplate', name).spec.podTemplate.spec,
  );

  expect(gvisor).toMatchObject({
    runtimeClassName: 'gvisor',
    containers: [{ resources: { requests: { memory: '2Gi' }, limits: { memory: '4Gi' } } }],
  });
  expect(plain).not.toHaveProperty('runtimeClassName');
  expect(plain.containers[0].resources.requests.memory).toBe('1Gi');
});

test('the keys of a pool are entries of its own', () => {
  const keys = (name: string) =>
    find(objects, 'SandboxTemplate', name).spec.podTemplate.spec.containers[0].env.flatMap(
      ({ valueFrom }: Rendered) => valueFrom?.secretKeyRef?.key ?? [],
    );

  expect(keys('gvisor')).toEqual(['gvisor.api-key', 'gvisor.secret-key']);
});

test('the labels tell the pools apart, and the policies, which select by app, hold for all of them', () => {
  expect(labelsOf(find(objects, 'SandboxTemplate', 'gvisor'))).toMatchObject({
    app: 'openhands-runtime',
    pool: 'gvisor',
    'app.kubernetes.io/instance': 'gvisor',
  });
});

test("a claimed sandbox's claim has the labels of its Pod but those that a new image changes", () => {
  const { podTemplate, volumeClaimTemplates } = find(objectsOf('agent-sandbox'), 'SandboxTemplate').spec;
  const { 'app.kubernetes.io/version': version, ...lasting } = podTemplate.metadata.labels;

  expect(version).toBe('1.58.2-python');
  expect(volumeClaimTemplates[0].metadata.labels).toEqual(lasting);
});

test('a drain leaves each pool its own least number', () => {
  const budgets = objects.filter(({ kind }) => kind === 'PodDisruptionBudget');

  expect(budgets.map(({ spec }) => [spec.selector.matchLabels.pool, spec.minAvailable])).toEqual([
    ['openhands-pool', 2],
    ['gvisor', 1],
  ]);
});

test('the quota has room for as many sandboxes of the largest pool, and the bounds let every pool in', () => {
  expect(find(objects, 'ResourceQuota').spec.hard).toMatchObject({
    pods: 10,
    'requests.cpu': '2500m',
    'requests.memory': '20Gi',
    'limits.memory': '40Gi',
  });
  expect(find(objects, 'LimitRange').spec.limits[0]).toMatchObject({
    max: { memory: '4Gi' },
    default: { memory: '2Gi' },
  });
});

test('an autoscaler scales the pool by its name', () => {
  const autoscaled = objectsOfToml(`
[deploy]
contract = "agent-server"
[deploy.pool]
workload = "SandboxWarmPool"
name = "openhands-pool"
[deploy.autoscaling]
external_metric = { name = "claims", per_sandbox = 1 }
`);

  expect(find(autoscaled, 'HorizontalPodAutoscaler').spec.scaleTargetRef).toEqual({
    apiVersion: 'extensions.agents.x-k8s.io/v1beta1',
    kind: 'SandboxWarmPool',
    name: 'openhands-pool',
  });
});

test('a StatefulSet keeps the volumes of what is scaled down, or has them deleted for the next to be clean', () => {
  const policyOf = (line: string) =>
    find(
      objectsOfToml(`[deploy]\ncontract = "agent-server"\n[deploy.pool]\nworkload = "StatefulSet"\n${line}`),
      'StatefulSet',
    ).spec.persistentVolumeClaimRetentionPolicy;

  expect(policyOf('')).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
  expect(policyOf('volume_when_scaled = "Delete"')).toEqual({ whenDeleted: 'Retain', whenScaled: 'Delete' });
});

test("an update's old sandboxes do not count where new ones are spread, so that these are even when it is over", () => {
  const { topologySpreadConstraints } = find(objectsOf('staging'), 'Deployment', 'openhands-runtime').spec.template
    .spec;

  expect(topologySpreadConstraints.map(({ topologyKey }: Rendered) => topologyKey)).toEqual([
    'topology.kubernetes.io/zone',
    'kubernetes.io/hostname',
  ]);
  for (const it of topologySpreadConstraints) expect(it.matchLabelKeys).toEqual(['pod-template-hash']);
});

test('sessions are spread among each other: one alone has nothing to be even with', () => {
  const { topologySpreadConstraints, affinity } = find(objectsOf('staging'), 'Deployment', 'openhands-runtime-demo')
    .spec.template.spec;
  const labelSelector = {
    matchLabels: { app: 'openhands-runtime' },
    matchExpressions: [{ key: 'session', operator: 'Exists' }],
  };

  expect(topologySpreadConstraints).toEqual([
    { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', labelSelector },
    { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector },
  ]);
  expect(affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution).toEqual([
    { weight: 100, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector } },
  ]);
});
