import { setTimeout as sleep } from 'node:timers/promises';
import { nameOf, type Manifest } from '../../constructs/policy/objects';
import type { Cluster, Reference } from '../cluster/cluster';
import { showDuration } from '../duration';
import { UsageError } from '../usage-error';
import { Failure } from '../verify/failure';
import { controllerOf, stateOf, type Session } from './session';
import { suspend, waitFor } from './suspend';

/** What is asked of a cluster. */
export type Objects = Pick<Cluster, 'get' | 'list' | 'logs' | 'patch' | 'delete' | 'deleteAlone'>;

/** Between two looks, in ms. */
const INTERVAL = 500;

/** Wait until an object is gone. @throws Failure when it is still there */
async function waitUntilGone(cluster: Pick<Cluster, 'get'>, object: Manifest, timeout: number): Promise<void> {
  for (const giveUp = Date.now() + timeout; ; await sleep(INTERVAL)) {
    const live = await cluster.get(object);
    if (live?.metadata.uid !== object.metadata.uid) return;
    if (Date.now() > giveUp) {
      throw new Failure('ready', `${nameOf(object)} is still there after ${showDuration(timeout)}`, true);
    }
  }
}

const sandboxClaim = ({ workload, namespace }: Session): Reference | undefined => {
  const owner = controllerOf(workload);
  if (owner?.kind !== 'SandboxClaim') return undefined;
  return { apiVersion: owner.apiVersion, kind: owner.kind, metadata: { name: owner.name, namespace } };
};

/**
 * A Sandbox owns its volume's claim, and is itself owned by the SandboxClaim that has it: deleting either deletes the files.
 * So each is deleted alone, from the top, once its Pod has ended in peace. Whatever interrupts this, there is still a
 * Sandbox that can be resumed, or else the volume by itself.
 */
async function removeSandboxAlone(cluster: Objects, session: Session, timeout: number): Promise<void> {
  const { workload, namespace } = session;
  if (stateOf(session) !== 'Suspended' && stateOf(session) !== 'Expired') {
    await suspend(cluster, session, false);
    await waitFor(cluster, session, 'Suspended', timeout);
  }
  const services = (await cluster.list('v1', 'Service', { namespace })).filter(
    (it) => controllerOf(it)?.uid === workload.metadata.uid,
  );
  const claim = sandboxClaim(session);
  const claimed = claim && (await cluster.get(claim));
  for (const object of [...(claimed ? [claimed] : []), workload]) {
    await cluster.deleteAlone(object);
    await waitUntilGone(cluster, object, timeout);
  }
  // Its Service would lead nowhere.
  for (const service of services) await cluster.delete(service);
}

/**
 * Delete what runs a session, and keep its volumes.
 *
 * @returns the names of their claims
 * @throws UsageError when it has none that outlives it, Failure when it cannot be done in time
 */
export async function removeAllButVolumes(cluster: Objects, session: Session, timeout: number): Promise<string[]> {
  const { workload, claims, pods, name } = session;
  const kept = workload.kind === 'Sandbox' ? workload.metadata.uid : undefined;
  const owners: Manifest[] = claims.flatMap((it) => it.metadata.ownerReferences ?? []);
  if (claims.length === 0 || owners.some(({ uid }) => uid !== kept)) {
    throw new UsageError(`${name} has no volume that could be kept: its files go with it`);
  }
  if (workload.kind === 'Sandbox') await removeSandboxAlone(cluster, session, timeout);
  else {
    await cluster.delete(workload);
    for (const pod of pods) await waitUntilGone(cluster, pod, timeout);
  }
  return claims.map(({ metadata }) => metadata.name as string);
}

/** Delete what runs a session, and its files. */
export async function removeAll(cluster: Objects, session: Session): Promise<void> {
  await cluster.delete(sandboxClaim(session) ?? session.workload);
  // Those that it owns go by themselves.
  for (const claim of session.claims) await cluster.delete(claim);
}
