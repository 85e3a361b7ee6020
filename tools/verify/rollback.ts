import { nameOf, type Manifest } from '../../constructs/policy/objects';
import { ApiError } from '../cluster/api-error';
import type { Cluster } from '../cluster/cluster';
import { isRolledBack, lastApplyOf, namesOf } from './apply-time';
import { Failure } from './failure';
import type { Workload } from './plan';
import { podsOf, waitUntilReady } from './ready';
import type { Rollback } from './result';
import { previousOfDeployment, previousOfStatefulSet, type Revision } from './revisions';
import { isReady } from './rollout';

/** What is asked of a cluster. */
type Objects = Pick<Cluster, 'get' | 'list' | 'logs' | 'patch' | 'delete' | 'dryRun'>;

export interface RollbackProps {
  readonly objects: readonly Manifest[];
  readonly workloads: readonly Workload[];
  /** How long an earlier revision may take to serve again, in ms. */
  readonly timeout: number;
  readonly say: (text: string) => void;
}

const HAS_REVISIONS = ['Deployment', 'StatefulSet'];

async function previousOf(cluster: Objects, live: Manifest): Promise<Revision | undefined> {
  const { namespace } = live.metadata;
  if (live.kind === 'Deployment') {
    return previousOfDeployment(live, await cluster.list('apps/v1', 'ReplicaSet', { namespace }));
  }
  return previousOfStatefulSet(live, await cluster.list('apps/v1', 'ControllerRevision', { namespace }));
}

/** A Pod of an earlier revision. A StatefulSet's has volumes of claims, which its template does not name. */
function podOf({ metadata, spec }: Manifest, { template }: Revision): Manifest {
  const claims: Manifest[] = spec.volumeClaimTemplates ?? [];
  const volumes = claims.map(({ metadata: { name } }) => ({ name, persistentVolumeClaim: { claimName: name } }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name: metadata.name, namespace: metadata.namespace },
    spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...volumes] },
  };
}

/**
 * The admission policies of a profile admit its own Pods alone, and those that came with this apply not the earlier ones.
 * Asked before what runs is taken away. Whatever else may be in the way shows when it is tried.
 *
 * @throws Failure
 */
async function checkAdmitted(cluster: Objects, live: Manifest, previous: Revision): Promise<void> {
  try {
    await cluster.dryRun(podOf(live, previous));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (!error.message.includes('ValidatingAdmissionPolicy')) return;
    throw new Failure('ready', `the policies of this apply refuse its earlier Pods: ${error.message}`, false);
  }
}

/** A StatefulSet waits for its broken Pods for ever, even when it is to replace them. */
async function clearBrokenPods(cluster: Objects, workload: Workload): Promise<void> {
  if (workload.object.kind !== 'StatefulSet') return;
  for (const pod of await podsOf(cluster, workload)) if (!isReady(pod)) await cluster.delete(pod);
}

/** @returns the line that says what was done. @throws Failure when the earlier revision does not serve */
async function restore(cluster: Objects, workload: Workload, live: Manifest, props: RollbackProps): Promise<string> {
  // Once more, and it would go forward again.
  if (isRolledBack(live)) throw new Failure('ready', 'it was rolled back before', false);
  const previous = await previousOf(cluster, live);
  if (previous === undefined) throw new Failure('ready', 'it has no earlier revision', false);
  await checkAdmitted(cluster, live, previous);
  await cluster.patch(live, previous.patchType, previous.patch);
  await clearBrokenPods(cluster, workload);
  await waitUntilReady(cluster, workload, props.timeout, (text) => props.say(`${workload.title}: ${text}`));
  return `${workload.title}: revision ${previous.number} serves again`;
}

/**
 * Bring every Deployment and StatefulSet that the last apply changed back to its previous revision, and name what it
 * created and what has no revisions. What it did not change is left alone: its previous revision is older than that.
 */
export async function rollBack(cluster: Objects, props: RollbackProps): Promise<Rollback> {
  const found = await Promise.all(props.objects.map((it) => cluster.get(it)));
  const { created, changed } = lastApplyOf(found.filter((it) => it !== undefined));
  const restored: string[] = [];
  const failed: string[] = [];
  for (const workload of props.workloads) {
    const live = changed.find((it) => HAS_REVISIONS.includes(it.kind) && isSame(it, workload.object));
    if (live === undefined) continue;
    try {
      restored.push(await restore(cluster, workload, live, props));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failed.push(`${workload.title}: ${error.message}`);
    }
  }
  const others = changed.filter(({ kind }) => !HAS_REVISIONS.includes(kind));
  return { restored, failed, created: namesOf(created), changed: namesOf(others) };
}

const isSame = (a: Manifest, b: Manifest) =>
  nameOf(a) === nameOf(b) && a.metadata.namespace === (b.metadata.namespace ?? 'default');
