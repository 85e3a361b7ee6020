import type { Manifest } from '../../constructs/policy/objects';

/** Nothing when every Pod that was asked for is there and Ready, else what is missing. */
export type Missing = string | undefined;

const count = (ready: number | undefined, wanted: number, what: string) => `${ready ?? 0} of ${wanted} Pods ${what}`;

function deployment({ metadata, spec, status = {} }: Manifest): Missing {
  const { replicas = 1 } = spec;
  if ((status.observedGeneration ?? 0) < metadata.generation) return 'the controller has not seen the change yet';
  if ((status.updatedReplicas ?? 0) < replicas) return count(status.updatedReplicas, replicas, 'made');
  if ((status.availableReplicas ?? 0) < replicas) return count(status.availableReplicas, replicas, 'ready');
  const old = (status.replicas ?? 0) - status.updatedReplicas;
  return old > 0 ? `${old} Pods of the earlier revision still there` : undefined;
}

function statefulSet({ metadata, spec, status = {} }: Manifest): Missing {
  const { replicas = 1 } = spec;
  if ((status.observedGeneration ?? 0) < metadata.generation) return 'the controller has not seen the change yet';
  const updated = status.updateRevision === status.currentRevision ? status.replicas : status.updatedReplicas;
  if ((updated ?? 0) < replicas) return count(updated, replicas, 'made');
  const { availableReplicas = 0 } = status;
  return availableReplicas < replicas ? count(availableReplicas, replicas, 'ready') : undefined;
}

export const isReady = (object: Manifest): boolean =>
  (object.status?.conditions ?? []).some((it: Manifest) => it.type === 'Ready' && it.status === 'True');

/** What is still missing for a workload to be rolled out, from the object as the cluster holds it. */
export function missingOf(live: Manifest): Missing {
  switch (live.kind) {
    case 'Deployment':
      return deployment(live);
    case 'StatefulSet':
      return statefulSet(live);
    case 'SandboxWarmPool': {
      const { replicas = 1 } = live.spec;
      const { readyReplicas = 0 } = live.status ?? {};
      return readyReplicas < replicas ? count(readyReplicas, replicas, 'ready') : undefined;
    }
    default:
      // A suspended Sandbox has no Pod, and none is missing.
      if (live.spec.operatingMode === 'Suspended') return undefined;
      return isReady(live) && !live.metadata.deletionTimestamp ? undefined : 'its Pod is not ready';
  }
}
