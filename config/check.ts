import { describeIssue, valueAt } from './issues';
import { expectation, type Problem } from './refusal';
import { brokenRules } from './rules';
import { ProfileTables } from './schema/profile';
import { writtenSecrets } from './secrets';
import { isTable, pathKey, type Path, type Table } from './tables';
import { unknownTables } from './unknown-tables';

/** A copy of `values` without what stands at `paths`; inside a list the whole list goes. */
function without(values: Table, paths: readonly Path[]): Table {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]): [string, unknown][] => {
      const inner = paths.filter((path) => path[0] === name).map((path) => path.slice(1));
      if (inner.length === 0) return [[name, value]];
      return isTable(value) && inner.every((path) => path.length > 0) ? [[name, without(value, inner)]] : [];
    }),
  );
}

/** A missing key is at the table that misses it. */
const existing = (values: Table, path: Path): Path =>
  path.length > 1 && valueAt(values, path) === undefined ? existing(values, path.slice(0, -1)) : path;

const covers = (outer: Path, inner: Path) => outer.every((key, index) => inner[index] === key);

/** TOML's dates: no field is one, and zod takes a date for a table without keys. */
function dates(value: unknown, path: Path = []): Problem[] {
  if (isTable(value)) return Object.entries(value).flatMap(([key, inner]) => dates(inner, [...path, key]));
  if (Array.isArray(value)) return value.flatMap((inner, index) => dates(inner, [...path, index]));
  return value instanceof Date ? [{ path, text: 'must not be an unquoted date, which no field takes' }] : [];
}

/**
 * Check everything at once: first every field by itself, then the rules between fields on what is left, so that one
 * wrong field does not hide another. A rule about a field that was refused already says nothing.
 *
 * @returns the profile, what it is refused for, and what is ignored in it
 */
export function check(values: Table): { profile: ProfileTables; problems: Problem[]; ignored: Problem[] } {
  const secrets = writtenSecrets(values);
  const wrongDates = dates(values);
  const { refused: unknown, warned: ignored } = unknownTables(values);
  const problems = new Map<string, Problem>();
  const tell = (problem: Problem) => problems.set(`${pathKey(problem.path)}: ${problem.text}`, problem);
  [...secrets, ...wrongDates, ...unknown].forEach(tell);
  let remaining = without(
    values,
    [...wrongDates, ...unknown, ...ignored].map(({ path }) => path),
  );
  for (;;) {
    const parsed = ProfileTables.safeParse(remaining, { error: expectation });
    if (parsed.success) {
      const refused = [...problems.values()].map(({ path }) => path);
      const broken = brokenRules(parsed.data).filter(
        ({ path, others }) =>
          ![path, ...others].some((it) => refused.some((bad) => covers(bad, it) || covers(it, bad))),
      );
      return { profile: parsed.data, problems: [...problems.values(), ...broken], ignored };
    }
    const found = parsed.error.issues.flatMap((issue) => describeIssue(issue, ProfileTables, remaining));
    const refused = [...problems.values()].map(({ path }) => path);
    found
      // What is wrong with a secret could tell the secret.
      .filter(({ path }) => !secrets.some((secret) => covers(secret.path, path)))
      // It is missing now because it, or something in it, was refused.
      .filter(({ path }) => valueAt(values, path) === undefined || !refused.some((it) => covers(path, it)))
      .forEach(tell);
    const bad = remaining;
    remaining = without(
      bad,
      found.map(({ path }) => existing(bad, path)),
    );
  }
}
