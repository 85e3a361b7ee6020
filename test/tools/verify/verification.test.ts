import type { VerifyOptions } from '../../../tools/verify/options';
import { planOf } from '../../../tools/verify/plan';
import type { Probes } from '../../../tools/verify/probes';
import { Traces } from '../../../tools/verify/traces';
import { Verification } from '../../../tools/verify/verification';
import type { Rendered } from '../../render';
import { clusterOf, type FakeCluster } from './cluster';

const object = (kind: string, name: string, rest: object = {}): Rendered => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'here' },
  ...rest,
});

const configMap = object('ConfigMap', 'settings');

const labelled = (name: string, app: string) => ({ name, namespace: 'here', labels: { app } });

const deployment = (name = 'demo', app = name) =>
  object('Deployment', name, {
    spec: {
      selector: { matchLabels: { app } },
      template: { metadata: { labels: { app } }, spec: { containers: [{ ports: [{ containerPort: 80 }] }] } },
    },
  });

const rolledOut = (it: Rendered) => ({ ...it, status: { replicas: 1, updatedReplicas: 1, availableReplicas: 1 } });

const pod = (name: string, ready: boolean, app = 'demo') =>
  object('Pod', name, {
    metadata: { ...labelled(name, app), creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { containers: [] },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  });

const service = object('Service', 'web', { spec: { selector: { app: 'demo' }, ports: [{ port: 80 }] } });

const slice = object('EndpointSlice', 'web-1', {
  metadata: { ...labelled('web-1', 'demo'), labels: { 'kubernetes.io/service-name': 'web' } },
  endpoints: [{ addresses: ['192.0.2.1'] }],
  ports: [{ port: 80 }],
});

function verificationOf(cluster: FakeCluster, objects: Rendered[], over: Partial<VerifyOptions> = {}) {
  const said: string[] = [];
  const prepared: unknown[] = [];
  const probes = {
    strangerPeer: { namespace: 'stranger', labels: {} },
    prepare: (peer: unknown) => void prepared.push(peer),
  } as unknown as Probes;
  const options = { timeout: 0, retries: 1, ...over } as VerifyOptions;
  const verification = new Verification({ cluster, objects, options, probes, traces: new Traces() });
  const say = (step: string, text: string) => void said.push(`${step}: ${text}`);
  return {
    said,
    prepared,
    objects: () => verification.objects(objects, say),
    /** Of the first workload. */
    workload: () => verification.workload(planOf(objects)[0]!, say),
  };
}

afterEach(() => jest.useRealTimers());

describe('objects of no workload', () => {
  test('are verified when each is what its file says', async () => {
    const run = verificationOf(clusterOf([configMap]), [configMap]);

    expect(await run.objects()).toEqual({ title: 'objects', notes: [], retries: 0, time: expect.any(Number) });
    expect(run.said).toEqual(['created: 1 objects']);
  });

  test('that are missing are made, and looked at again', async () => {
    const cluster = clusterOf([configMap]);
    const missing = object('ConfigMap', 'missing');

    expect(await verificationOf(cluster, [configMap, missing]).objects()).toMatchObject({ notes: [], retries: 1 });
    expect(cluster.told).toEqual(['create ConfigMap/missing']);
  });

  test('that are missing stay so when nothing is to be tried again', async () => {
    jest.useFakeTimers();
    const cluster = clusterOf([]);
    const result = await verificationOf(cluster, [configMap], { retries: 0 }).objects();

    expect(result).toEqual({
      title: 'objects',
      failure: { step: 'created', cause: 'ConfigMap/settings is not there: was it applied?' },
      notes: [],
      retries: 0,
      time: 0,
    });
    expect(cluster.told).toEqual([]);
  });

  test('that stay missing are tried as often as it is wanted, and no more', async () => {
    const cluster = clusterOf([], { create: async () => undefined });

    expect(await verificationOf(cluster, [configMap], { retries: 3 }).objects()).toMatchObject({
      failure: { step: 'created' },
      retries: 3,
    });
  });

  test('that are not what their files say are not tried again: nothing here changes that', async () => {
    const cluster = clusterOf([{ ...configMap, data: { a: '1' } }]);

    expect(await verificationOf(cluster, [configMap]).objects()).toMatchObject({
      failure: { step: 'created', cause: expect.stringContaining('is not what the file says') },
      retries: 0,
    });
  });

  test('cannot be told of a cluster that is away', async () => {
    const away = new Error('connect ECONNREFUSED');
    const cluster = clusterOf([], { get: () => Promise.reject(away) });

    await expect(verificationOf(cluster, [configMap]).objects()).rejects.toBe(away);
  });
});

describe('a workload', () => {
  test('goes from one step to the next, and its notes are kept', async () => {
    const ingress = object('Ingress', 'way', {
      spec: { rules: [{ http: { paths: [{ backend: { service: { name: 'web' } } }] } }] },
    });
    const objects = [deployment(), service, ingress];
    const run = verificationOf(clusterOf([rolledOut(deployment()), service, ingress, slice]), objects);

    expect(await run.workload()).toMatchObject({
      title: 'Deployment/demo',
      retries: 0,
      notes: ['Ingress/way has no class and the cluster no default: perhaps nobody serves it'],
    });
    expect(run.said).toEqual([
      'created: compared with the file',
      'ready: rolled out',
      'exposed: Service/web, Ingress/way',
    ]);
    expect(run.prepared).toEqual([]);
  });

  test('behind a Gateway is not well while the certificate of that Gateway is not there', async () => {
    const route = object('HTTPRoute', 'way', {
      spec: { parentRefs: [{ name: 'gateway' }], rules: [{ backendRefs: [{ name: 'web' }] }] },
    });
    const gateway = object('Gateway', 'gateway', {
      spec: { listeners: [{ tls: { certificateRefs: [{ name: 'certificate' }] } }] },
    });
    const objects = [deployment(), service, route, gateway];
    const cluster = clusterOf([rolledOut(deployment()), service, route, gateway, slice]);

    expect((await verificationOf(cluster, objects).workload()).failure).toMatchObject({
      step: 'exposed',
      cause: expect.stringContaining('TLS Secret certificate does not exist'),
    });
  });

  test('without a Service says nothing of what is exposed', async () => {
    const run = verificationOf(clusterOf([rolledOut(deployment())]), [deployment()]);
    await run.workload();

    expect(run.said).toEqual(['created: compared with the file', 'ready: rolled out']);
  });

  test('has its Service compared with its file, too', async () => {
    const cluster = clusterOf([rolledOut(deployment())]);
    const result = await verificationOf(cluster, [deployment(), service], { retries: 0 }).workload();

    expect(result.failure?.cause).toBe('Service/web is not there: was it applied?');
  });

  test('whose Pods are broken gets those anew, and may be well then', async () => {
    let live = deployment();
    const cluster = clusterOf([pod('broken', false)], {
      get: async () => live,
      delete: async () => void (live = rolledOut(live)),
    });
    const run = verificationOf(cluster, [deployment()]);

    expect(await run.workload()).toMatchObject({ notes: [], retries: 1 });
    expect(run.said).toContain('ready: 0 of 1 Pods made; not ready within 0.0 s: trying again');
  });

  test('that is tried again keeps its Pods that are ready, and touches no others', async () => {
    const cluster = clusterOf([deployment(), pod('well', true), pod('broken', false), pod('other', false, 'other')]);

    expect(await verificationOf(cluster, [deployment()]).workload()).toMatchObject({ failure: { step: 'ready' } });
    expect(cluster.told).toEqual(['delete Pod/broken']);
  });

  test('that is a bare Pod is not deleted: nothing would make it again', async () => {
    const bare = object('Pod', 'demo', { metadata: labelled('demo', 'demo'), spec: { containers: [{}] } });
    const cluster = clusterOf([bare]);

    expect(await verificationOf(cluster, [bare]).workload()).toMatchObject({ failure: { step: 'ready' }, retries: 1 });
    expect(cluster.told).toEqual([]);
  });

  test('that only holds room need not be there, but must be what its file says', async () => {
    const headroom = deployment('openhands-headroom');
    const run = verificationOf(clusterOf([headroom]), [headroom]);

    expect(await run.workload()).toMatchObject({ notes: [], retries: 0 });
    expect(await verificationOf(clusterOf([]), [headroom], { retries: 0 }).workload()).toMatchObject({
      failure: { step: 'created' },
    });
  });

  test('that is asked has Pods to ask it from before it is ready', async () => {
    const policy = object('NetworkPolicy', 'clients', {
      spec: {
        podSelector: {},
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'a' } } }] }],
      },
    });
    const sandbox = deployment('sandbox', 'openhands-runtime');
    const prepared = async (of: Rendered, held: Rendered) => {
      const run = verificationOf(clusterOf([of, held]), [of], { retries: 0 });
      expect((await run.workload()).failure?.step).toBe('ready');
      return run.prepared;
    };
    const stranger = { namespace: 'stranger', labels: {} };
    const nobody = { ...policy, spec: { ...policy.spec, ingress: [] } };

    expect(await prepared(sandbox, policy)).toEqual([{ namespace: 'here', labels: { app: 'a' } }, stranger]);
    expect(await prepared(sandbox, nobody)).toEqual([stranger]);
    expect(await prepared(deployment('canvas', 'openhands-canvas'), policy)).toEqual([stranger]);
  });

  test('is told while it starts, and its result says how long that took', async () => {
    jest.useFakeTimers();
    let looks = 0;
    const cluster = clusterOf([], { get: async () => (++looks > 4 ? rolledOut(deployment()) : deployment()) });
    const run = verificationOf(cluster, [deployment()], { timeout: 60_000 });
    const result = run.workload();
    await jest.runAllTimersAsync();

    expect((await result).time).toBe(run.said.filter((it) => it === 'ready: 0 of 1 Pods made').length * 1000);
    expect(run.said).toContain('ready: 0 of 1 Pods made');
  });
});
