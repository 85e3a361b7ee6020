import type { Manifest } from '../../constructs/policy/objects';
import type { Cluster } from '../cluster/cluster';
import { UsageError } from '../usage-error';
import { planOf } from '../verify/plan';
import { ownerOf, sessionsOf, type Session } from './session';

/** The namespaces in which manifests have sandboxes. */
export const sandboxNamespaces = (objects: readonly Manifest[]): string[] => [
  ...new Set(planOf(objects).flatMap(({ program, namespace }) => (program ? [namespace] : []))),
];

async function sessionsIn(cluster: Pick<Cluster, 'list'>, namespace: string): Promise<Session[]> {
  const [pods, claims, ...workloads] = await Promise.all([
    cluster.list('v1', 'Pod', { namespace }),
    cluster.list('v1', 'PersistentVolumeClaim', { namespace }),
    cluster.list('agents.x-k8s.io/v1beta1', 'Sandbox', { namespace }),
    cluster.list('apps/v1', 'Deployment', { namespace }),
    cluster.list('apps/v1', 'StatefulSet', { namespace }),
  ]);
  return sessionsOf({ workloads: [...workloads.flat(), ...pods], pods, claims });
}

/** Every sandbox and pool of some namespaces. */
export const allSessions = async (cluster: Pick<Cluster, 'list'>, namespaces: readonly string[]): Promise<Session[]> =>
  (await Promise.all(namespaces.map((it) => sessionsIn(cluster, it)))).flat();

/** A session's name, its object's, or that of the claim that has it. */
const isCalled = (session: Session, name: string): boolean =>
  [session.name, session.workload.metadata.name, ownerOf(session)?.replace(/^SandboxClaim\//, '')].includes(name);

/** @throws UsageError when none has this name, or several have */
export function sessionNamed(sessions: readonly Session[], name: string): Session {
  const [session, ...others] = sessions.filter((it) => isCalled(it, name));
  if (session === undefined) {
    const known = sessions.map((it) => it.name).join(', ');
    throw new UsageError(known ? `expected one of ${known}, got ${name}` : `there is no session, and so no ${name}`);
  }
  if (others.length > 0) {
    const where = [session, ...others].map(({ namespace, workload }) => `${workload.kind} in ${namespace}`).join(', ');
    throw new UsageError(`${name} is a ${where}: say which with --namespace, or by its object's name`);
  }
  return session;
}
