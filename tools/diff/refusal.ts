import { amount } from '../../config/schema/values';
import type { Manifest } from '../../constructs/policy/objects';
import type { Cluster } from '../cluster/cluster';
import type { ObjectChange } from '../review/change';
import { CLAIM_STAYS } from '../review/effect';

/** A change that the API server refuses today. */
export interface RefusedChange {
  readonly live: Manifest;
  readonly fields: ObjectChange['fields'];
  /** What the same apply changes before it. */
  readonly earlier: readonly ObjectChange[];
}

const BOUNDS = ['LimitRange', 'ResourceQuota'];

/** What the admission of these two says of a claim. https://kubernetes.io/docs/concepts/policy/limit-range/ */
const IS_BOUND = /(?:maximum|minimum) storage usage per PersistentVolumeClaim|exceeded quota/;

const grows = (fields: ObjectChange['fields']): boolean =>
  fields.some(
    ({ path, before, after }) =>
      path === 'spec.resources.requests.storage' && amount(String(after)) > amount(String(before)),
  );

/** The StorageClass of a claim that is to grow, if it lets none grow. */
async function rigidClassOf(cluster: Pick<Cluster, 'get'>, { live, fields }: RefusedChange) {
  const name = live.spec?.storageClassName;
  if (!name || !grows(fields)) return undefined;
  const reference = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name } };
  const found = await cluster.get(reference);
  return found !== undefined && found.allowVolumeExpansion !== true ? found : undefined;
}

/**
 * Why the API server will not take a change, when it is its turn. A claim comes after the LimitRange and the ResourceQuota
 * of its namespace, so what they say today does not count where the same apply changes them.
 *
 * @param sentence the API server's, of a dry run today
 * @returns without its full stop; nothing when it will take it
 */
export async function refusalOf(
  cluster: Pick<Cluster, 'get'>,
  change: RefusedChange,
  sentence: string,
): Promise<string | undefined> {
  const { live, earlier } = change;
  if (live.kind !== 'PersistentVolumeClaim') return `It says: ${sentence}`;
  const rigid = await rigidClassOf(cluster, change);
  if (rigid) return `StorageClass ${rigid.metadata.name} lets no volume grow (allowVolumeExpansion). ${CLAIM_STAYS}`;
  const isMoved = earlier.some(
    ({ action, object }) =>
      action === 'changed' && BOUNDS.includes(object.kind) && object.metadata.namespace === live.metadata.namespace,
  );
  return isMoved && IS_BOUND.test(sentence) ? undefined : `It says: ${sentence}`;
}
