/** The little Markdown that the pages need. */

/** Cells above this width do not widen their column: one long sentence would push all others off the screen. */
const WIDEST = 60;

export const code = (text: string | number): string => `\`${text}\``;

export const codes = (texts: Iterable<string | number>): string => [...texts].map(code).join(', ');

/** What a cell says when there is nothing to say. */
export const NONE = '–';

/** Several lines in one cell. */
export const lines = (texts: readonly string[]): string => (texts.length === 0 ? NONE : texts.join('<br>'));

export const unique = <T>(values: Iterable<T>): T[] => [...new Set(values)];

/** A table of GitHub's Markdown whose columns also stand below each other in the source. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.min(WIDEST, Math.max(3, ...cells.map((row) => row[column]!.length))));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(cells[0]!), rule, ...cells.slice(1).map(line)].join('\n');
}

/** Blocks of Markdown with an empty line between them. */
export const page = (...blocks: readonly string[]): string => `${blocks.map((it) => it.trim()).join('\n\n')}\n`;
