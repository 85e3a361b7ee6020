import type * as z from 'zod';
import { didYouMean, expectation, showValue, type Problem } from './refusal';
import { brokenRules } from './rules';
import { ProfileTables } from './schema/profile';
import { writtenSecrets } from './secrets';
import { isTable, pathKey, type Path, type Table } from './toml';

/** The keys that a table of the schema knows, for a hint. */
function knownKeys(schema: z.core.$ZodType, path: Path): string[] {
  const { def } = schema._zod as unknown as { def: Record<string, unknown> & { type: string } };
  if (def.innerType) return knownKeys(def.innerType as z.core.$ZodType, path);
  if (def.type !== 'object') return [];
  const shape = def.shape as Record<string, z.core.$ZodType>;
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(shape);
  return shape[key] === undefined ? [] : knownKeys(shape[key], rest);
}

function valueAt(values: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Table | undefined)?.[key], values);
}

/** What zod found, one sentence a problem. */
function describe(issue: z.core.$ZodIssue, values: Table, above: Path = []): Problem[] {
  const path = [...above, ...issue.path] as Path;
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(ProfileTables, path);
    return issue.keys.map((key) => ({ path: [...path, key], text: `unknown key${didYouMean(key, known)}` }));
  }
  if (issue.code === 'invalid_union' && !issue.message) {
    return (issue.errors.at(-1) ?? []).flatMap((inner) => describe(inner, values, path));
  }
  if (issue.code === 'invalid_key') {
    return [{ path, text: `its name must be ${issue.issues[0]?.message}` }];
  }
  const got = valueAt(values, path);
  const hint =
    issue.code === 'invalid_value' && typeof got === 'string' ? didYouMean(got, issue.values.map(String)) : '';
  // Who writes a text where a table is wanted may have written the secret itself, instead of a reference to it.
  const isText = issue.code === 'invalid_type' && issue.expected === 'object' && typeof got === 'string';
  return [{ path, text: `must be ${issue.message}, got ${isText ? 'a text' : showValue(got, path)}${hint}` }];
}

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
 */
export function check(values: Table): { profile: ProfileTables; problems: Problem[] } {
  const secrets = writtenSecrets(values);
  const wrongDates = dates(values);
  const problems = new Map<string, Problem>();
  const tell = (problem: Problem) => problems.set(`${pathKey(problem.path)}: ${problem.text}`, problem);
  [...secrets, ...wrongDates].forEach(tell);
  let remaining = without(
    values,
    wrongDates.map(({ path }) => path),
  );
  for (;;) {
    const parsed = ProfileTables.safeParse(remaining, { error: expectation });
    if (parsed.success) {
      const refused = [...problems.values()].map(({ path }) => path);
      const broken = brokenRules(parsed.data).filter(
        ({ path, others }) =>
          ![path, ...others].some((it) => refused.some((bad) => covers(bad, it) || covers(it, bad))),
      );
      return { profile: parsed.data, problems: [...problems.values(), ...broken] };
    }
    const found = parsed.error.issues.flatMap((issue) => describe(issue, remaining));
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
