import { alignedLines } from '../table';

/** How a need is met. */
export type State = 'ok' | 'MISSING' | 'unsure';

/** One line of the table. */
export interface Row {
  readonly need: string;
  /** Who needs it. */
  readonly by: readonly string[];
  readonly state: State;
  /** What the cluster has instead, or what to do. */
  readonly found: string;
}

const HEAD = ['needed', 'by', 'state', 'found'];

/** Those who need it: the first, and how many more. */
const byText = ([first = '', ...others]: readonly string[]) =>
  first + (others.length > 0 ? ` and ${others.length} more` : '');

/** The rows as a table, what is missing first. */
export function tableOf(rows: readonly Row[]): string[] {
  const order: readonly State[] = ['MISSING', 'unsure', 'ok'];
  const sorted = [...rows].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  const cells = [HEAD, ...sorted.map(({ need, by, state, found }) => [need, byText(by), state, found])];
  return alignedLines(cells);
}
