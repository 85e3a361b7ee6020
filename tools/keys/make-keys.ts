import { randomBytes } from 'node:crypto';
import { labels } from '../../constructs/labels';
import type { Manifest } from '../../constructs/policy/objects';
import { ApiError } from '../cluster/api-error';
import type { Cluster, Reference } from '../cluster/cluster';
import type { KeySecret } from './key-secrets';

/** What is asked of a cluster. */
export type Objects = Pick<Cluster, 'get' | 'create' | 'patch'>;

/** What became of a Secret. */
export interface Outcome {
  readonly secret: KeySecret;
  /** Entries that this run has made, or would make. */
  readonly made: readonly string[];
  /** Why it was left alone, on one line. */
  readonly problem?: string;
}

/** How often a write is tried: it is refused only if another was faster, which has then made what was missing. */
const TRIES = 10;

/** As long as an AES-256 key, in bytes. */
const LENGTH = 32;

/** A random value, as a Secret's `data` holds it: base64 of its digits. */
const randomValue = ({ encoding }: KeySecret) => Buffer.from(randomBytes(LENGTH).toString(encoding)).toString('base64');

const missingIn = (live: Manifest | undefined, { entries }: KeySecret) =>
  entries.filter((entry) => !(entry in (live?.data ?? {})));

/** Whose Secret it is: what that one does not know of is taken away again. */
const ownersOf = (live: Manifest | undefined): string[] =>
  (live?.metadata.ownerReferences ?? []).map(({ kind, name }: Manifest) => `${kind}/${name}`);

async function obstacleTo(cluster: Objects, { reference }: KeySecret, live: Manifest | undefined) {
  const [owner] = ownersOf(live);
  if (owner !== undefined) return `${owner} owns it: make its entries there`;
  if (live !== undefined) return undefined;
  const name = reference.metadata.namespace!;
  const namespace = await cluster.get({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  return namespace === undefined ? `there is no namespace ${name}: kubectl apply -f makes it` : undefined;
}

const write = (cluster: Objects, { reference }: KeySecret, live: Manifest | undefined, data: Record<string, string>) =>
  live === undefined
    ? cluster.create({
        ...reference,
        metadata: { ...reference.metadata, labels: labels({ component: 'secrets' }) },
        type: 'Opaque',
        data,
      })
    : // With the version that was read: the API server refuses it if the Secret was changed since.
      cluster.patch(reference, 'merge-patch', {
        metadata: { resourceVersion: live.metadata.resourceVersion },
        data,
      });

/** The values of a Secret's entries in the one that it copies. Nothing where one is missing there. */
async function copied(cluster: Objects, { entries }: KeySecret, original: Reference) {
  const live = await cluster.get(original);
  const values = entries.map((entry): [string, unknown] => [entry, live?.data?.[entry]]);
  return values.every((it): it is [string, string] => typeof it[1] === 'string') ? new Map(values) : undefined;
}

/** Have a Secret's entries be those of another one, also where that one's were changed. */
async function copy(cluster: Objects, secret: KeySecret, original: Reference, isDryRun: boolean): Promise<Outcome> {
  const live = await cluster.get(secret.reference);
  const problem = await obstacleTo(cluster, secret, live);
  if (problem !== undefined) return { secret, made: [], problem };
  const values = await copied(cluster, secret, original);
  if (values === undefined) {
    // What this run would have made is not there yet.
    if (isDryRun) return { secret, made: missingIn(live, secret) };
    const { name, namespace } = original.metadata;
    return { secret, made: [], problem: `Secret/${name} in ${namespace} lacks entries that it copies` };
  }
  const made = [...values].filter(([entry, value]) => live?.data?.[entry] !== value).map(([entry]) => entry);
  if (made.length > 0 && !isDryRun) await write(cluster, secret, live, Object.fromEntries(values));
  return { secret, made };
}

/** A change that another one was faster than. */
const isConflict = (error: unknown) => error instanceof ApiError && error.status === 409;

async function makeMissing(cluster: Objects, secret: KeySecret, isDryRun: boolean): Promise<Outcome> {
  const values = new Map(secret.entries.map((entry) => [entry, randomValue(secret)]));
  for (let tries = 0; tries < TRIES; tries++) {
    const live = await cluster.get(secret.reference);
    const problem = await obstacleTo(cluster, secret, live);
    if (problem !== undefined) return { secret, made: [], problem };
    const missing = missingIn(live, secret);
    if (isDryRun) return { secret, made: missing };
    // Told by the values: an answer may be lost, or come from another run that makes the same entries.
    if (missing.length === 0) return { secret, made: secret.entries.filter((it) => live.data[it] === values.get(it)) };
    const data = Object.fromEntries(missing.map((entry) => [entry, values.get(entry)!]));
    await write(cluster, secret, live, data).catch((error: unknown) => {
      if (!isConflict(error)) throw error;
    });
  }
  return { secret, made: [], problem: `it was changed by somebody else ${TRIES} times: try again` };
}

/** Make the entries that a Secret lacks. One that is there is never changed, unless it is the copy of another. */
export async function makeKeys(cluster: Objects, secret: KeySecret, isDryRun: boolean): Promise<Outcome> {
  if (secret.madeBy !== undefined) return { secret, made: [], problem: `${secret.madeBy} fills it from its store` };
  try {
    if (secret.copyOf) return await copy(cluster, secret, secret.copyOf, isDryRun);
    return await makeMissing(cluster, secret, isDryRun);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { secret, made: [], problem: error.message };
  }
}
