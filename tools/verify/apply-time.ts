import { FIELD_MANAGER } from '../cluster/field-manager';
import { nameOf, type Manifest } from '../../constructs/policy/objects';

/** Changes that are further apart, in ms, belong to two applies: one apply writes one object after the other. */
const GAP = 5_000;

/** The field managers of what applies manifests: kubectl, Helm, Argo CD, Flux. Others are controllers, or users beside an apply. */
const APPLIES = /^(kubectl|kubectl-create|.*apply.*|helm|argocd.*|kustomize-controller|helm-controller)$/;

/** When somebody last changed what an object asks for, in ms since 1970. */
export function changedAt({ metadata }: Manifest): number {
  const times = (metadata.managedFields ?? [])
    .filter((it: Manifest) => !it.subresource && APPLIES.test(it.manager))
    .map((it: Manifest) => Date.parse(it.time));
  return Math.max(Date.parse(metadata.creationTimestamp), ...times);
}

/** What one `kubectl apply` did, as far as the cluster remembers. */
export interface LastApply {
  readonly created: readonly Manifest[];
  readonly changed: readonly Manifest[];
}

/** When the newest of these times' uninterrupted row began. */
function startOfLastRow(times: readonly number[]): number {
  const [newest = 0, ...others] = [...times].sort((a, b) => b - a);
  let start = newest;
  for (const time of others) {
    if (start - time > GAP) break;
    start = time;
  }
  return start;
}

/** The objects that were created and changed by the last apply. */
export function lastApplyOf(live: readonly Manifest[]): LastApply {
  const since = startOfLastRow(live.map(changedAt));
  const created = live.filter(({ metadata }) => Date.parse(metadata.creationTimestamp) >= since);
  const changed = live.filter((it) => changedAt(it) >= since && !created.includes(it));
  return { created, changed };
}

/** Whether this program has already brought an object back since it was applied. */
export const isRolledBack = (live: Manifest): boolean =>
  (live.metadata.managedFields ?? []).some(
    (it: Manifest) => it.manager === FIELD_MANAGER && Date.parse(it.time) >= changedAt(live),
  );

export const namesOf = (objects: readonly Manifest[]): string[] => objects.map(nameOf);
