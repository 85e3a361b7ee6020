import { contains, METADATA_ADDRESSES } from '../addresses';
import { ownersOf } from '../owners';
import { didYouMean } from '../refusal';
import type { ProfileTables } from '../schema/profile';
import type { Owners, SignInConfig } from '../schema/sign-in';
import type { Path } from '../tables';
import { broken, familyLeftOut, repeated, type BrokenRule } from './rule';

const SIGN_IN: Path = ['deploy', 'sign_in'];
const OWNERS: Path = [...SIGN_IN, 'owners'];
const DEFAULT: Path = [...SIGN_IN, 'default_owners'];
const ADMINS: Path = [...SIGN_IN, 'admins'];

/** What it stands in front of, and how a browser gets there. */
export function* signInEntrance({ kubernetes, deploy }: ProfileTables): Generator<BrokenRule> {
  const { sign_in, canvas, ingress } = deploy;
  if (sign_in === undefined) return;
  const kind: Path = ['deploy', 'ingress', 'kind'];
  if (canvas === undefined) {
    yield broken(SIGN_IN, 'needs [deploy.canvas], which it lets people in to', ['deploy', 'canvas']);
  }
  if (ingress.kind === 'none') {
    yield broken(SIGN_IN, 'needs deploy.ingress.kind = "Ingress" or "HTTPRoute": nobody comes in by "none"', kind);
  } else if (kubernetes.ingress_tls_secret === undefined) {
    yield broken(SIGN_IN, 'needs kubernetes.ingress_tls_secret: its cookies and its redirect address are https alone', [
      'kubernetes',
      'ingress_tls_secret',
    ]);
  }
  if (ingress.api) {
    yield broken(
      ['deploy', 'ingress', 'api'],
      "must be false with deploy.sign_in: the API's own host would let in whoever has the session's key, got true",
      SIGN_IN,
    );
  }
}

/** Each session has an owner, and each owner a session. */
export function* owners({ deploy }: ProfileTables): Generator<BrokenRule> {
  const { sign_in, sessions } = deploy;
  if (sign_in === undefined) return;
  for (const name of Object.keys(sign_in.owners).filter((it) => !sessions.includes(it))) {
    const hint = didYouMean(name, sessions) || `, got ${name}`;
    yield broken([...OWNERS, name], `must be one of deploy.sessions (${sessions.join(', ')})${hint}`, [
      'deploy',
      'sessions',
    ]);
  }
  for (const session of sessions.filter((it) => ownersOf(sign_in, it) === undefined)) {
    yield broken(
      SIGN_IN,
      `must name an owner of session ${session}: add owners.${session}, or default_owners for all the rest`,
      [...OWNERS, session],
      DEFAULT,
      ['deploy', 'sessions'],
    );
  }
}

const namesOf = (owners: Owners) => (Array.isArray(owners) ? owners : owners.groups);

/** An issuer may spell an e-mail address in whatever case. */
const isSame = (a: string, b: string) => a === b || (a.includes('@') && a.toLowerCase() === b.toLowerCase());

/** The same person, or group, twice in a list. */
export function* doubledOwners({ deploy: { sign_in } }: ProfileTables): Generator<BrokenRule> {
  if (sign_in === undefined) return;
  const ofOwners = (path: Path, owners: Owners): [Path, readonly string[]] => [
    Array.isArray(owners) ? path : [...path, 'groups'],
    namesOf(owners),
  ];
  const lists: [Path, readonly string[]][] = [
    ...Object.entries(sign_in.owners).map(([session, it]) => ofOwners([...OWNERS, session], it)),
    ...(sign_in.default_owners ? [ofOwners(DEFAULT, sign_in.default_owners)] : []),
    [[...ADMINS, 'emails'], sign_in.admins.emails],
    [[...ADMINS, 'groups'], sign_in.admins.groups],
    [[...SIGN_IN, 'scopes'], sign_in.scopes],
  ];
  for (const [path, names] of lists) yield* repeated(names, (index) => [...path, index], isSame);
}

const hasAdmins = ({ admins }: SignInConfig) => admins.emails.length + admins.groups.length > 0;

/** oauth2-proxy asks for an address of the list and for a group, where it is told both: it lets in nobody by either. */
export function* admins({ deploy: { sign_in, sessions } }: ProfileTables): Generator<BrokenRule> {
  if (sign_in === undefined || !hasAdmins(sign_in)) return;
  for (const [kind, other] of [
    ['emails', 'groups'],
    ['groups', 'emails'],
  ] as const) {
    if (sign_in.admins[kind].length > 0) continue;
    const isOfKind = (owners: Owners | undefined) =>
      owners !== undefined && Array.isArray(owners) === (kind === 'emails');
    const session = sessions.find((it) => isOfKind(ownersOf(sign_in, it)));
    if (session === undefined) continue;
    yield broken(
      ADMINS,
      `must have ${kind} too, for session ${session}, which is owned by ${kind}, got ${other} alone`,
      OWNERS,
      DEFAULT,
    );
  }
}

/** Where the issuer is, if it is on a private network. */
export function* issuerRange({ deploy: { sign_in, network } }: ProfileTables): Generator<BrokenRule> {
  const cidr = sign_in?.issuer_cidr;
  if (cidr === undefined) return;
  const path: Path = [...SIGN_IN, 'issuer_cidr'];
  if (METADATA_ADDRESSES.some((address) => contains(address, cidr))) {
    yield broken(path, `must not be a cloud's metadata address, got ${cidr}`);
  }
  yield* familyLeftOut(path, cidr, network.ip_families);
}

/** An id token, and so an answer to who somebody is, is given to those alone who ask for it. */
export function* scopes({ deploy: { sign_in } }: ProfileTables): Generator<BrokenRule> {
  if (sign_in === undefined) return;
  for (const scope of ['openid', 'email'].filter((it) => !sign_in.scopes.includes(it))) {
    yield broken([...SIGN_IN, 'scopes'], `must have ${scope}, got ${sign_in.scopes.join(', ') || 'none'}`);
  }
}
