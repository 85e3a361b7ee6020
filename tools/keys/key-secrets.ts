import { SIGN_IN } from '../../constructs/labels';
import { systemNamespace } from '../../constructs/namespace/namespace';
import type { Manifest } from '../../constructs/policy/objects';
import { IDLE_KEYS, SESSION_KEYS } from '../../constructs/secrets/session-keys';
import type { Reference } from '../cluster/cluster';
import { needsOf } from '../preflight/needs';

/** A Secret of random values, or a copy of one, as the manifests refer to it. */
export interface KeySecret {
  readonly reference: Reference;
  /** Entries that some container reads. */
  readonly entries: readonly string[];
  /** How the random bytes are written. */
  readonly encoding: 'hex' | 'base64url';
  /** Whether the containers start without it too. */
  readonly isOptional: boolean;
  /** The object of the manifests that fills it, as `Kind/name`. */
  readonly madeBy?: string;
  /** The Secret whose entries these are, too. @default they are random */
  readonly copyOf?: Reference;
}

/** The entries that may hold any random value. Whatever else a profile reads from the Secret comes from elsewhere. */
const IS_KEY = /\.(api|secret)-key$/;

/** What the sign-ins encrypt and sign their cookies with: the Secret's namespace, its name and the entry, in one text. */
const cookiesOf = (objects: readonly Manifest[]): string[] =>
  objects
    .filter(({ kind, spec }) => kind === 'Deployment' && spec.template.metadata.labels?.app === SIGN_IN)
    .flatMap(({ metadata, spec }) =>
      spec.template.spec.volumes
        .filter(({ name }: Manifest) => name === 'cookie')
        .flatMap(({ secret }: Manifest) =>
          secret.items.map((it: Manifest) => [metadata.namespace, secret.secretName, it.key].join('/')),
        ),
    );

/** Those of the manifests' Secrets that have entries of ours, each with these entries alone. */
const secretsWith = (
  objects: readonly Manifest[],
  encoding: KeySecret['encoding'],
  isOurs: (secret: Reference, entry: string) => boolean,
): KeySecret[] =>
  needsOf(objects)
    .filter(({ reference }) => reference.kind === 'Secret')
    .map(({ reference, keys, isOptional, madeBy }): KeySecret => ({
      reference,
      entries: keys.filter((it) => isOurs(reference, it)).sort(),
      encoding,
      isOptional,
      madeBy,
    }))
    .filter(({ entries }) => entries.length > 0);

/**
 * The Secrets with the keys of sessions and pools, one for each namespace that has any; what the sign-ins encrypt cookies
 * with, for which oauth2-proxy wants 32 bytes in base64; then the copies of the keys.
 */
export function keySecretsOf(objects: readonly Manifest[]): KeySecret[] {
  const keysIn = (name: string) =>
    secretsWith(objects, 'hex', ({ metadata }, entry) => metadata.name === name && IS_KEY.test(entry));
  const cookies = cookiesOf(objects);
  const ofCookies = secretsWith(objects, 'base64url', ({ metadata }, entry) =>
    cookies.includes([metadata.namespace, metadata.name, entry].join('/')),
  );
  const originals = keysIn(SESSION_KEYS);
  const copies = keysIn(IDLE_KEYS).map((copy): KeySecret => {
    const original = originals.find(
      ({ reference }) => systemNamespace(reference.metadata.namespace!) === copy.reference.metadata.namespace,
    );
    return { ...copy, copyOf: original?.reference };
  });
  return [...originals, ...ofCookies, ...copies];
}
