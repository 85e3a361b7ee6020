import { nameOf, titleOf, type Manifest } from '../../constructs/policy/objects';
import { ApiError } from '../cluster/api-error';
import type { Cluster } from '../cluster/cluster';
import { CHECKS } from '../preflight/checks';
import { tableOf } from '../preflight/row';
import { driftOf } from '../verify/created';
import { checkExposed, surroundingsOf } from '../verify/exposed';
import { Failure } from '../verify/failure';
import { planOf, type Workload } from '../verify/plan';
import { whyNotReady } from '../verify/ready';
import { missingOf } from '../verify/rollout';

export const preflightLines = async (cluster: Cluster, manifests: readonly Manifest[]): Promise<string[]> =>
  tableOf((await Promise.all(CHECKS.map((check) => check(cluster, manifests)))).flat());

/** It is not as the file says in these fields. */
class Drift extends Failure {
  constructor(fields: readonly string[]) {
    super('created', `is not what the file says in ${fields.join(', ')}`, false);
  }
}

/** The object is there, as the file says. A field that is not is named alone: what somebody has put there may be a secret. */
async function checkCreated(cluster: Cluster, file: Manifest): Promise<void> {
  const live = await cluster.get(file);
  if (live === undefined) throw new Failure('created', `${nameOf(file)} is not there`, true);
  const drift = await driftOf(cluster, file, live);
  if (drift.length === 0) return;
  throw new Drift(drift.map(({ path }) => path));
}

async function checkReady(cluster: Cluster, workload: Workload): Promise<void> {
  const live = await cluster.get(workload.object);
  const missing = live && missingOf(live);
  if (missing === undefined) return;
  throw new Failure('ready', `${missing}: ${(await whyNotReady(cluster, workload, live)) ?? 'no cause is seen'}`, true);
}

const textOf = (failure: Failure, quote: Quote): string =>
  // Names alone: of fields, of environment variables.
  failure instanceof Drift ? failure.message : quote(failure.message);

/** Takes secrets out of somebody else's sentence. */
type Quote = (sentence: string) => string;

async function resultOf(title: string, quote: Quote, act: () => Promise<readonly string[]>): Promise<string[]> {
  try {
    const notes = await act();
    return [`ok ${title}`, ...notes.map((note) => `note ${title}: ${note}`)];
  } catch (error) {
    if (error instanceof Failure) return [`FAILED ${title}: ${error.step}: ${textOf(error, quote)}`];
    if (error instanceof ApiError) return [`FAILED ${title}: ${quote(error.message)}`];
    throw error;
  }
}

/** A container's last lines belong to whoever works in it. */
const withoutLogs = (cluster: Cluster): Cluster =>
  Object.create(cluster, { logs: { value: () => Promise.resolve('') } }) as Cluster;

/** The steps of `npm run verify` that make nothing in the cluster: created, ready, exposed. */
export async function verifyLines(cluster: Cluster, manifests: readonly Manifest[], quote: Quote): Promise<string[]> {
  const silent = withoutLogs(cluster);
  const workloads = planOf(manifests);
  // What a certificate waits for is worth a line in the bundle, and no waiting.
  const surroundings = surroundingsOf(silent, manifests, 0);
  const owned = new Set(workloads.flatMap((it) => [it.object, ...it.services, ...it.routes]));
  const created = async (objects: readonly Manifest[]) => {
    for (const object of objects) await checkCreated(silent, object);
    return [];
  };
  const steps = async (workload: Workload) => {
    await created([workload.object, ...workload.services, ...workload.routes]);
    await checkReady(silent, workload);
    return checkExposed(surroundings, workload, () => undefined);
  };
  const results = await Promise.all([
    ...manifests.filter((it) => !owned.has(it)).map((it) => resultOf(titleOf(it), quote, () => created([it]))),
    ...workloads.map((it) => resultOf(it.title, quote, () => steps(it))),
  ]);
  return [
    'Steps created, ready and exposed. Not asked: connected and functional, which make Pods and files: npm run verify does.',
    ...results.flat(),
  ];
}
