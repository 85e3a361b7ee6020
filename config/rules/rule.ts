import type { Problem } from '../refusal';
import type { Path } from '../tables';

/** A rule between fields that does not hold, at the field to change first. */
export interface BrokenRule extends Problem {
  /** The other fields that the rule is about. */
  readonly others: readonly Path[];
}

/** A rule is broken at a path; `others` are the paths that it is about too. */
export const broken = (path: Path, text: string, ...others: Path[]): BrokenRule => ({ path, text, others });
