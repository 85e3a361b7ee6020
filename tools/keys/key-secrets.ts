import { SIGN_IN } from '../../constructs/labels';
import type { Manifest } from '../../constructs/policy/objects';
import { SESSION_KEYS } from '../../constructs/session-keys';
import type { Reference } from '../cluster/cluster';
import { needsOf, type Need } from '../preflight/needs';

/** A Secret of random values, as the manifests refer to it. */
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
}

/** The entries that may hold any random value. Whatever else a profile reads from the Secret comes from elsewhere. */
const IS_KEY = /\.(api|secret)-key$/;

/** The entries that encrypt and sign the sign-ins' cookies, each as Secret/entry with its namespace. */
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

/**
 * The Secrets that may be made of random bytes: the keys of sessions and pools, and what the sign-ins encrypt cookies with,
 * of which oauth2-proxy wants 32 bytes in base64.
 */
export function keySecretsOf(objects: readonly Manifest[]): KeySecret[] {
  const cookies = cookiesOf(objects);
  const part = (
    { reference, keys, ...need }: Need,
    encoding: KeySecret['encoding'],
    isOurs: (key: string) => boolean,
  ) => ({
    reference,
    entries: keys.filter(isOurs).sort(),
    encoding,
    isOptional: need.isOptional,
    madeBy: need.madeBy,
  });
  return needsOf(objects)
    .filter(({ reference }) => reference.kind === 'Secret')
    .flatMap((need) => {
      const { name, namespace } = need.reference.metadata;
      return [
        part(need, 'hex', (key) => name === SESSION_KEYS && IS_KEY.test(key)),
        part(need, 'base64url', (key) => cookies.includes([namespace, name, key].join('/'))),
      ];
    })
    .filter(({ entries }) => entries.length > 0);
}
