import { needsOf } from '../../../tools/preflight/needs';
import { obstacle, placementsOf } from '../../../tools/preflight/room';
import { tableOf } from '../../../tools/preflight/row';
import { objectsOf, objectsOfToml } from '../../render';

const needNamed = (profile: string, kind: string) =>
  needsOf(objectsOf(profile)).find(({ reference }) => reference.kind === kind);

describe('what the manifests need and do not bring', () => {
  test('an optional Secret is no need', () => {
    expect(needNamed('local', 'Secret')).toMatchObject({ isOptional: true });
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
      'ExternalSecret/openhands-session-keys',
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
