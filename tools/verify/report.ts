import { showDuration } from '../duration';
import type { Step } from './failure';
import { worstOf } from '../selected';
import type { Result, Rollback, Verdict } from './result';

/** Something to verify, with its name and a way to tell how it goes. */
export interface Job {
  readonly title: string;
  readonly run: (say: (step: Step, text: string) => void) => Promise<Result>;
}

export const isVerified = ({ failure }: Result): boolean => failure === undefined;

/** A result as one line. */
export function resultLine({ title, failure, retries, time }: Result): string {
  const took = `${showDuration(time)}${retries > 0 ? `, ${retries} ${retries === 1 ? 'retry' : 'retries'}` : ''}`;
  return failure ? `FAILED ${title}: ${failure.step}: ${failure.cause} (${took})` : `ok ${title} (${took})`;
}

function rollbackLines({ restored, failed, created, changed }: Rollback): string[] {
  return [
    ...restored.map((it) => `rolled back ${it}`),
    ...failed.map((it) => `NOT rolled back ${it}`),
    ...(restored.length + failed.length === 0
      ? ['nothing to roll back: this apply changed no Deployment or StatefulSet']
      : []),
    ...(created.length > 0 ? [`created by this apply, and still there: ${created.join(', ')}`] : []),
    ...(changed.length > 0
      ? [`changed by this apply, without revisions: ${changed.join(', ')}: apply the earlier manifests again`]
      : []),
  ];
}

const count = (workloads: number) => `${workloads} ${workloads === 1 ? 'workload' : 'workloads'}`;

/** What is said at the end: what failed, what is uncertain, what was done about it. */
export function summary(results: readonly Result[], rollback: Rollback | undefined, time: number): string[] {
  const failed = results.filter((it) => !isVerified(it));
  return [
    ...results.flatMap(({ title, notes }) => notes.map((note) => `note ${title}: ${note}`)),
    ...failed.map(resultLine),
    ...(rollback ? rollbackLines(rollback) : []),
    failed.length === 0
      ? `verified: ${count(results.length - 1)} in ${showDuration(time)}`
      : `failed: ${failed.length} of ${results.length} (${showDuration(time)})`,
  ];
}

/** A verdict, and whose it is where the variable PROFILE names several profiles. */
export interface ProfileVerdict extends Verdict {
  readonly profile?: string;
}

const plain = ({ status, results, rollback }: Verdict) => ({ status, results, ...(rollback && { rollback }) });

/** The same for programs: the verdict of one profile, or those of several by their names. */
export function jsonReport(verdicts: readonly ProfileVerdict[]): string {
  const [first] = verdicts;
  if (first && first.profile === undefined) return JSON.stringify(plain(first), null, 2);
  const status = worstOf(verdicts.map((it) => it.status));
  const profiles = Object.fromEntries(verdicts.map((it) => [it.profile, plain(it)]));
  return JSON.stringify({ status, profiles }, null, 2);
}
