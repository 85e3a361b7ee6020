import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifest } from '../../constructs/policy/objects';
import type { Cluster } from '../cluster/cluster';
import { Failure } from './failure';
import { allowedPeer, verdictFor, type Peer } from './peers';
import { apiPortOf, type Workload } from './plan';
import type { Probes } from './probes';
import { readyPodsOf } from './ready';

/** How long a network plugin may take to let a new Pod through, in ms. On an overloaded node more than 15 s were seen. */
const GRACE_TO_LET_IN = 45_000;

/** How long it may take to keep one out, in ms. */
const GRACE_TO_KEEP_OUT = 15_000;
const INTERVAL = 1_000;

/** Answers without a key, whichever program it is. */
const HEALTH = '/alive';

/** The Service of a sandbox's API, and its port. */
function apiService(workload: Workload): { host: string; port: number } | undefined {
  const target = apiPortOf(workload);
  for (const { metadata, spec } of workload.services) {
    const port = spec.ports.find(
      ({ port, targetPort = port }: Manifest) => targetPort === 'http' || targetPort === target,
    );
    if (port)
      return {
        host: `${metadata.name}.${metadata.namespace}.svc`,
        port: spec.clusterIP === 'None' ? target : port.port,
      };
  }
  return undefined;
}

/** A pool that is only claimed from has no Service. */
async function apiOfPod(cluster: Cluster, workload: Workload): Promise<{ host: string; port: number }> {
  const [pod] = await readyPodsOf(cluster, workload);
  if (pod === undefined) throw new Failure('connected', 'no Pod of it is ready any more', true);
  return { host: pod.status.podIP, port: apiPortOf(workload) };
}

const showPeer = ({ namespace, labels }: Peer) =>
  [`namespace ${namespace}`, ...Object.entries(labels).map((it) => it.join('='))].join(' with ');

async function letsIn(probes: Probes, peer: Peer, host: string, port: number): Promise<void> {
  for (const giveUp = Date.now() + GRACE_TO_LET_IN; ; await sleep(INTERVAL)) {
    const { answer, why } = await probes.ask(peer, host, port, HEALTH);
    if (answer) return;
    if (Date.now() < giveUp) continue;
    throw new Failure('connected', `${host}:${port} does not answer a Pod in ${showPeer(peer)}: ${why}`, true);
  }
}

/**
 * Whether a client was let in. It cannot be tried where the client lives beside the sandboxes, and an admission policy
 * admits no Pod there but the profile's own: one that admitted the probe would admit others.
 */
async function isLetIn(
  probes: Probes,
  workload: Workload,
  client: Peer,
  { host, port }: { host: string; port: number },
): Promise<boolean> {
  try {
    await letsIn(probes, client, host, port);
    return true;
  } catch (error) {
    const isRefused = error instanceof Failure && error.message.includes(': admission: ');
    if (isRefused && client.namespace === workload.namespace) return false;
    throw error;
  }
}

/** Which policies let a stranger in; when none does, the cluster does not do what they say. */
function strangerText(workload: Workload, policies: readonly Manifest[], { strangerPeer }: Probes): string {
  const { allowed, by } = verdictFor(workload, policies, strangerPeer);
  if (!allowed)
    return 'THIS CLUSTER DOES NOT ENFORCE NETWORK POLICIES: they forbid it, its network plugin lets it through';
  if (by.length === 0) return 'no NetworkPolicy is about these Pods, so everybody may';
  return `let in by NetworkPolicy ${by.join(', ')}`;
}

async function keepsOut(
  probes: Probes,
  workload: Workload,
  policies: readonly Manifest[],
  { host, port }: { host: string; port: number },
): Promise<void> {
  for (const giveUp = Date.now() + GRACE_TO_KEEP_OUT; ; await sleep(INTERVAL)) {
    const { answer } = await probes.ask(probes.strangerPeer, host, port, HEALTH);
    if (!answer) return;
    // What the policies say will not change; how they are enforced may lag behind.
    const text = strangerText(workload, policies, probes);
    const isAllowed = !text.startsWith('THIS');
    if (!isAllowed && Date.now() < giveUp) continue;
    throw new Failure('connected', `a stranger's Pod reaches ${host}:${port}: ${text}`, false);
  }
}

/** A Pod in the ingress controller's place would get its visitors, so nobody asks a Canvas or a sign-in from there. */
const askerOf = (workload: Workload, policies: readonly Manifest[]): Peer | undefined =>
  workload.front ? undefined : allowedPeer(workload, policies);

/** Whom to ask from, as the policies in the cluster have it. */
export async function clientOf(cluster: Cluster, workload: Workload): Promise<Peer | undefined> {
  const { namespace } = workload;
  const policies = await cluster.list('networking.k8s.io/v1', 'NetworkPolicy', { namespace });
  return askerOf(workload, policies);
}

/**
 * Its API answers those whom the policies let in, on its Service's name, and nobody else.
 *
 * @returns what was not checked
 * @throws Failure
 */
export async function checkConnected(cluster: Cluster, workload: Workload, probes: Probes): Promise<readonly string[]> {
  if (workload.program === undefined && !workload.front) return [];
  const service = apiService(workload);
  const address = service ?? (await apiOfPod(cluster, workload));
  const { namespace } = workload;
  const policies = await cluster.list('networking.k8s.io/v1', 'NetworkPolicy', { namespace });
  const client = askerOf(workload, policies);
  const isTried = client !== undefined && (await isLetIn(probes, workload, client, address));
  await keepsOut(probes, workload, policies, address);
  return [
    ...(service ? [] : ['no Service leads to its API: a Pod was asked by its address']),
    ...(client || workload.front ? [] : ['its policies let no Pod in: only the stranger was tried']),
    ...(client && !isTried
      ? [`namespace ${namespace} admits no probe Pod in the place of its client: only the stranger was tried`]
      : []),
  ];
}
