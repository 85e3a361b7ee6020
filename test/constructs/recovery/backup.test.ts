import { find, objectsOfToml, type Rendered } from '../../render';

const profile = (backup = '', more = '') => `
[kubernetes]
namespace = "sandboxes"
[deploy]
contract = "agent-server"
sessions = ["demo"]
[deploy.recovery.backup]
${backup}
${more}`;

const scheduleOf = (backup = ''): Rendered => find(objectsOfToml(profile(backup)), 'Schedule');

test('without its table there is none', () => {
  expect(objectsOfToml('[deploy.recovery]').map(({ kind }) => kind)).not.toContain('Schedule');
});

test('it is called like the namespace, and lives in Velero’s', () => {
  expect(scheduleOf().metadata).toMatchObject({ name: 'sandboxes', namespace: 'velero' });
  expect(scheduleOf('namespace = "backups"').metadata.namespace).toBe('backups');
});

test('it saves the sandboxes’ namespace, and no keys', () => {
  expect(scheduleOf().spec.template).toMatchObject({
    includedNamespaces: ['sandboxes'],
    excludedNamespaceScopedResources: expect.arrayContaining(['secrets']),
  });
});

test('its backups outlive it', () => {
  expect(scheduleOf().spec.useOwnerReferencesInBackup).toBe(false);
});

test.each([
  ['', '720h0m0s'],
  ['retention = "2h30m"', '2h30m0s'],
])('%s keeps a backup for %s', (line, ttl) => {
  expect(scheduleOf(line).spec.template.ttl).toBe(ttl);
});

test('storage_location is where it is kept', () => {
  expect(scheduleOf('storage_location = "offsite"').spec.template.storageLocation).toBe('offsite');
});

describe('volumes', () => {
  test('are snapshots by default', () => {
    expect(scheduleOf().spec.template).toMatchObject({ snapshotVolumes: true, defaultVolumesToFsBackup: false });
  });

  test('are copied file by file where that is asked for', () => {
    expect(scheduleOf('volumes = "file-system"').spec.template).toMatchObject({
      snapshotVolumes: false,
      defaultVolumesToFsBackup: true,
    });
  });

  test('that are scratch are not copied', () => {
    const objects = objectsOfToml(profile('volumes = "file-system"'));
    const { annotations } = find(objects, 'Deployment', 'openhands-runtime-demo').spec.template.metadata;

    expect(annotations).toEqual({ 'backup.velero.io/backup-volumes-excludes': 'tmp,cache,shm' });
  });

  test('of a pool without lasting ones are left out', () => {
    const objects = objectsOfToml(profile('', '[deploy.pool]'));
    const [workspace] = find(objects, 'Deployment', 'openhands-runtime').spec.template.spec.volumes;

    expect(workspace.ephemeral.volumeClaimTemplate.metadata.labels).toMatchObject({
      'velero.io/exclude-from-backup': 'true',
    });
  });

  test('of such a pool are not copied file by file either', () => {
    const objects = objectsOfToml(profile('volumes = "file-system"', '[deploy.pool]'));
    const { annotations } = find(objects, 'Deployment', 'openhands-runtime').spec.template.metadata;

    expect(annotations['backup.velero.io/backup-volumes-excludes']).toBe('tmp,cache,shm,workspace-volume');
  });
});
