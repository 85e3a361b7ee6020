import { ApiError } from '../../../tools/cluster/api-error';
import { planOf } from '../../../tools/verify/plan';
import { rollBack } from '../../../tools/verify/rollback';
import type { Rendered } from '../../render';
import { clusterOf, type FakeCluster } from './cluster';

const OLD = '2026-01-01T00:00:00Z';
const NEW = '2026-01-02T00:00:00Z';
const POLICY = "ValidatingAdmissionPolicy 'p' denied request: only a:2";

/** As a file has it. */
const file = (kind: string, name = 'demo', namespace = 'here'): Rendered => ({
  apiVersion: kind === 'Service' ? 'v1' : 'apps/v1',
  kind,
  metadata: { name, namespace },
  spec:
    kind === 'Service'
      ? {}
      : {
          selector: { matchLabels: { app: name } },
          template: { metadata: { labels: { app: name } }, spec: { containers: [{ image: 'a:2' }] } },
          ...(kind === 'StatefulSet' && { volumeClaimTemplates: [{ metadata: { name: 'files' } }] }),
        },
});

/** As the cluster holds it, ready, and applied at a time by kubectl. */
const live = (object: Rendered, applied = NEW, writes: Rendered[] = []): Rendered => ({
  ...object,
  metadata: {
    ...object.metadata,
    uid: `${object.kind}-${object.metadata.namespace}`,
    generation: 1,
    creationTimestamp: OLD,
    annotations: { 'deployment.kubernetes.io/revision': '2' },
    managedFields: [{ manager: 'kubectl-client-side-apply', time: applied }, ...writes],
  },
  status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 },
});

const TEMPLATE = { metadata: { labels: { app: 'demo' } }, spec: { containers: [{ image: 'a:1' }] } };

const ownedBy = (owner: Rendered) => ({ ownerReferences: [{ uid: `${owner.kind}-${owner.metadata.namespace}` }] });

const replicaSet = (owner: Rendered): Rendered => ({
  kind: 'ReplicaSet',
  metadata: {
    namespace: owner.metadata.namespace,
    annotations: { 'deployment.kubernetes.io/revision': '1' },
    ...ownedBy(owner),
  },
  spec: { template: TEMPLATE },
});

const controllerRevision = (owner: Rendered, revision: number): Rendered => ({
  kind: 'ControllerRevision',
  metadata: { namespace: owner.metadata.namespace, ...ownedBy(owner) },
  revision,
  data: { spec: { template: { $patch: 'replace', ...TEMPLATE } } },
});

const pod = (name: string, ready: boolean): Rendered => ({
  kind: 'Pod',
  metadata: { name, namespace: 'here', labels: { app: 'demo' } },
  spec: { containers: [] },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

function roll(files: readonly Rendered[], cluster: FakeCluster) {
  return rollBack(cluster, { objects: files, workloads: planOf(files), timeout: 0, say: () => undefined });
}

afterEach(() => jest.useRealTimers());

const deployment = file('Deployment');
const statefulSet = file('StatefulSet');
const NOTHING = { restored: [], failed: [], created: [], changed: [] };

test('a Deployment goes back to its earlier ReplicaSet, and its broken Pods are its own affair', async () => {
  const cluster = clusterOf([live(deployment), replicaSet(deployment), pod('broken', false)]);

  expect(await roll([deployment], cluster)).toEqual({
    ...NOTHING,
    restored: ['Deployment/demo: revision 1 serves again'],
  });
  expect(cluster.told).toEqual(['json-patch Deployment/demo in here']);
});

test('a StatefulSet goes back to its earlier ControllerRevision, and its Pods that are not ready are made anew', async () => {
  const revisions = [controllerRevision(statefulSet, 1), controllerRevision(statefulSet, 2)];
  const cluster = clusterOf([live(statefulSet), ...revisions, pod('broken', false), pod('well', true)]);

  expect(await roll([statefulSet], cluster)).toEqual({
    ...NOTHING,
    restored: ['StatefulSet/demo: revision 1 serves again'],
  });
  expect(cluster.told).toEqual(['strategic-merge-patch StatefulSet/demo in here', 'delete Pod/broken']);
});

test('what has no revisions is named, not brought back, whatever it is called', async () => {
  const files = [file('DaemonSet'), file('Service')];
  const cluster = clusterOf(files.map((it) => live(it)));

  expect(await roll(files, cluster)).toEqual({ ...NOTHING, changed: ['DaemonSet/demo', 'Service/demo'] });
  expect(cluster.told).toEqual([]);
});

test('what the apply did not change stays as it is, also where something else of its name was changed', async () => {
  const elsewhere = file('Deployment', 'demo', 'there');
  const objects = [live(deployment, OLD), replicaSet(deployment), live(statefulSet), live(elsewhere)];
  const cluster = clusterOf([
    ...objects,
    replicaSet(elsewhere),
    controllerRevision(statefulSet, 1),
    controllerRevision(statefulSet, 2),
  ]);

  const { restored } = await roll([deployment, statefulSet, elsewhere], cluster);

  expect(restored).toEqual(['StatefulSet/demo: revision 1 serves again', 'Deployment/demo: revision 1 serves again']);
  expect(cluster.told).toEqual([
    'strategic-merge-patch StatefulSet/demo in here',
    'json-patch Deployment/demo in there',
  ]);
});

test('what has no earlier revision, or went back before, does not go back', async () => {
  const again = live(deployment, NEW, [{ manager: 'openhands-verify', time: '2026-01-03T00:00:00Z' }]);

  expect(await roll([deployment], clusterOf([live(deployment)]))).toMatchObject({
    restored: [],
    failed: ['Deployment/demo: it has no earlier revision'],
  });
  expect(await roll([deployment], clusterOf([again, replicaSet(deployment)]))).toMatchObject({
    restored: [],
    failed: ['Deployment/demo: it was rolled back before'],
  });
});

test('an object that is not in the cluster is passed over', async () => {
  const cluster = clusterOf([live(deployment), replicaSet(deployment)]);

  expect((await roll([file('Service'), deployment], cluster)).restored).toEqual([
    'Deployment/demo: revision 1 serves again',
  ]);
});

test('while the earlier revision starts, it is told what is missing', async () => {
  const starting = live(deployment);
  starting.status = { ...starting.status, availableReplicas: 0 };
  const said: string[] = [];
  const cluster = clusterOf([starting, replicaSet(deployment)]);
  const say = (text: string) => {
    said.push(text);
    starting.status.availableReplicas = 1;
  };
  jest.useFakeTimers();
  const rolled = rollBack(cluster, { objects: [deployment], workloads: planOf([deployment]), timeout: 60_000, say });
  await jest.runAllTimersAsync();

  expect((await rolled).failed).toEqual([]);
  expect(said).toEqual(['Deployment/demo: 0 of 1 Pods ready']);
});

describe('admission policies that came with the same apply', () => {
  const refusing = (error: Error) =>
    clusterOf([live(deployment), replicaSet(deployment)], { dryRun: () => Promise.reject(error) });

  test('may refuse the earlier Pods: then nothing that runs is touched, and that is said', async () => {
    const cluster = refusing(new ApiError(422, POLICY));

    expect(await roll([deployment], cluster)).toEqual({
      ...NOTHING,
      failed: [`Deployment/demo: the policies of this apply refuse its earlier Pods: ${POLICY}`],
    });
    expect(cluster.told).toEqual([]);
  });

  test('are asked about the Pod as it was, with its labels and the volumes of its claims', async () => {
    const asked: Rendered[] = [];
    const revisions = [controllerRevision(statefulSet, 1), controllerRevision(statefulSet, 2)];
    const dryRun = async (it: Rendered) => {
      asked.push(it);
      return it;
    };
    await roll([statefulSet], clusterOf([live(statefulSet), ...revisions], { dryRun }));

    expect(asked).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'demo', namespace: 'here', labels: { app: 'demo' } },
        spec: {
          containers: [{ image: 'a:1' }],
          volumes: [{ name: 'files', persistentVolumeClaim: { claimName: 'files' } }],
        },
      },
    ]);
  });

  test('are all that counts: another refusal of that one Pod does not keep a workload from going back', async () => {
    const cluster = refusing(new ApiError(403, 'exceeded quota'));

    expect((await roll([deployment], cluster)).restored).toEqual(['Deployment/demo: revision 1 serves again']);
  });

  test('are not confused with a cluster that is away', async () => {
    const cluster = refusing(new Error('connect ECONNREFUSED'));

    await expect(roll([deployment], cluster)).rejects.toThrow('ECONNREFUSED');
  });
});
