import { systemNamespace } from '../../constructs/namespace';
import type { Manifest } from '../../constructs/policy/objects';
import { IDLE_KEYS, SESSION_KEYS } from '../../constructs/session-keys';
import type { Reference } from '../cluster/cluster';
import { needsOf } from '../preflight/needs';

/** A namespace's Secret `openhands-session-keys`, or its copy, as the manifests refer to it. */
export interface KeySecret {
  readonly reference: Reference;
  /** Entries that some container reads. */
  readonly entries: readonly string[];
  /** Whether the containers start without it too. */
  readonly isOptional: boolean;
  /** The object of the manifests that fills it, as `Kind/name`. */
  readonly madeBy?: string;
  /** The Secret whose entries these are, too. @default they are random */
  readonly copyOf?: Reference;
}

/** The entries that may hold any random value. Whatever else a profile reads from the Secret comes from elsewhere. */
const IS_KEY = /\.(api|secret)-key$/;

/** The Secrets with the keys of sessions and pools, one for each namespace that has any; then their copies. */
export function keySecretsOf(objects: readonly Manifest[]): KeySecret[] {
  const secrets = (name: string) =>
    needsOf(objects)
      .filter(({ reference }) => reference.kind === 'Secret' && reference.metadata.name === name)
      .map(({ reference, keys, isOptional, madeBy }): KeySecret => ({
        reference,
        entries: keys.filter((it) => IS_KEY.test(it)).sort(),
        isOptional,
        madeBy,
      }))
      .filter(({ entries }) => entries.length > 0);
  const originals = secrets(SESSION_KEYS);
  const copies = secrets(IDLE_KEYS).map((copy): KeySecret => {
    const original = originals.find(
      ({ reference }) => systemNamespace(reference.metadata.namespace!) === copy.reference.metadata.namespace,
    );
    return { ...copy, copyOf: original?.reference };
  });
  return [...originals, ...copies];
}
