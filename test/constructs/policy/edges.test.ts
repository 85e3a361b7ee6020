import { loadProfile } from '../../../config/load';
import { containerRules } from '../../../constructs/policy/containers';
import { namespaceIsDenied } from '../../../constructs/policy/network';
import { Manifests, type Finding, type Manifest, type Rule } from '../../../constructs/policy/objects';
import { podRules } from '../../../constructs/policy/pods';
import { violations } from '../../../constructs/policy/policy';
import { backends, podReferences, roleReferences } from '../../../constructs/policy/references';
import { budgets, replicated } from '../../../constructs/policy/scaling';
import { storable } from '../../../constructs/policy/size';
import { renderToml } from '../../render';

/*
 * Where a rule begins and ends, in objects by hand: a profile has one of each.
 */

const { profile } = loadProfile('local');
const NAMESPACE = 'a';

const object = (kind: string, spec: Manifest, name = 'x', namespace: string | undefined = NAMESPACE): Manifest => ({
  kind,
  metadata: { name, ...(namespace && { namespace }) },
  spec,
});

const found = (rule: Rule, ...objects: Manifest[]): string[] =>
  Array.from(rule(new Manifests(objects), profile), ({ rule: name, text }: Finding) => `${name}: ${text}`);

const labels = { app: 'x' };
const selector = { matchLabels: labels };

describe('a budget lets a drain go on', () => {
  const pod = { ...object('Pod', { containers: [] }), metadata: { name: 'x', namespace: NAMESPACE, labels } };
  const budget = (numbers: object) =>
    object('PodDisruptionBudget', { selector, unhealthyPodEvictionPolicy: 'AlwaysAllow', ...numbers });

  test.each([[{ minAvailable: 1 }], [{ maxUnavailable: 1 }], [{ minAvailable: '50%' }]])('with %j', (numbers) => {
    expect(found(budgets, pod, budget(numbers))).toEqual([]);
  });

  test.each([[{}], [{ minAvailable: 1, maxUnavailable: 1 }], [{ minAvailable: 0 }], [{ maxUnavailable: 0 }]])(
    'but not with %j',
    (numbers) => {
      expect(found(budgets, pod, budget(numbers))).toEqual([
        'budget-lets-drain: needs one of minAvailable and maxUnavailable, above 0',
      ]);
    },
  );
});

describe('what runs more than once', () => {
  const spec = { topologySpreadConstraints: [{}] };
  const deployment = (replicas?: number) =>
    object('Deployment', { ...(replicas && { replicas }), template: { metadata: { labels }, spec } });
  const autoscaler = (name: string, namespace?: string) =>
    object('HorizontalPodAutoscaler', { scaleTargetRef: { kind: 'Deployment', name } }, 'x', namespace);
  const budget = (namespace?: string, matchLabels = labels) =>
    object('PodDisruptionBudget', { selector: { matchLabels } }, 'x', namespace);
  const BUDGET = 'budget: has no PodDisruptionBudget';
  const PRIORITY = 'priority: has no PriorityClass';

  test.each([
    ['several', [deployment(2)]],
    ['one that an autoscaler makes several', [deployment(1), autoscaler('x')]],
    ['as many as an autoscaler says', [deployment(), autoscaler('x')]],
  ])('has a budget and a priority: %s', (_, objects) => {
    expect(found(replicated, ...objects)).toEqual([PRIORITY, BUDGET]);
  });

  test.each([
    ['one', [deployment(1)]],
    ['one beside an autoscaler of another', [deployment(1), autoscaler('y')]],
    ['one beside an autoscaler of another namespace', [deployment(1), autoscaler('x', 'b')]],
    ['a DaemonSet', [{ ...deployment(), kind: 'DaemonSet' }]],
  ])('is not %s', (_, objects) => {
    expect(found(replicated, ...objects)).toEqual([]);
  });

  test.each([
    ['its own', budget(), [PRIORITY]],
    ['that of another namespace', budget('b'), [PRIORITY, BUDGET]],
    ['that of other Pods', budget(NAMESPACE, { app: 'y' }), [PRIORITY, BUDGET]],
  ])('has a budget: %s', (_, other, findings) => {
    expect(found(replicated, deployment(2), other)).toEqual(findings);
  });
});

describe('a namespace of sandboxes denies every Pod', () => {
  const namespace = object('Namespace', {}, NAMESPACE, '');
  const sandbox = {
    ...object('Pod', { containers: [] }),
    metadata: { name: 'x', namespace: NAMESPACE, labels: { app: 'openhands-runtime' } },
  };
  const policy = (name: string, policyTypes: string[], spec: object = {}, of = NAMESPACE) =>
    object('NetworkPolicy', { podSelector: {}, policyTypes, ...spec }, name, of);
  const both = ['Ingress', 'Egress'];

  test.each([
    ['by one policy', [policy('x', both)]],
    ['by one for each direction', [policy('x', ['Ingress']), policy('y', ['Egress'])]],
  ])('%s', (_, policies) => {
    expect(found(namespaceIsDenied, namespace, sandbox, ...policies)).toEqual([]);
  });

  test.each([
    ['by that of another namespace', [policy('x', both, {}, 'b')], both],
    ['by one about some Pods', [policy('x', both, { podSelector: selector })], both],
    ['by one about one direction', [policy('x', ['Ingress'])], ['Egress']],
  ])('but not %s', (_, policies, directions) => {
    expect(found(namespaceIsDenied, namespace, sandbox, ...policies)).toEqual(
      directions.map((it) => `namespace-is-denied: has no NetworkPolicy about every Pod for ${it}`),
    );
  });

  test('when there are sandboxes in it', () => {
    expect(found(namespaceIsDenied, namespace)).toEqual([]);
  });
});

describe('what is referred to', () => {
  const ingress = (number: number) =>
    object('Ingress', { rules: [{ http: { paths: [{ backend: { service: { name: 'x', port: { number } } } }] } }] });

  test('is one of several ports of a Service', () => {
    const service = object('Service', { ports: [{ port: 80 }, { port: 81 }] });

    expect(found(backends, ingress(81), service)).toEqual([]);
    expect(found(backends, ingress(82), service)).toEqual(['backends: leads to x:82, which is not there']);
  });

  test('is a claim, or what Velero restores it from', () => {
    const volume = { name: 'workspace-volume', persistentVolumeClaim: { claimName: 'x' } };
    const pod = {
      ...object('Pod', { containers: [], volumes: [volume, { name: 'tmp', emptyDir: {} }] }),
      metadata: { name: 'x', namespace: NAMESPACE, labels },
    };
    const restore = (namespaces: string[], matchLabels = labels) =>
      object('Restore', { includedNamespaces: namespaces, labelSelector: { matchLabels } }, 'x', 'velero');
    const missing = ['pod-references: names PersistentVolumeClaim x, which is not there'];

    expect(found(podReferences, pod, object('PersistentVolumeClaim', {}))).toEqual([]);
    expect(found(podReferences, pod, restore([NAMESPACE]))).toEqual([]);
    expect(found(podReferences, pod)).toEqual(missing);
    expect(found(podReferences, pod, restore(['b']))).toEqual(missing);
    expect(found(podReferences, pod, restore([NAMESPACE], { app: 'y' }))).toEqual(missing);
  });

  test('is a config, which no restore brings', () => {
    const pod = {
      ...object('Pod', { containers: [], volumes: [{ name: 'config', configMap: { name: 'x' } }] }),
      metadata: { name: 'x', namespace: NAMESPACE, labels },
    };
    const restore = object('Restore', { includedNamespaces: [NAMESPACE], labelSelector: selector }, 'x', 'velero');

    expect(found(podReferences, pod, restore)).toEqual(['pod-references: names ConfigMap x, which is not there']);
  });

  test('is a Role of the namespace, or a ClusterRole', () => {
    const binding = (kind: string) => ({ ...object('RoleBinding', {}), roleRef: { kind, name: 'x' } });

    expect(found(roleReferences, binding('Role'), object('Role', {}))).toEqual([]);
    expect(found(roleReferences, binding('ClusterRole'), object('ClusterRole', {}, 'x', ''))).toEqual([]);
    expect(found(roleReferences, binding('Role'), object('Role', {}, 'x', 'b'))).toEqual([
      'role-references: binds Role x, which is not there',
    ]);
    expect(found(roleReferences, binding('ClusterRole'), object('Role', {}))).toEqual([
      'role-references: binds ClusterRole x, which is not there',
    ]);
  });
});

describe('what may be large', () => {
  const large = 'x'.repeat(1_100_000);

  test('is anything but data', () => {
    expect(found(storable, { ...object('Example', {}), data: { large } })).toEqual([]);
    expect(found(storable, { ...object('ConfigMap', { large }), data: { a: 'b' } })).toEqual([]);
  });

  test('is no Secret', () => {
    expect(found(storable, { ...object('Secret', {}), data: { large } })).toEqual([
      'storable: has 1100000 bytes of data, and a Secret may have 1048576',
    ]);
  });
});

test('one container that takes a port of the node is one too many', () => {
  const containers = [{ ports: [{ containerPort: 80 }] }, {}, { ports: [{ containerPort: 81, hostPort: 81 }] }];

  expect(found(podRules, object('Pod', { containers }))).toContain('no-host-port: takes a port of the node');
});

test.each([
  [10_000, true],
  [10_001, false],
])('the user id %d is low: %s', (runAsUser, isLow) => {
  const text = 'high-user-id: container a runs as a user id of 10000 or less';
  const findings = found(
    containerRules,
    object('Pod', { containers: [{ name: 'a', securityContext: { runAsUser } }] }),
  );

  expect(findings.includes(text)).toBe(isLow);
});

test('a low user id that the profile asks for is its own', () => {
  const { objects, profile: own } = renderToml('sandbox.user_id = 10_000\n[deploy]\ncontract = "agent-server"');

  expect(violations(objects, own)).toEqual([]);
});
