import { table } from '../docs/markdown';

/** Of Stryker's report, what is looked at. https://github.com/stryker-mutator/mutation-testing-elements, report schema 2 */
export interface MutationReport {
  /** By path from the repository's root. */
  readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>;
}

/** What became of the changes of one folder. */
export interface Score {
  readonly killed: number;
  readonly survived: number;
  /** In lines that no unit test runs. */
  readonly untested: number;
}

const HEAD = ['folder', 'score', 'killed', 'survived', 'in lines that no unit test runs'];

const WHOLE_FOLDERS = ['config/rules', 'constructs/policy', 'tools/verify'];

/** A folder that is looked at as a whole, or else the file. */
const rowOf = (path: string): string => WHOLE_FOLDERS.find((folder) => path.startsWith(`${folder}/`)) ?? path;

const count = (statuses: readonly string[], ...counted: readonly string[]): number =>
  statuses.filter((it) => counted.includes(it)).length;

/** The scores of a report; what Stryker ignored, or could not run, does not count. */
export function scoresOf({ files }: MutationReport): Map<string, Score> {
  const statuses = new Map<string, string[]>();
  for (const [path, { mutants }] of Object.entries(files)) {
    const row = rowOf(path);
    statuses.set(row, [...(statuses.get(row) ?? []), ...mutants.map(({ status }) => status)]);
  }
  return new Map(
    [...statuses].map(([row, of]) => [
      row,
      // A change that makes a test run for ever is noticed, too.
      { killed: count(of, 'Killed', 'Timeout'), survived: count(of, 'Survived'), untested: count(of, 'NoCoverage') },
    ]),
  );
}

function cells(row: string, { killed, survived, untested }: Score): string[] {
  const all = killed + survived + untested;
  const score = all === 0 ? '–' : `${Math.round((100 * killed) / all)} %`;
  return [row, score, ...[killed, survived, untested].map(String)];
}

const START = '<!-- scores: written by `npm run mutation` -->';
const END = '<!-- end of scores -->';

/**
 * The page with these scores in its table; what was not run this time keeps its row.
 *
 * @throws Error when the page has no place for them
 */
export function withScores(page: string, scores: ReadonlyMap<string, Score>): string {
  const [before, rest] = page.split(START);
  const [old, after] = (rest ?? '').split(END);
  if (before === undefined || old === undefined || after === undefined) {
    throw new Error(`expected ${START} and ${END} in the page`);
  }
  const kept = old
    .split('\n')
    .filter((it) => /^\| [a-z]+\//.test(it))
    .map((it) =>
      it
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const rows = new Map(kept.map((row) => [row[0]!, row]));
  for (const [row, score] of scores) rows.set(row, cells(row, score));
  const sorted = [...rows.values()].sort(([a], [b]) => a!.localeCompare(b!));
  return `${before}${START}\n\n${table(HEAD, sorted)}\n\n${END}${after}`;
}
