import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifest } from '../../constructs/policy/objects';
import type { Cluster } from '../cluster/cluster';
import { withForwardedPort } from '../cluster/streams';
import { Failure } from './failure';
import { keyOf } from './functional';
import { apiPortOf, type Workload } from './plan';
import { readyPodsOf, waitUntilReady } from './ready';
import { API, expectStatus, PAGE, SOCKET, WEB_SOCKET } from './status';

/** How long a new Pod's policies may take to let a Canvas through to its sandbox, in ms. */
const GRACE = 15_000;
const INTERVAL = 1_000;

const withKey = (key: string) => ({ 'X-Session-API-Key': key });

/**
 * Ask a Canvas for its page, and through it for its sandbox's API. `key`: the session's; absent: only what needs none.
 *
 * @throws Error in one line: what was asked, what was expected, and what came
 */
export async function askCanvas(url: string, key: string | undefined): Promise<void> {
  await expectStatus(url, 'the page', PAGE, 200);
  await expectStatus(url, 'the API through it, without the key', API, 401);
  if (key === undefined) return;
  await expectStatus(url, 'the API through it, with the key', API, 200, withKey(key));
  await expectStatus(url, 'a WebSocket through it', SOCKET, 101, { ...WEB_SOCKET, ...withKey(key) });
}

/** The sandbox that a Canvas leads to. */
export const sandboxBehind = ({ namespace, labels }: Workload, workloads: readonly Workload[]): Workload | undefined =>
  workloads.find(
    (it) => it.program === 'agent-server' && it.namespace === namespace && it.labels.session === labels.session,
  );

async function askUntilLetThrough(cluster: Cluster, pod: Manifest, port: number, key: string | undefined) {
  for (const giveUp = Date.now() + GRACE; ; await sleep(INTERVAL)) {
    try {
      return await withForwardedPort(cluster, pod, port, (url) => askCanvas(url, key));
    } catch (error) {
      if (Date.now() < giveUp) continue;
      throw new Failure('functional', `Pod ${pod.metadata.name}: ${(error as Error).message}`, true);
    }
  }
}

/**
 * The page answers, and leads to the sandbox of its session for whoever has the key, web sockets included.
 *
 * @param timeout of the sandbox's start, in ms
 * @returns what was not checked
 * @throws Failure
 */
export async function checkCanvas(
  cluster: Cluster,
  workload: Workload,
  sandbox: Workload,
  { timeout, say }: { readonly timeout: number; readonly say: (text: string) => void },
): Promise<readonly string[]> {
  await waitUntilReady(cluster, sandbox, timeout, (text) => say(`its sandbox: ${text}`));
  const live = await cluster.get(sandbox.object);
  if (live?.spec.operatingMode === 'Suspended') return ['its sandbox is suspended: nothing was asked through it'];
  const [pod] = await readyPodsOf(cluster, workload);
  if (pod === undefined) throw new Failure('functional', 'no Pod of it is ready any more', true);
  const { value: key, note } = await keyOf(cluster, sandbox);
  await askUntilLetThrough(cluster, pod, apiPortOf(workload), key);
  return note ? [`only its page and its refusals were asked for: ${note}`] : [];
}
