import { podShares } from '../../../constructs/namespace/pod-shares';
import { Manifests } from '../../../constructs/policy/objects';
import { find, renderToml, type Rendered } from '../../render';

const NODES = 7;

const requests = { cpu: '100m', memory: '64Mi' };
const container = { name: 'a', resources: { requests, limits: { cpu: '1' } } };
const podSpec = { containers: [container] };
const metadata = { name: 'a', namespace: 'b', labels: {} };

const shareOf = (...objects: Rendered[]) => podShares(new Manifests(objects), 'b', NODES)[0]!;

const deployment = (spec: object): Rendered => ({
  kind: 'Deployment',
  metadata,
  spec: { template: { metadata, spec: podSpec }, ...spec },
});

const autoscaler = (kind: string): Rendered => ({
  kind: 'HorizontalPodAutoscaler',
  metadata,
  spec: { scaleTargetRef: { kind, name: 'a' }, maxReplicas: 9 },
});

const rolling = (maxSurge: number | string) => ({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge } } });

test("what a Pod's RuntimeClass takes is its own, if the manifests have that class", () => {
  const runtimeClass = {
    kind: 'RuntimeClass',
    metadata: { name: 'gvisor' },
    overhead: { podFixed: { memory: '36Mi' } },
  };
  const pod = { kind: 'Pod', metadata, spec: { ...podSpec, runtimeClassName: 'gvisor' } };

  expect(shareOf(pod, runtimeClass).requests.memory).toBe(100 * 2 ** 20);
  expect(shareOf(pod).requests.memory).toBe(64 * 2 ** 20);
});

test.each([
  ['a Deployment of one, while it is updated', [deployment({})], 2],
  ['a Deployment of eight', [deployment({ replicas: 8 })], 10],
  ['a Deployment with a surge of three', [deployment({ replicas: 2, ...rolling(3) })], 5],
  ['a Deployment with a surge in percent', [deployment({ replicas: 3, ...rolling('50%') })], 5],
  ['a Deployment that is recreated', [deployment({ strategy: { type: 'Recreate' } })], 1],
  ['a Deployment that grows', [deployment(rolling(0)), autoscaler('Deployment')], 9],
  ['a Deployment beside a StatefulSet that grows', [deployment(rolling(0)), autoscaler('StatefulSet')], 1],
  ['a DaemonSet', [{ ...deployment({}), kind: 'DaemonSet' }], NODES],
  ['a StatefulSet', [{ ...deployment({ replicas: 3 }), kind: 'StatefulSet' }], 3],
  ['a Pod', [{ kind: 'Pod', metadata, spec: podSpec }], 1],
  [
    'a CronJob, and a run by hand',
    [{ kind: 'CronJob', metadata, spec: { jobTemplate: { spec: { template: { metadata, spec: podSpec } } } } }],
    2,
  ],
  [
    'a warm pool',
    [
      { kind: 'SandboxTemplate', metadata, spec: { podTemplate: { metadata, spec: podSpec } } },
      { kind: 'SandboxWarmPool', metadata, spec: { replicas: 4, sandboxTemplateRef: { name: 'a' } } },
    ],
    4,
  ],
])('of %s there are at the most so many Pods', (_, objects, count) => {
  expect(shareOf(...objects).count).toBe(count);
});

test('a Pod asks for what its containers do together, sidecars included', () => {
  const initContainers = [{ ...container, restartPolicy: 'Always' }, container];

  expect(shareOf({ kind: 'Pod', metadata, spec: { ...podSpec, initContainers } })).toMatchObject({
    requests: { cpu: 0.2, memory: 2 ** 27 },
    limits: { cpu: 2 },
  });
});

test('a limit without a request is one', () => {
  const limits = { memory: '1Gi' };

  expect(shareOf({ kind: 'Pod', metadata, spec: { containers: [{ resources: { limits } }] } }).requests).toEqual({
    memory: 2 ** 30,
  });
});

test('Pods of other namespaces do not count', () => {
  expect(podShares(new Manifests([{ kind: 'Pod', metadata, spec: podSpec }]), 'c', NODES)).toEqual([]);
});

describe.each(['staging', 'production'])('the namespaces beside the sandboxes of %s', (name) => {
  const { objects } = renderToml(`[deploy]\nextends = "${name}"`);
  const own = (kind: string, suffix: string) =>
    find(
      objects.filter(({ metadata }) => metadata.namespace === `openhands-${name}-${suffix}`),
      kind,
    );

  test('have room for the exporter, the descheduler and the egress proxy, and an update of each', () => {
    expect(own('ResourceQuota', 'system').spec.hard).toMatchObject({
      pods: 7,
      'requests.cpu': '290m',
      'limits.memory': '3Gi',
      'services.loadbalancers': 0,
    });
  });

  test('have room for a collector on each node of the largest cluster', () => {
    expect(own('ResourceQuota', 'logging').spec.hard).toMatchObject({ pods: 5000, 'requests.cpu': '250' });
  });

  test('bound a single container', () => {
    expect(own('LimitRange', 'system').spec.limits[0]).toMatchObject({
      type: 'Container',
      max: { cpu: '1', memory: '512Mi' },
      default: { memory: '128Mi' },
    });
    expect(own('LimitRange', 'logging').spec.limits[0]).toMatchObject({ max: { cpu: '1', memory: '512Mi' } });
  });
});

test('[deploy.quota] max_nodes bounds the collectors', () => {
  const { objects } = renderToml('[deploy]\nextends = "staging"\n[deploy.quota]\nmax_nodes = 20');
  const quotas = objects.filter(({ kind }) => kind === 'ResourceQuota');

  expect(
    find(
      quotas.filter(({ metadata }) => metadata.namespace.endsWith('-logging')),
      'ResourceQuota',
    ).spec.hard.pods,
  ).toBe(20);
});

test('without [deploy.quota] they are not bounded', () => {
  const { objects } = renderToml('[deploy]\nextends = "staging"\nquota = false');

  expect(objects.map(({ kind }) => kind)).not.toContain('ResourceQuota');
});
