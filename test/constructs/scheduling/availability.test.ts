import { App, Chart } from 'cdk8s';
import { ComponentDisruptionBudget } from '../../../constructs/scheduling/availability';
import { find, objectsOfToml, type Rendered } from '../../render';

const budgetOf = (pool: string, availability = '', rest = ''): Rendered =>
  find(
    objectsOfToml(`[kubernetes]
namespace = "team"
[deploy]
contract = "agent-server"
sessions = []
pool = { shared = true, ${pool} }
high_availability = { ${availability} }
${rest}`),
    'PodDisruptionBudget',
    'openhands-runtime',
  ).spec;

const DEPLOYMENT = 'workload = "Deployment", replicas = 5';
const WARM = 'workload = "SandboxWarmPool", replicas = 5';
const ALWAYS = {
  selector: { matchLabels: { app: 'openhands-runtime', pool: 'openhands-runtime' } },
  unhealthyPodEvictionPolicy: 'AlwaysAllow',
};

describe("how many sandboxes of a Deployment's pool a drain may take", () => {
  test.each([
    ['one at a time', '', { maxUnavailable: 1 }],
    ['as many as the profile says', 'max_unavailable = 2', { maxUnavailable: 2 }],
    ['all but those that it must leave', 'min_available = 3', { minAvailable: 3 }],
  ])('%s', (_, availability, budget) => {
    expect(budgetOf(DEPLOYMENT, availability)).toEqual({ ...ALWAYS, ...budget });
  });
});

// A Sandbox has no scale subresource, so the budget of its Pods can only be a number that must stay.
// https://kubernetes.io/docs/tasks/run-application/configure-pdb/#arbitrary-controllers-and-selectors
describe('a budget of a warm pool is counted from its least size', () => {
  test.each([
    ['one at a time', WARM, '', '', 4],
    ['as many as the profile says', WARM, 'max_unavailable = 2', '', 3],
    ['all but those that it must leave', WARM, 'min_available = 2', '', 2],
    [
      'and leaves one, however small the pool',
      'workload = "SandboxWarmPool", replicas = 2',
      'max_unavailable = 4',
      '',
      1,
    ],
    [
      "and an autoscaler's least",
      'workload = "SandboxWarmPool"',
      '',
      'autoscaling = { min_replicas = 3, max_replicas = 6, external_metric = { name = "claims", per_sandbox = 1 } }',
      2,
    ],
  ])('%s', (_, pool, availability, rest, minAvailable) => {
    expect(budgetOf(pool, availability, rest)).toEqual({ ...ALWAYS, minAvailable });
  });
});

describe('a sandbox of a profile with high availability', () => {
  const specOf = (availability: string): Rendered =>
    find(
      objectsOfToml(
        `[kubernetes]\nnamespace = "team"\n[deploy]\ncontract = "agent-server"\nsessions = []\npool = { shared = true, ${DEPLOYMENT} }\n${availability}`,
      ),
      'Deployment',
      'openhands-runtime',
    ).spec.template.spec;

  test('leaves a dead node after the time that the profile says', () => {
    const seconds = { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 20 };

    expect(specOf('high_availability = { eviction_seconds = 20 }').tolerations).toEqual([
      { key: 'node.kubernetes.io/not-ready', ...seconds },
      { key: 'node.kubernetes.io/unreachable', ...seconds },
    ]);
  });

  test('is spread over zones and hosts with those of its own pool, as far as there are some', () => {
    const labelSelector = { matchLabels: ALWAYS.selector.matchLabels };
    const { topologySpreadConstraints, affinity, priorityClassName } = specOf('high_availability = {}');
    const evenly = {
      maxSkew: 1,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector,
      matchLabelKeys: ['pod-template-hash'],
    };

    expect(topologySpreadConstraints).toEqual([
      { topologyKey: 'topology.kubernetes.io/zone', ...evenly },
      { topologyKey: 'kubernetes.io/hostname', ...evenly },
    ]);
    expect(affinity).toEqual({
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector } },
        ],
      },
    });
    expect(priorityClassName).toBe('openhands-runtime.team');
  });

  test('without it has none of that', () => {
    const spec = specOf('');

    for (const field of ['tolerations', 'topologySpreadConstraints', 'affinity', 'priorityClassName']) {
      expect(spec).not.toHaveProperty(field);
    }
  });
});

test('a drain takes one of a component’s Pods at a time, and of no other’s', () => {
  const chart = new Chart(new App(), 'chart');
  new ComponentDisruptionBudget(chart, 'budget', { name: 'proxy' }, { app: 'proxy' });

  expect(find(chart.toJson(), 'PodDisruptionBudget').spec).toEqual({
    selector: { matchLabels: { app: 'proxy' } },
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
    maxUnavailable: 1,
  });
});
