import { nameOf, type Manifest } from '../../constructs/policy/objects';
import { isReady } from '../verify/rollout';
import type { Check } from './check';
import { SNAPSHOT_API } from './needs';
import type { Row } from './row';

const runsDescheduler = ({ kind, spec }: Manifest): boolean =>
  kind === 'CronJob' &&
  spec.jobTemplate.spec.template.spec.containers.some(({ image }: Manifest) => /\/descheduler:/.test(image));

/** The descheduler ends at once when there is no second node that is ready. */
export const deschedulerNodes: Check = async (cluster, objects) => {
  const by = objects.filter(runsDescheduler).map(nameOf);
  if (by.length === 0) return [];
  const ready = (await cluster.list('v1', 'Node')).filter(isReady).length;
  return [
    {
      need: 'two nodes that are ready',
      by,
      state: ready < 2 ? 'unsure' : 'ok',
      found: ready < 2 ? `${ready}: the descheduler does nothing here` : `${ready}`,
    },
  ];
};

const DEFAULT_STORAGE = 'storageclass.kubernetes.io/is-default-class';

/** What would make the volume of a claim. */
function provisionerOf({ spec }: Manifest, classes: readonly Manifest[]): string | undefined {
  const isMeant = ({ metadata }: Manifest) =>
    spec.storageClassName === undefined
      ? metadata.annotations?.[DEFAULT_STORAGE] === 'true'
      : metadata.name === spec.storageClassName;
  return classes.find(isMeant)?.provisioner;
}

const driverText = (driver: string, provisioner: string | undefined): Pick<Row, 'state' | 'found'> =>
  driver === provisioner
    ? { state: 'ok', found: driver }
    : { state: 'MISSING', found: `its StorageClass is of ${provisioner}, the snapshot of ${driver}` };

/**
 * A snapshot is restored by the driver that took it. Others do not look at a claim's source, some of them (local-path for
 * one), and make an empty volume.
 */
export const snapshotDrivers: Check = async (cluster, objects) => {
  const claims = objects.filter(({ spec }) => spec?.dataSourceRef?.kind === 'VolumeSnapshot');
  if (claims.length === 0) return [];
  const classes = await cluster.list('storage.k8s.io/v1', 'StorageClass');
  const rows = claims.map(async (claim): Promise<Row[]> => {
    const { namespace } = claim.metadata;
    const { name } = claim.spec.dataSourceRef;
    const snapshot = await cluster.get({
      apiVersion: SNAPSHOT_API,
      kind: 'VolumeSnapshot',
      metadata: { name, namespace },
    });
    // That it is not there is told by whoever looks for it.
    if (snapshot === undefined) return [];
    const row = { need: `the driver of VolumeSnapshot/${name}`, by: [nameOf(claim)] };
    const content = snapshot.status?.boundVolumeSnapshotContentName;
    if (content === undefined || snapshot.status.readyToUse !== true) {
      return [{ ...row, state: 'MISSING', found: 'the snapshot is not ready to use' }];
    }
    const reference = { apiVersion: SNAPSHOT_API, kind: 'VolumeSnapshotContent', metadata: { name: content } };
    const driver = (await cluster.get(reference))?.spec.driver;
    return [{ ...row, ...driverText(driver, provisionerOf(claim, classes)) }];
  });
  return (await Promise.all(rows)).flat();
};
