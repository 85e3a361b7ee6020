import type { IpFamily } from '../addresses';
import type { Problem } from '../refusal';
import type { Path } from '../tables';

/** A rule between fields that does not hold, at the field to change first. */
export interface BrokenRule extends Problem {
  /** The other fields that the rule is about. */
  readonly others: readonly Path[];
}

/** A rule is broken at a path; `others` are the paths that it is about too. */
export const broken = (path: Path, text: string, ...others: Path[]): BrokenRule => ({ path, text, others });

/** Values that a list has twice. @param isSame whether two values mean the same. @default they are equal */
export function* repeated<T extends string | number>(
  values: readonly T[],
  pathOf: (index: number) => Path,
  isSame = (a: T, b: T) => a === b,
): Generator<BrokenRule> {
  for (const [index, value] of values.entries()) {
    if (values.findIndex((it) => isSame(it, value)) === index) continue;
    yield broken(pathOf(index), `must differ from the others, got ${value} twice`);
  }
}

/** An address or a range of a family that the cluster's Pods do not have. */
export function* familyLeftOut(path: Path, address: string, families: readonly IpFamily[]): Generator<BrokenRule> {
  const family = address.includes(':') ? 'IPv6' : 'IPv4';
  if (families.includes(family)) return;
  yield broken(path, `is ${family}, which deploy.network.ip_families leaves out`, ['deploy', 'network', 'ip_families']);
}
