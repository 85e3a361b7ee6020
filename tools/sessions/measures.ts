import { amount } from '../../config/schema/values';
import type { Manifest } from '../../constructs/policy/objects';
import type { Cluster } from '../cluster/cluster';
import { withForwardedPort } from '../cluster/streams';
import { someAtATime } from '../some-at-a-time';
import { portNamed } from '../verify/plan';
import { readyPods, type Session } from './session';

/** A PersistentVolumeClaim and how full it is, in bytes. */
export interface Volume {
  readonly claim: string;
  /** Absent: its kubelet does not tell, or no Pod has it mounted. */
  readonly usedBytes?: number;
  /** Absent: it is not bound yet. */
  readonly capacityBytes?: number;
}

/** What a session's object does not say. */
export interface Measures {
  /** Seconds since somebody or the agent did something, in the busiest of its Pods. Absent: none says so. */
  readonly idleSeconds?: number;
  readonly volumes: readonly Volume[];
}

/** How many Pods are asked at the same time. */
const AT_ONCE = 16;

/** How long a Pod may take to answer, in ms. */
const LIMIT = 5_000;

/** Where a Pod that names no port listens, which is the agent-server's default. */
const API_PORT = 8000;

/** How long a Pod's program has been idle, in s, as it says itself; a key is not needed for that. */
export async function idleSecondsOf(cluster: Cluster, pod: Manifest): Promise<number | undefined> {
  const port = portNamed(pod.spec, 'http') ?? API_PORT;
  try {
    return await withForwardedPort(cluster, pod, port, async (url) => {
      const response = await fetch(`${url}/server_info`, { signal: AbortSignal.timeout(LIMIT) });
      return ((await response.json()) as { idle_time?: number }).idle_time;
    });
  } catch {
    // It does not answer, or ports of Pods may not be forwarded: nothing is known.
    return undefined;
  }
}

/** What kubelets tell of a claim's volume; its size is also in the claim, and there for a volume that is not mounted. */
function volumeOf({ metadata, status }: Manifest, summaries: readonly Manifest[]): Volume {
  const told = summaries
    .flatMap(({ pods }) => pods as Manifest[])
    .flatMap(({ volume = [] }) => volume as Manifest[])
    .find(({ pvcRef }) => pvcRef?.name === metadata.name && pvcRef?.namespace === metadata.namespace);
  const size = status?.capacity?.storage;
  return {
    claim: metadata.name,
    usedBytes: told?.usedBytes,
    capacityBytes: told?.capacityBytes ?? (size && amount(size)),
  };
}

/** Who is asked: nothing is known of what does not answer. */
export interface Sources {
  /** What a node's kubelet measures. */
  readonly summaryOf: (node: string) => Promise<Manifest | undefined>;
  /** In s. */
  readonly idleSecondsOf: (pod: Manifest) => Promise<number | undefined>;
}

/** What nodes and programs say of each session, in the sessions' order. */
export async function measure(sessions: readonly Session[], sources: Sources): Promise<Measures[]> {
  const pods = sessions.flatMap(readyPods);
  const nodes = [...new Set(pods.map(({ spec }) => spec.nodeName as string))];
  const [summaries, idle] = await Promise.all([
    someAtATime(AT_ONCE, nodes, sources.summaryOf),
    someAtATime(AT_ONCE, pods, sources.idleSecondsOf),
  ]);
  const known = summaries.filter((it) => it !== undefined);
  const idleOf = new Map(pods.map((pod, index) => [pod, idle[index]]));
  return sessions.map((session) => {
    const own = readyPods(session).flatMap((pod) => idleOf.get(pod) ?? []);
    return {
      idleSeconds: own.length > 0 ? Math.min(...own) : undefined,
      volumes: session.claims.map((claim) => volumeOf(claim, known)),
    };
  });
}
