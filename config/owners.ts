import type { Owners, SignInConfig } from './schema/sign-in';

/** Who may use a session, admins included: people, or groups, and never both. */
export type Allowed = { readonly emails: readonly string[] } | { readonly groups: readonly string[] };

export const ownersOf = ({ owners, default_owners }: SignInConfig, session: string): Owners | undefined =>
  (Object.hasOwn(owners, session) ? owners[session] : undefined) ?? default_owners;

const each = (names: readonly string[]): string[] => [...new Set(names)].sort();

/** @throws TypeError for a session without an owner, which the profile's rules refuse */
export function allowedFor(config: SignInConfig, session: string): Allowed {
  const owners = ownersOf(config, session);
  if (owners === undefined) throw new TypeError(`${session} has no owner`);
  // An issuer may spell an address in whatever case: oauth2-proxy compares both in lower case.
  return Array.isArray(owners)
    ? { emails: each([...owners, ...config.admins.emails].map((it) => it.toLowerCase())) }
    : { groups: each([...owners.groups, ...config.admins.groups]) };
}
