import { setTimeout as sleep } from 'node:timers/promises';
import { CANVAS } from '../../constructs/labels';
import type { Manifest } from '../../constructs/policy/objects';
import { SESSION_KEYS } from '../../constructs/secrets/session-keys';
import type { Cluster } from '../cluster/cluster';
import { withForwardedPort } from '../cluster/streams';
import { UsageError } from '../usage-error';
import { Failure } from '../verify/failure';
import { portNamed } from '../verify/plan';
import { isReady } from '../verify/rollout';
import { readyPods, stateOf, type Session } from './session';

/** Where a session is reached: a Pod, its port, and what comes after it in the address. */
export interface Entrance {
  readonly pod: Manifest;
  readonly port: number;
  /** Of the page; that of the API is `/`. */
  readonly path: string;
}

/** Between two looks at the Pod, in ms. */
const INTERVAL = 2_000;

/** The Canvas of a session, where it has one, else its API. @throws UsageError when there is nothing to open */
export async function entranceOf(cluster: Pick<Cluster, 'list'>, session: Session): Promise<Entrance> {
  const { name, namespace } = session;
  const [pod] = readyPods(session);
  if (pod === undefined) {
    const hint = stateOf(session) === 'Suspended' ? `: npm run sessions -- resume ${name} --wait` : '';
    throw new UsageError(`${name} has no Pod that is ready, it is ${stateOf(session)}${hint}`);
  }
  const canvases = await cluster.list('v1', 'Pod', { namespace, labels: { app: CANVAS, session: name } });
  const canvas = canvases.find((it) => isReady(it) && !it.metadata.deletionTimestamp);
  const entrance = canvas ?? pod;
  return { pod: entrance, port: portNamed(entrance.spec, 'http') ?? 8000, path: canvas ? '/canvas/' : '/' };
}

/** The entry of the Secret whose value a session asks for, if it asks for one. */
export function keyEntryOf({ pods }: Session): string | undefined {
  const variables: Manifest[] = pods.flatMap(({ spec }) => spec.containers[0].env ?? []);
  const reference = variables.find(({ name }) => name === 'OH_SESSION_API_KEYS_0')?.valueFrom?.secretKeyRef;
  return reference?.name === SESSION_KEYS ? reference.key : undefined;
}

/**
 * Lead a port of this machine to a session, for as long as its Pod is there.
 *
 * @param say told the address
 * @throws Failure when the Pod goes away, UsageError when the port is taken
 */
export async function open(
  cluster: Cluster,
  { pod, port, path }: Entrance,
  localPort: number,
  say: (address: string) => void,
): Promise<void> {
  const untilItGoes = async (url: string): Promise<void> => {
    say(url + path);
    for (;;) {
      await sleep(INTERVAL);
      const live = await cluster.get(pod);
      if (live?.metadata.uid !== pod.metadata.uid || live?.metadata.deletionTimestamp) {
        throw new Failure('connected', `Pod ${pod.metadata.name} is gone`, true);
      }
    }
  };
  await withForwardedPort(cluster, pod, port, untilItGoes, localPort).catch((error: Error & { code?: string }) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new UsageError(`--port: ${localPort} is taken on this machine`);
  });
}
