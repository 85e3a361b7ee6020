import type { Cluster } from '../../../tools/cluster/cluster';
import { isBuiltIn } from '../../../tools/cluster/groups';
import { references } from '../../../tools/preflight/checks';
import { needsOf } from '../../../tools/preflight/needs';
import { obstacle, placementsOf } from '../../../tools/preflight/room';
import { tableOf } from '../../../tools/preflight/row';
import { objectsOf, objectsOfToml } from '../../render';

const needNamed = (profile: string, kind: string) =>
  needsOf(objectsOf(profile)).find(({ reference }) => reference.kind === kind);

describe('what the manifests need and do not bring', () => {
  test('an optional Secret is no need', () => {
    const objects = objectsOfToml('[deploy]\nextends = "local"\ncanvas = false');
    expect(needsOf(objects).find(({ reference }) => reference.kind === 'Secret')).toMatchObject({ isOptional: true });
  });

  test('a required one is, with its entries', () => {
    const need = needsOf(objectsOf('staging')).find(
      ({ reference }) => reference.metadata.name === 'openhands-session-keys',
    );
    expect(need).toMatchObject({ isOptional: false, madeBy: undefined });
    expect(need!.keys).toEqual(expect.arrayContaining(['demo.api-key', 'openhands-runtime.secret-key']));
  });

  test('what an operator will make is told with who makes it', () => {
    const secrets = needsOf(objectsOf('production')).filter(({ reference }) => reference.kind === 'Secret');
    expect(secrets.map(({ madeBy }) => madeBy).sort()).toEqual([
      'Certificate/openhands-production-tls',
      'ExternalSecret/openhands-alerts',
      'ExternalSecret/openhands-elasticsearch',
      'ExternalSecret/openhands-session-keys',
      'ExternalSecret/openhands-sign-in',
      'ExternalSecret/openhands-sign-in-cookie',
    ]);
  });

  test('then the operator needs something', () => {
    expect(needNamed('production', 'ClusterSecretStore')).toBeDefined();
    expect(needNamed('production', 'ClusterIssuer')).toBeDefined();
  });

  test('the Secret of a receiver of alerts is', () => {
    const receiver =
      '{ name = "a", type = "webhook", severities = ["info"], url = { secret = "alerts", key = "url" } }';
    const needs = needsOf(objectsOfToml(`[deploy.monitoring.alertmanager]\nreceivers = [${receiver}]`));

    expect(needs.find(({ reference }) => reference.metadata.name === 'alerts')).toMatchObject({
      keys: ['url'],
      by: ['AlertmanagerConfig/openhands-sandboxes'],
      isOptional: false,
    });
  });

  test('classes are', () => {
    expect(needNamed('local', 'IngressClass')?.reference.metadata.name).toBe('traefik');
    expect(needNamed('production', 'GatewayClass')?.reference.metadata.name).toBe('traefik');
  });

  test('a PriorityClass of their own is not', () => {
    expect(needNamed('production', 'PriorityClass')).toBeUndefined();
  });
});

test('the Secret that npm run keys makes after applying is no reason not to apply', async () => {
  const rows = await references({ get: async () => undefined } as unknown as Cluster, objectsOf('local'));

  expect(rows).toContainEqual(
    expect.objectContaining({
      need: 'Secret/openhands-session-keys in openhands',
      state: 'unsure',
      found: 'after applying, npm run keys makes it, with demo.api-key, demo.secret-key',
    }),
  );
});

describe('what objects for operators need', () => {
  const namespace = 'team';

  test('every entry of a Secret that an AlertmanagerConfig names, whatever its field is called', () => {
    const receivers = [
      { name: 'chat', slackConfigs: [{ apiURL: { name: 'alerting', key: 'slack' }, channel: '#sandboxes' }] },
      { name: 'hook', webhookConfigs: [{ urlSecret: { name: 'alerting', key: 'webhook' } }] },
      { name: 'page', pagerdutyConfigs: [{ routingKey: { name: 'alerting', key: 'pagerduty' } }] },
      { name: 'mail', emailConfigs: [{ authPassword: { name: 'smtp', key: 'password' } }] },
    ];
    const config = {
      apiVersion: 'monitoring.coreos.com/v1alpha1',
      kind: 'AlertmanagerConfig',
      metadata: { name: 'a', namespace },
      spec: { receivers },
    };

    expect(needsOf([config]).filter(({ reference }) => reference.kind === 'Secret')).toMatchObject([
      { reference: { metadata: { name: 'alerting', namespace } }, keys: ['slack', 'webhook', 'pagerduty'] },
      { reference: { metadata: { name: 'smtp', namespace } }, keys: ['password'] },
    ]);
  });

  test('an entry of a ConfigMap is no Secret', () => {
    const monitor = {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: { name: 'a', namespace },
      spec: { podMetricsEndpoints: [{ tlsConfig: { ca: { configMap: { name: 'ca', key: 'ca.crt' } } } }] },
    };

    expect(needsOf([monitor]).map(({ reference }) => reference.kind)).toEqual(['Namespace']);
  });

  test('the namespace that they are in, unless the manifests make it', () => {
    const schedule = {
      apiVersion: 'velero.io/v1',
      kind: 'Schedule',
      metadata: { name: 'a', namespace: 'velero' },
      spec: { template: { storageLocation: 'default' } },
    };

    expect(needsOf([schedule]).map(({ reference }) => [reference.kind, reference.metadata.name])).toEqual([
      ['Namespace', 'velero'],
      ['BackupStorageLocation', 'default'],
    ]);
    expect(needNamed('local', 'Namespace')).toBeUndefined();
  });

  test('the VolumeSnapshot that a claim is made from', () => {
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'a', namespace },
      spec: { dataSourceRef: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'last' } },
    };

    expect(needsOf([claim]).map(({ reference }) => reference)).toContainEqual({
      apiVersion: 'snapshot.storage.k8s.io/v1',
      kind: 'VolumeSnapshot',
      metadata: { name: 'last', namespace },
    });
  });

  test('the entries that a volume takes out of a Secret', () => {
    const items = [{ key: 'ca.crt', path: 'ca.crt' }];
    const volumes = [
      { name: 'a', secret: { secretName: 'whole' } },
      { name: 'b', secret: { secretName: 'part', items } },
      { name: 'c', projected: { sources: [{ secret: { name: 'projected', items } }] } },
    ];
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace }, spec: { volumes } };
    const secrets = needsOf([pod]).filter(({ reference }) => reference.kind === 'Secret');

    expect(secrets.map(({ reference, keys }) => [reference.metadata.name, keys])).toEqual([
      ['whole', []],
      ['part', ['ca.crt']],
      ['projected', ['ca.crt']],
    ]);
  });
});

test.each([
  ['v1', true],
  ['apps/v1', true],
  ['networking.k8s.io/v1', true],
  ['rbac.authorization.k8s.io/v1', true],
  ['monitoring.coreos.com/v1', false],
  ['velero.io/v1', false],
  ['snapshot.storage.k8s.io/v1', false],
  ['gateway.networking.k8s.io/v1', false],
  ['agents.x-k8s.io/v1beta1', false],
])('whether every cluster has the kinds of %s: %s', (apiVersion, builtIn) => {
  expect(isBuiltIn(apiVersion)).toBe(builtIn);
});

describe('recovery needs', () => {
  const needs = needsOf(
    objectsOfToml(`
      [deploy]
      sessions = ["a", "b"]
      [deploy.recovery.backup]
      [deploy.recovery.restore_from]
      a = { snapshot = "nightly" }
      b = { backup = "default-20260101030000" }`),
  ).map(({ reference: { kind, metadata } }) => `${kind}/${metadata.name} in ${metadata.namespace}`);

  test.each([
    'Namespace/velero in undefined',
    'BackupStorageLocation/default in velero',
    'Backup/default-20260101030000 in velero',
    'VolumeSnapshot/nightly in default',
  ])('%s', (need) => {
    expect(needs).toContain(need);
  });
});

describe('room on the nodes', () => {
  const node = (name: string, cpu: string, more: object = {}, labels = {}) => ({
    metadata: { name, labels },
    spec: more,
    status: { allocatable: { cpu, memory: '8Gi', 'ephemeral-storage': '10Gi', pods: '110' } },
  });
  const pod = (cpu: string, more = {}) => ({ containers: [{ resources: { requests: { cpu } } }], ...more });
  const demand = (count: number, of: object) => [{ title: 'Deployment/a', count, pod: of }];

  test('is counted beside what runs there', () => {
    const running = [{ spec: { ...pod('1500m'), nodeName: 'n' } }];

    expect(placementsOf(demand(1, pod('500m')), [node('n', '2')], running)[0]!.obstacles).toEqual([]);
    expect(placementsOf(demand(2, pod('500m')), [node('n', '2')], running)[0]).toMatchObject({
      placed: 1,
      obstacles: ['n: too little cpu'],
    });
  });

  test('is found on several nodes', () => {
    expect(placementsOf(demand(2, pod('1')), [node('a', '1'), node('b', '1')], [])[0]!.placed).toBe(2);
  });

  test('needs the labels that are selected', () => {
    const selecting = pod('1', { nodeSelector: { pool: 'x' } });
    expect(obstacle(node('n', '2'), selecting)).toBe('no label pool=x');
    expect(obstacle(node('n', '2', {}, { pool: 'x' }), selecting)).toBeUndefined();
  });

  test('needs every taint to be tolerated', () => {
    const tainted = node('n', '2', { taints: [{ key: 'pool', value: 'x', effect: 'NoSchedule' }] });
    expect(obstacle(tainted, pod('1'))).toBe('taint pool=x:NoSchedule');
    expect(obstacle(tainted, pod('1', { tolerations: [{ key: 'pool', value: 'y' }] }))).toBe('taint pool=x:NoSchedule');
    expect(obstacle(tainted, pod('1', { tolerations: [{ key: 'pool', value: 'x' }] }))).toBeUndefined();
    expect(obstacle(tainted, pod('1', { tolerations: [{ operator: 'Exists' }] }))).toBeUndefined();
  });

  test('is not on a cordoned node', () => {
    expect(obstacle(node('n', '2', { unschedulable: true }), pod('1'))).toBe('cordoned');
  });
});

test('the table begins with what is missing', () => {
  const row = (state: 'ok' | 'MISSING' | 'unsure') => ({ need: 'x', by: ['a', 'b'], state, found: 'y' });
  expect(tableOf([row('ok'), row('unsure'), row('MISSING')])).toEqual([
    'needed  by            state    found',
    'x       a and 1 more  MISSING  y',
    'x       a and 1 more  unsure   y',
    'x       a and 1 more  ok       y',
  ]);
});
