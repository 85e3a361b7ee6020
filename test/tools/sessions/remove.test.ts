import { removeAll, removeAllButVolumes } from '../../../tools/sessions/remove';
import type { Rendered } from '../../render';
import { ClusterOfSandboxes } from './cluster-of-sandboxes';
import { claim, deployment, pod, sandbox, sandboxClaim, service, sessionAmong, statefulSet } from './objects';

const VOLUME = 'workspace-volume-x';

const left = ({ objects }: ClusterOfSandboxes) => objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);

const removeButVolume = async (objects: readonly Rendered[]) => {
  const cluster = new ClusterOfSandboxes(...objects);
  const kept = await removeAllButVolumes(cluster, sessionAmong(...objects), 0);
  return { cluster, kept };
};

describe('with its volume kept', () => {
  const mine = sandboxClaim('mine');
  const claimed = sandbox('x', { by: mine });
  const own = sandbox('x');

  test('a Sandbox leaves its claim, which nothing owns any more', async () => {
    const { cluster, kept } = await removeButVolume([own, pod('x', own), claim(VOLUME, own), service('x', own)]);

    expect(kept).toEqual([VOLUME]);
    expect(left(cluster)).toEqual([`PersistentVolumeClaim/${VOLUME}`]);
    expect(cluster.objects[0].metadata.ownerReferences).toEqual([]);
  });

  test('a claimed one too, and what claimed it is gone', async () => {
    const { cluster } = await removeButVolume([mine, claimed, pod('x', claimed), claim(VOLUME, claimed)]);

    expect(left(cluster)).toEqual([`PersistentVolumeClaim/${VOLUME}`]);
  });

  test('its Pod ends first, then what would delete the rest, from the top', async () => {
    const { cluster } = await removeButVolume([mine, claimed, pod('x', claimed), claim(VOLUME, claimed)]);

    expect(cluster.writes).toEqual([
      'merge-patch Sandbox/x',
      'delete alone SandboxClaim/mine',
      'delete alone Sandbox/x',
    ]);
  });

  test('nothing is deleted while the Pod is still there', async () => {
    const objects = [own, pod('x', own), claim(VOLUME, own)];
    const cluster = new ClusterOfSandboxes(...objects);
    cluster.patch = () => Promise.resolve();

    await expect(removeAllButVolumes(cluster, sessionAmong(...objects), 0)).rejects.toThrow('it is Running');
    expect(left(cluster)).toHaveLength(3);
  });

  test('a Deployment leaves its claim', async () => {
    const object = deployment('a');
    const { cluster, kept } = await removeButVolume([object, pod('a-1', object), claim('openhands-runtime-a-pvc')]);

    expect(kept).toEqual(['openhands-runtime-a-pvc']);
    expect(left(cluster)).toEqual(['PersistentVolumeClaim/openhands-runtime-a-pvc']);
  });

  const scratch = deployment('a', { template: { volumes: [{ name: 'scratch', ephemeral: {} }] } });
  const scratchPod = pod('a-1', scratch);
  const deleting = statefulSet({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } });

  test.each([
    ['a Pod owns', [scratch, scratchPod, claim('a-1-scratch', scratchPod)]],
    ['a StatefulSet owns', [deleting, claim('workspace-volume-openhands-runtime-0', deleting)]],
    ['is not there', [own]],
  ])('one whose volume %s is refused, and stays', async (_, objects) => {
    await expect(removeButVolume(objects)).rejects.toThrow('has no volume that could be kept: its files go with it');
  });
});

describe('with its files', () => {
  test('a Sandbox is deleted, and the claim that has it', async () => {
    const mine = sandboxClaim('mine');
    const object = sandbox('x', { by: mine });
    const objects = [mine, object, pod('x', object), claim(VOLUME, object)];
    const cluster = new ClusterOfSandboxes(...objects);

    await removeAll(cluster, sessionAmong(...objects));

    expect(left(cluster)).toEqual([]);
  });

  test('a StatefulSet is deleted, and the claims of all its ordinals', async () => {
    const objects = [statefulSet(), claim('workspace-volume-openhands-runtime-0'), claim('not-its-own')];
    const cluster = new ClusterOfSandboxes(...objects);

    await removeAll(cluster, sessionAmong(...objects));

    expect(left(cluster)).toEqual(['PersistentVolumeClaim/not-its-own']);
  });
});
