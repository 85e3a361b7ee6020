import { closest, distance } from 'fastest-levenshtein';
import type * as z from 'zod';
import { hasSecretName, looksLikeCredential, namesSecret } from './credentials';
import { isTable, showPath, sourceOf, type Path } from './tables';

/** Everything that is wrong with what a user asked for: one line a problem, each with its place. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** Do the same with each item. @throws Refused with what is wrong with any of them, each line once */
export function eachOrRefused<T, R>(items: readonly T[], act: (item: T) => R): R[] {
  const problems = new Set<string>();
  const results = items.flatMap((item) => {
    try {
      return [act(item)];
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      for (const problem of error.problems) problems.add(problem);
      return [];
    }
  });
  if (problems.size > 0) throw new Refused([...problems]);
  return results;
}

/** One thing that is wrong, at a path of the config. */
export interface Problem {
  readonly path: Path;
  readonly text: string;
}

/** `, did you mean X?` when a known word is near, else nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const nearest = closest(word, [...known]);
  return distance(word, nearest) <= Math.max(2, word.length / 3) ? `, did you mean ${nearest}?` : '';
}

/** A value as a refusal may show it: short, on one line, and nothing that could be a secret. */
export function showValue(value: unknown, path: Path): string {
  if (value === undefined) return 'nothing';
  const isNamedSecret = path.some((key) => typeof key === 'string' && hasSecretName(key));
  if (isNamedSecret || namesSecret(value) || looksLikeCredential(value)) {
    return 'a value that is not shown here';
  }
  // What is inside could be a secret.
  if (Array.isArray(value)) return 'a list';
  if (isTable(value)) return 'a table';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Lines of one file in its order: `a.toml:9` before `a.toml:14`. */
export const byPlace = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/** One problem as a line: `file:line: field: what is wrong`. */
export function problemAt(sources: ReadonlyMap<string, string>, path: Path, problem: string): string {
  const source = sourceOf(sources, path);
  return `${source === undefined ? '' : `${source}: `}${showPath(path)}: ${problem}`;
}

/** What a value must be, for schemas that do not say so themselves. Given to zod as its error map. */
export function expectation(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return (
        { boolean: 'true or false', int: 'a whole number', array: 'a list', object: 'a table', record: 'a table' }[
          issue.expected as string
        ] ?? `a ${issue.expected}`
      );
    case 'invalid_value':
      return issue.values.length === 1 ? showValue(issue.values[0], []) : `one of ${issue.values.join(', ')}`;
    case 'too_small':
      return `at least ${issue.minimum}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'invalid_union':
      // Told by its branches.
      return '';
    default:
      return issue.message ?? 'something else';
  }
}
