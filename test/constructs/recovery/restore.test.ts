import { find, objectsOfToml, podOf } from '../../render';

const profile = (source: string, more = '') => `
[kubernetes]
namespace = "sandboxes"
[deploy]
contract = "agent-server"
sessions = ["demo"]
[deploy.recovery.backup]
[deploy.recovery.restore_from]
demo = ${source}
${more}`;

const CLAIM = 'openhands-runtime-demo-pvc';

describe('from a snapshot', () => {
  const objects = objectsOfToml(profile('{ snapshot = "before-the-upgrade" }'));

  test('the claim is made from it', () => {
    expect(find(objects, 'PersistentVolumeClaim', CLAIM).spec.dataSourceRef).toEqual({
      apiGroup: 'snapshot.storage.k8s.io',
      kind: 'VolumeSnapshot',
      name: 'before-the-upgrade',
    });
  });

  test('Velero has no part in it', () => {
    expect(objects.map(({ kind }) => kind)).not.toContain('Restore');
  });
});

describe('from a backup', () => {
  const objects = objectsOfToml(profile('{ backup = "sandboxes-20260101030000" }'));
  const restore = find(objects, 'Restore');

  test('Velero makes the claim, so nobody else does', () => {
    expect(objects.map(({ kind }) => kind)).not.toContain('PersistentVolumeClaim');
    expect(podOf(objects).spec.volumes[0].persistentVolumeClaim.claimName).toBe(CLAIM);
  });

  test('the Restore is named after session and backup: another backup is another Restore', () => {
    expect(restore.metadata).toMatchObject({
      name: 'sandboxes-demo-sandboxes-20260101030000',
      namespace: 'velero',
    });
    expect(restore.spec.backupName).toBe('sandboxes-20260101030000');
  });

  test('it brings back that session’s claim and its volume, and nothing else', () => {
    const { labels } = find(objectsOfToml(profile('{ snapshot = "a" }')), 'PersistentVolumeClaim', CLAIM).metadata;

    expect(restore.spec).toMatchObject({
      includedNamespaces: ['sandboxes'],
      includedResources: expect.arrayContaining(['persistentvolumeclaims', 'persistentvolumes']),
      restorePVs: true,
    });
    expect(restore.spec.includedResources).not.toContain('pods');
    expect(labels).toMatchObject(restore.spec.labelSelector.matchLabels);
  });
});

test('a session without a line is made anew', () => {
  const objects = objectsOfToml(profile('{ snapshot = "a" }').replace('["demo"]', '["demo", "other"]'));

  expect(find(objects, 'PersistentVolumeClaim', 'openhands-runtime-other-pvc').spec).not.toHaveProperty(
    'dataSourceRef',
  );
});
