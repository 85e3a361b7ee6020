import { table } from '../docs/markdown';
import { PARTS } from './parts';

/** Of Stryker's report, what is looked at. https://github.com/stryker-mutator/mutation-testing-elements, report schema 2 */
export interface MutationReport {
  /** By path from the repository's root. */
  readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>;
}

/** What became of the changes of one part. */
export interface Score {
  readonly killed: number;
  readonly survived: number;
  /** In lines that no such test runs. */
  readonly untested: number;
}

const HEAD = ['changed', 'tests', 'score', 'noticed', 'survived', 'in lines that none of these tests runs'];

/** The score of a report; what Stryker ignored, or could not run, does not count. */
export function scoreOf({ files }: MutationReport): Score {
  const statuses = Object.values(files).flatMap(({ mutants }) => mutants.map(({ status }) => status));
  const count = (...counted: readonly string[]) => statuses.filter((it) => counted.includes(it)).length;
  // A change that makes a test run for ever is noticed, too.
  return { killed: count('Killed', 'Timeout'), survived: count('Survived'), untested: count('NoCoverage') };
}

function cells(part: string, { killed, survived, untested }: Score): string[] {
  const all = killed + survived + untested;
  const score = all === 0 ? '–' : `${Math.round((100 * killed) / all)} %`;
  return [part, PARTS[part] ?? '', score, ...[killed, survived, untested].map(String)];
}

const START = '<!-- scores: written by `npm run mutation` -->';
const END = '<!-- end of scores -->';

/**
 * The page with a part's score in its table; the others keep their rows.
 *
 * @throws Error when the page has no place for them
 */
export function withScores(page: string, part: string, score: Score): string {
  const [before, rest] = page.split(START);
  const [old, after] = (rest ?? '').split(END);
  if (before === undefined || old === undefined || after === undefined) {
    throw new Error(`expected ${START} and ${END} in the page`);
  }
  const others = old
    .split('\n')
    .filter((it) => /^\| [a-z]+\//.test(it))
    .map((it) =>
      it
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter(([name]) => name !== part);
  const rows = [...others, cells(part, score)].sort(([a], [b]) => a!.localeCompare(b!));
  return `${before}${START}\n\n${table(HEAD, rows)}\n\n${END}${after}`;
}
