import type { Manifest } from '../../constructs/policy/objects';

const REVISION = 'deployment.kubernetes.io/revision';

const revisionOf = (replicaSet: Manifest) => Number(replicaSet.metadata.annotations?.[REVISION] ?? 0);

const isOwnedBy = (object: Manifest, owner: Manifest) =>
  (object.metadata.ownerReferences ?? []).some((it: Manifest) => it.uid === owner.metadata.uid);

/** An earlier state of a workload. */
export interface Revision {
  readonly number: number;
  /** Of its Pods. */
  readonly template: Manifest;
  /** What brings it back. */
  readonly patch: unknown;
  readonly patchType: 'json-patch' | 'strategic-merge-patch';
}

/** The revision before the current one of a Deployment: what `kubectl rollout undo` would take. */
export function previousOfDeployment(live: Manifest, replicaSets: readonly Manifest[]): Revision | undefined {
  const current = Number(live.metadata.annotations?.[REVISION] ?? 0);
  const [previous] = replicaSets
    .filter((it) => isOwnedBy(it, live) && revisionOf(it) < current)
    .sort((a, b) => revisionOf(b) - revisionOf(a));
  if (previous === undefined) return undefined;
  const template = structuredClone(previous.spec.template);
  delete template.metadata.labels['pod-template-hash'];
  return {
    number: revisionOf(previous),
    template,
    patch: [{ op: 'replace', path: '/spec/template', value: template }],
    patchType: 'json-patch',
  };
}

/** The same for a StatefulSet, whose revisions are patches. */
export function previousOfStatefulSet(live: Manifest, revisions: readonly Manifest[]): Revision | undefined {
  const [, previous] = revisions.filter((it) => isOwnedBy(it, live)).sort((a, b) => b.revision - a.revision);
  if (previous === undefined) return undefined;
  const { $patch: _, ...template } = previous.data.spec.template;
  return { number: previous.revision, template, patch: previous.data, patchType: 'strategic-merge-patch' };
}
