import { nameOf, type Manifest } from '../../constructs/policy/objects';
import { ApiError } from '../cluster/api-error';
import type { Cluster } from '../cluster/cluster';
import { Failure } from './failure';
import { asAskedFor, changesBetween, leftovers, showField, type FieldChange } from './fields';

/** How many differences of one object are told; the rest is counted. */
const SHOWN = 3;

function driftText(object: Manifest, changes: readonly FieldChange[]): string {
  const shown = changes
    .slice(0, SHOWN)
    .map(({ path, before, after }) => `${path} is ${showField(before)}, the file says ${showField(after)}`);
  const more = changes.length > SHOWN ? [`and ${changes.length - SHOWN} more`] : [];
  return `${nameOf(object)} is not what the file says: ${[...shown, ...more].join('; ')}`;
}

/** The API server does not take a file. */
export class RefusedByServer extends Failure {
  constructor(
    file: Manifest,
    /** In its own words. */
    readonly sentence: string,
  ) {
    super('created', `${nameOf(file)} is refused by the API server: ${sentence}`, false);
  }
}

/**
 * What applying the file would change in the object that the cluster holds.
 *
 * @throws RefusedByServer
 */
export async function driftOf(cluster: Cluster, file: Manifest, live: Manifest): Promise<FieldChange[]> {
  let applied: Manifest;
  try {
    applied = await cluster.dryRun(file);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new RefusedByServer(file, error.message);
  }
  return [...changesBetween(asAskedFor(live), asAskedFor(applied)), ...leftovers(file, live)];
}

/**
 * The object is there, and is what the file says.
 *
 * @throws Failure
 */
export async function checkCreated(cluster: Cluster, file: Manifest): Promise<void> {
  const live = await cluster.get(file);
  if (live === undefined) {
    const isKnown = await cluster.knows(file.apiVersion, file.kind);
    const cause = isKnown ? 'was it applied?' : `the cluster does not know ${file.kind} of ${file.apiVersion}`;
    throw new Failure('created', `${nameOf(file)} is not there: ${cause}`, isKnown);
  }
  if ((await driftOf(cluster, file, live)).length === 0) return;
  // A controller may have written between the two answers, as one does that binds a claim: another look tells.
  const drift = await driftOf(cluster, file, (await cluster.get(file)) ?? live);
  if (drift.length > 0) throw new Failure('created', driftText(file, drift), false);
}
