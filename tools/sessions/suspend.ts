import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster';
import { showDuration } from '../duration';
import { UsageError } from '../usage-error';
import { Failure } from '../verify/failure';
import { planOf } from '../verify/plan';
import { whyNotReady } from '../verify/ready';
import { allSessions } from './find';
import { keepsFiles, ownerOf, stateOf, wantedPods, type Session, type State } from './session';

/** How many Pods a Deployment or StatefulSet had before it was suspended. */
const REPLICAS = 'openhands.dev/replicas-when-resumed';

/** Between two looks, in ms. */
const INTERVAL = 500;

const change = (cluster: Pick<Cluster, 'patch'>, { workload }: Session, body: object): Promise<void> =>
  cluster.patch(workload, 'merge-patch', body);

/** @throws UsageError with why it cannot be suspended, or what would be lost */
function checkSuspendable(session: Session, mayLoseFiles: boolean): void {
  const { name, workload } = session;
  if (workload.kind === 'Pod') {
    throw new UsageError(`${name} is a bare Pod, which cannot be suspended: delete it with --keep-volume`);
  }
  if (ownerOf(session)?.startsWith('SandboxWarmPool/')) {
    throw new UsageError(`${name} waits in ${ownerOf(session)}, which would make another one: scale the pool`);
  }
  if (!keepsFiles(session) && !mayLoseFiles) {
    throw new UsageError(`the files of ${name} go with its Pods: add --yes to lose them`);
  }
}

/**
 * Take the Pods away; what lies in its volumes stays.
 *
 * @returns whether anything had to be changed
 * @throws UsageError when it cannot be suspended, or would lose files
 */
export async function suspend(
  cluster: Pick<Cluster, 'patch'>,
  session: Session,
  mayLoseFiles: boolean,
): Promise<boolean> {
  checkSuspendable(session, mayLoseFiles);
  const wanted = wantedPods(session);
  if (wanted === 0) return false;
  if (session.workload.kind === 'Sandbox') {
    await change(cluster, session, { spec: { operatingMode: 'Suspended' } });
  } else {
    // An autoscaler leaves 0 alone.
    await change(cluster, session, { metadata: { annotations: { [REPLICAS]: `${wanted}` } }, spec: { replicas: 0 } });
  }
  return true;
}

/**
 * Have the Pods again.
 *
 * @returns whether anything had to be changed
 * @throws UsageError when it has ended for good
 */
export async function resume(cluster: Pick<Cluster, 'patch'>, session: Session): Promise<boolean> {
  const { name, workload } = session;
  if (stateOf(session) === 'Expired') {
    throw new UsageError(`the shutdownTime of ${name} has passed: change or remove it first`);
  }
  if (wantedPods(session) > 0) return false;
  if (workload.kind === 'Sandbox') {
    await change(cluster, session, { spec: { operatingMode: 'Running' } });
  } else {
    const replicas = Number(workload.metadata.annotations?.[REPLICAS]) || 1;
    await change(cluster, session, { metadata: { annotations: { [REPLICAS]: null } }, spec: { replicas } });
  }
  return true;
}

async function lookAgain(cluster: Pick<Cluster, 'list'>, { namespace, workload }: Session): Promise<Session> {
  const session = (await allSessions(cluster, [namespace])).find(
    (it) => it.workload.metadata.uid === workload.metadata.uid,
  );
  if (session === undefined) throw new Failure('ready', `${workload.kind}/${workload.metadata.name} is gone`, false);
  return session;
}

/** Why a session has no ready Pod; nothing when it only takes its time. */
async function causeOf(
  cluster: Pick<Cluster, 'list' | 'logs'>,
  { workload, pods }: Session,
): Promise<string | undefined> {
  // The Pods of its own alone: a claimed Sandbox shares its labels with those that wait.
  const own = { ...planOf([workload])[0]!, selector: pods[0]?.metadata.labels ?? workload.metadata.labels };
  return whyNotReady(cluster, own, workload);
}

/**
 * Wait until a session has come to a state.
 *
 * @param timeout in ms
 * @throws Failure with why it has not, in time
 */
export async function waitFor(
  cluster: Pick<Cluster, 'list' | 'logs'>,
  session: Session,
  wanted: State,
  timeout: number,
): Promise<void> {
  for (const giveUp = Date.now() + timeout; ; await sleep(INTERVAL)) {
    const live = await lookAgain(cluster, session);
    const state = stateOf(live);
    if (state === wanted) return;
    if (Date.now() < giveUp) continue;
    const cause = wanted === 'Running' ? await causeOf(cluster, live) : undefined;
    const why = cause ?? `it is ${state}`;
    throw new Failure('ready', `${session.name}: ${why}; not ${wanted} within ${showDuration(timeout)}`, true);
  }
}
