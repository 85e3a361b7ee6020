import type { Manifest } from '../../constructs/policy/objects';
import { SESSION_KEYS } from '../../constructs/session-keys';
import type { Reference } from '../cluster/cluster';
import { needsOf } from '../preflight/needs';

/** A namespace's Secret `openhands-session-keys`, as the manifests refer to it. */
export interface KeySecret {
  readonly reference: Reference;
  /** Entries that some container reads. */
  readonly entries: readonly string[];
  /** Whether the containers start without it too. */
  readonly isOptional: boolean;
  /** The object of the manifests that fills it, as `Kind/name`. */
  readonly madeBy?: string;
}

/** The entries that may hold any random value. Whatever else a profile reads from the Secret comes from elsewhere. */
const IS_KEY = /\.(api|secret)-key$/;

/** The Secrets with the keys of sessions and pools, one for each namespace that has any. */
export const keySecretsOf = (objects: readonly Manifest[]): KeySecret[] =>
  needsOf(objects)
    .filter(({ reference }) => reference.kind === 'Secret' && reference.metadata.name === SESSION_KEYS)
    .map(({ reference, keys, isOptional, madeBy }) => ({
      reference,
      entries: keys.filter((it) => IS_KEY.test(it)).sort(),
      isOptional,
      madeBy,
    }))
    .filter(({ entries }) => entries.length > 0);
