import type { Manifest } from '../../../constructs/policy/objects';
import type { Cluster } from '../../../tools/cluster/cluster';
import { deschedulerNodes, snapshotDrivers } from '../../../tools/preflight/recovery';
import { objectsOfToml } from '../../render';

/** A cluster that has these objects. */
const clusterOf = (...objects: Manifest[]) =>
  ({
    list: (_: string, kind: string) => Promise.resolve(objects.filter((it) => it.kind === kind)),
    get: ({ kind, metadata }: Manifest) =>
      Promise.resolve(objects.find((it) => it.kind === kind && it.metadata.name === metadata.name)),
  }) as unknown as Cluster;

describe('the descheduler', () => {
  const objects = objectsOfToml('[kubernetes]\nnamespace = "sandboxes"\n[deploy.recovery.descheduler]');
  const node = (status: string) => ({ kind: 'Node', status: { conditions: [{ type: 'Ready', status }] } });

  test.each([
    [['True', 'True'], 'ok', '2'],
    [['True', 'Unknown'], 'unsure', '1: the descheduler does nothing here'],
  ])('on nodes that are ready (%j) is %s', async (nodes, state, found) => {
    expect(await deschedulerNodes(clusterOf(...nodes.map(node)), objects)).toMatchObject([{ state, found }]);
  });

  test('that is not there needs nothing', async () => {
    expect(await deschedulerNodes(clusterOf(), objectsOfToml(''))).toEqual([]);
  });
});

describe('a workspace from a snapshot', () => {
  const objects = objectsOfToml('[deploy.recovery.restore_from]\ndefault = { snapshot = "nightly" }');
  const storage = (provisioner: string) => ({
    kind: 'StorageClass',
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner,
  });
  const snapshot = (status: object) => ({ kind: 'VolumeSnapshot', metadata: { name: 'nightly' }, status });
  const content = { kind: 'VolumeSnapshotContent', metadata: { name: 'content' }, spec: { driver: 'csi.example.com' } };
  const ready = snapshot({ readyToUse: true, boundVolumeSnapshotContentName: 'content' });

  test('is restored by the driver that took it', async () => {
    expect(await snapshotDrivers(clusterOf(storage('csi.example.com'), ready, content), objects)).toMatchObject([
      { state: 'ok', found: 'csi.example.com' },
    ]);
  });

  test('by another would be empty', async () => {
    expect(await snapshotDrivers(clusterOf(storage('rancher.io/local-path'), ready, content), objects)).toMatchObject([
      { state: 'MISSING', found: 'its StorageClass is of rancher.io/local-path, the snapshot of csi.example.com' },
    ]);
  });

  test('waits for the snapshot', async () => {
    expect(await snapshotDrivers(clusterOf(storage('csi.example.com'), snapshot({})), objects)).toMatchObject([
      { state: 'MISSING', found: 'the snapshot is not ready to use' },
    ]);
  });
});
