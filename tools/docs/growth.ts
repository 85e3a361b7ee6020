/** What a profile renders as its sessions grow in number. */
import type { Profile } from '../../config/schema/profile';
import { identityOf, titleOf, type Manifest } from '../../constructs/policy/objects';
import { bytesOf } from '../../constructs/policy/size';
import { manifestsOf } from '../../main';

/** Two numbers of sessions, all of one name's length: what is the same for both is not a session's. */
const [FEW, MANY] = [10, 110];

/** An object that all sessions share and that has a part for each. */
export interface SharedObject {
  /** `Kind/name in namespace`. */
  readonly title: string;
  /** Bytes as JSON with no session. */
  readonly base: number;
  /** Bytes that each session adds. */
  readonly perSession: number;
}

export interface Growth {
  /** Objects that a session adds, by kind. */
  readonly kinds: ReadonlyMap<string, number>;
  /** Bytes that a session adds, as JSON. */
  readonly bytes: number;
  /** The fastest growing one first. */
  readonly shared: readonly SharedObject[];
}

/** The profile with other sessions, each with an owner of its own where people sign in. */
export function withSessions(profile: Profile, count: number): Profile {
  const sessions = Array.from({ length: count }, (_, index) => `person-${String(index).padStart(5, '0')}`);
  const { sign_in } = profile.deploy;
  const owners = Object.fromEntries(sessions.map((it) => [it, [`${it}@example.com`]]));
  return {
    ...profile,
    deploy: {
      ...profile.deploy,
      sessions,
      ...(sign_in && { sign_in: { ...sign_in, owners } }),
      // What is restored is a session of the file's.
      ...(profile.deploy.recovery && { recovery: { ...profile.deploy.recovery, restore_from: {} } }),
    },
  };
}

const objectsOf = (profile: Profile, count: number): Manifest[] =>
  manifestsOf(withSessions(profile, count)).flatMap(({ objects }) => objects);

function kindsOf(objects: readonly Manifest[]): Map<string, number> {
  const kinds = new Map<string, number>();
  for (const { kind } of objects) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return kinds;
}

const total = (objects: readonly Manifest[]): number => objects.reduce((sum, it) => sum + bytesOf(it), 0);

/** How a profile grows with its sessions: exact, as all of it is linear. */
export function growthOf(profile: Profile): Growth {
  const [few, many] = [objectsOf(profile, FEW), objectsOf(profile, MANY)];
  const perSession = (a: number, b: number) => (b - a) / (MANY - FEW);
  const [fewKinds, manyKinds] = [kindsOf(few), kindsOf(many)];
  const kinds = [...manyKinds]
    .map(([kind, count]): [string, number] => [kind, perSession(fewKinds.get(kind) ?? 0, count)])
    .filter(([, count]) => count > 0);
  const before = new Map(few.map((it) => [identityOf(it), bytesOf(it)]));
  const shared = many.flatMap((it) => {
    const bytes = before.get(identityOf(it));
    const added = bytes === undefined ? 0 : perSession(bytes, bytesOf(it));
    // A number that has one digit more is no part for each session.
    return added < 1 ? [] : [{ title: titleOf(it), base: bytes! - FEW * added, perSession: added }];
  });
  return {
    kinds: new Map(kinds),
    bytes: perSession(total(few), total(many)),
    shared: shared.sort((a, b) => b.perSession - a.perSession),
  };
}
