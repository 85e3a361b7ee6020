import { RUNTIME } from '../../constructs/labels';
import { selects, type Manifest } from '../../constructs/policy/objects';
import { isLasting } from '../verify/functional';
import { templateOf } from '../verify/plan';
import { isReady } from '../verify/rollout';

/** A sandbox, or a pool of them, as the cluster holds it. */
export interface Session {
  /** What a person calls it: the session's name, else its object's. */
  readonly name: string;
  readonly namespace: string;
  /** A Sandbox, a Deployment, a StatefulSet or a bare Pod. */
  readonly workload: Manifest;
  readonly pods: readonly Manifest[];
  /** The PersistentVolumeClaims with its files. */
  readonly claims: readonly Manifest[];
}

/**
 * Waiting: in a warm pool, until somebody claims it. Suspending: its Pod ends. Expired: its shutdownTime has passed, and it
 * has no Pod.
 */
export type State = 'Running' | 'Waiting' | 'Starting' | 'Suspending' | 'Suspended' | 'Expired' | 'Failed' | 'Deleting';

/** What the sandboxes of a namespace are made of. */
export interface NamespaceObjects {
  /** Sandboxes, Deployments, StatefulSets and Pods, ours or not. */
  readonly workloads: readonly Manifest[];
  readonly pods: readonly Manifest[];
  readonly claims: readonly Manifest[];
}

/** What a Sandbox says when its shutdownTime has passed. */
const EXPIRED = 'SandboxExpired';

const templateIn = (workload: Manifest) => templateOf(workload, [])!;

/** Who makes it, and takes it away with itself. */
export const controllerOf = ({ metadata }: Manifest): Manifest | undefined =>
  metadata.ownerReferences?.find(({ controller }: Manifest) => controller);

/** Whether it runs what OpenHands calls a sandbox, and nothing else has made it. */
const isSandbox = (workload: Manifest): boolean =>
  templateIn(workload).metadata?.labels?.app === RUNTIME &&
  (workload.kind === 'Sandbox' || controllerOf(workload) === undefined);

const isPodOf = (workload: Manifest, pod: Manifest): boolean => {
  switch (workload.kind) {
    case 'Pod':
      return pod.metadata.uid === workload.metadata.uid;
    case 'Sandbox':
      return controllerOf(pod)?.uid === workload.metadata.uid;
    default:
      return selects(workload.spec.selector, pod.metadata.labels ?? {});
  }
};

/** Names of the claims of a workload, those of Pods that are not there just now too. */
function claimNames(workload: Manifest, pods: readonly Manifest[]): RegExp[] {
  const { name } = workload.metadata;
  const templates: Manifest[] = workload.spec.volumeClaimTemplates ?? [];
  const volumes: Manifest[] = templateIn(workload).spec.volumes ?? [];
  return [
    ...templates.map((it) => `${it.metadata.name}-${name}${workload.kind === 'StatefulSet' ? '-\\d+' : ''}`),
    ...volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []),
    ...volumes
      .filter(({ ephemeral }) => ephemeral)
      .flatMap((volume) => pods.map(({ metadata }) => `${metadata.name}-${volume.name}`)),
  ].map((it) => new RegExp(`^${it}$`));
}

/** The sandboxes and pools among the objects of one namespace, by name. */
export function sessionsOf({ workloads, pods, claims }: NamespaceObjects): Session[] {
  return workloads
    .filter(isSandbox)
    .map((workload): Session => {
      const own = pods.filter((pod) => isPodOf(workload, pod));
      const names = claimNames(workload, own);
      const { name, namespace } = workload.metadata;
      return {
        name: templateIn(workload).metadata?.labels?.session ?? name,
        namespace,
        workload,
        pods: own,
        claims: claims.filter(({ metadata }) => names.some((it) => it.test(metadata.name))),
      };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The claim that has it, or the pool in which it waits, as `Kind/name`. Those of a profile have none. */
export function ownerOf({ workload }: Session): string | undefined {
  const owner = controllerOf(workload);
  return owner && `${owner.kind}/${owner.name}`;
}

/** How many Pods it should have. */
export function wantedPods({ workload: { kind, spec } }: Session): number {
  if (kind === 'Sandbox') return spec.operatingMode === 'Suspended' ? 0 : 1;
  return kind === 'Pod' ? 1 : (spec.replicas ?? 1);
}

/** The Pods that take requests. */
export const readyPods = ({ pods }: Session): Manifest[] =>
  pods.filter((pod) => isReady(pod) && !pod.metadata.deletionTimestamp);

export function stateOf(session: Session): State {
  const { workload, pods } = session;
  const wanted = wantedPods(session);
  if (workload.metadata.deletionTimestamp) return 'Deleting';
  if (wanted === 0) return pods.length > 0 ? 'Suspending' : 'Suspended';
  if ((workload.status?.conditions ?? []).some(({ reason }: Manifest) => reason === EXPIRED)) return 'Expired';
  if (readyPods(session).length >= wanted) {
    return controllerOf(workload)?.kind === 'SandboxWarmPool' ? 'Waiting' : 'Running';
  }
  return pods.some(({ status }) => status?.phase === 'Failed') ? 'Failed' : 'Starting';
}

/** Whether its files are there for its next Pod after it had none. */
export const keepsFiles = ({ workload }: Session): boolean =>
  isLasting({ object: workload, pod: templateIn(workload).spec }) &&
  workload.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete';
