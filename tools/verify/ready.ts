import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifest } from '../../constructs/policy/objects';
import type { Cluster } from '../cluster/cluster';
import { showDuration } from '../duration';
import { diagnose, showDiagnosis, type Evidence } from './diagnosis';
import { Failure } from './failure';
import type { Workload } from './plan';
import { isReady, missingOf } from './rollout';

/** Between two looks, in ms. */
const INTERVAL = 1_000;

/** How many of a container's last lines are asked for: the last ones may be empty. */
const TAIL = 5;

export const podsOf = (cluster: Pick<Cluster, 'list'>, { namespace, selector }: Workload): Promise<Manifest[]> =>
  cluster.list('v1', 'Pod', { namespace, labels: selector });

/** The Pods that take requests now. */
export const readyPodsOf = async (cluster: Cluster, workload: Workload): Promise<Manifest[]> =>
  (await podsOf(cluster, workload)).filter((pod) => isReady(pod) && !pod.metadata.deletionTimestamp);

async function evidenceOf(cluster: Pick<Cluster, 'list'>, workload: Workload, live: Manifest): Promise<Evidence> {
  const { namespace } = workload;
  const [pods, events, claims] = await Promise.all([
    live.kind === 'Pod' ? [live] : podsOf(cluster, workload),
    cluster.list('v1', 'Event', { namespace }),
    cluster.list('v1', 'PersistentVolumeClaim', { namespace }),
  ]);
  return { workload: live, pods, events, claims };
}

/** Why a workload is not ready, on one line. Nothing when it only takes its time. */
export async function whyNotReady(
  cluster: Pick<Cluster, 'list' | 'logs'>,
  workload: Workload,
  live: Manifest,
): Promise<string | undefined> {
  const diagnosis = diagnose(await evidenceOf(cluster, workload, live));
  if (diagnosis === undefined) return undefined;
  const { logsOf } = diagnosis;
  const logs =
    logsOf && (await cluster.logs(logsOf.pod, logsOf.container, { tailLines: TAIL, previous: logsOf.previous }));
  return showDiagnosis(diagnosis, logs);
}

/**
 * Wait until a workload is rolled out.
 *
 * @param timeout in ms
 * @param say told what it waits for
 * @throws Failure with why it is not ready in time
 */
export async function waitUntilReady(
  cluster: Pick<Cluster, 'get' | 'list' | 'logs'>,
  workload: Workload,
  timeout: number,
  say: (text: string) => void,
): Promise<void> {
  const giveUp = Date.now() + timeout;
  for (;;) {
    const live = await cluster.get(workload.object);
    // A bare Pod that was killed: nothing makes it again but a retry.
    if (live === undefined) throw new Failure('ready', `${workload.title} is gone: it was deleted`, true);
    const missing = missingOf(live);
    if (missing === undefined) return;
    const cause = await whyNotReady(cluster, workload, live);
    if (Date.now() >= giveUp) {
      throw new Failure('ready', `${cause ?? missing}; not ready within ${showDuration(timeout)}`, true);
    }
    say(cause ? `${missing}: ${cause}` : missing);
    await sleep(INTERVAL);
  }
}
