import type { z } from 'zod';
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
  return [{ path, text: `must be ${issue.message}, got ${showValue(got, path)}${hint}` }];
}

/** A copy of `values` without what stands at `path`; inside a list the whole list goes. */
function without(values: Table, path: Path): Table {
  const [key, ...rest] = path;
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]): [string, unknown][] => {
      if (name !== key) return [[name, value]];
      return rest.length > 0 && isTable(value) ? [[name, without(value, rest)]] : [];
    }),
  );
}

/** A missing key is at the table that misses it. */
const existing = (values: Table, path: Path): Path =>
  path.length > 1 && valueAt(values, path) === undefined ? existing(values, path.slice(0, -1)) : path;

const covers = (outer: Path, inner: Path) => outer.every((key, index) => inner[index] === key);

/**
 * Check everything at once: first every field by itself, then the rules between fields on what is left, so that one
 * wrong field does not hide another. A rule about a field that was refused already says nothing.
 */
export function check(values: Table): { profile: ProfileTables; problems: Problem[] } {
  const problems: Problem[] = writtenSecrets(values);
  let remaining = values;
  for (;;) {
    const parsed = ProfileTables.safeParse(remaining, { error: expectation });
    if (parsed.success) {
      const refused = problems.map(({ path }) => path);
      const broken = brokenRules(parsed.data).filter(
        ({ path, others }) =>
          ![path, ...others].some((it) => refused.some((bad) => covers(bad, it) || covers(it, bad))),
      );
      return { profile: parsed.data, problems: [...problems, ...broken] };
    }
    const found = parsed.error.issues.flatMap((issue) => describe(issue, remaining));
    for (const problem of found) {
      if (!problems.some(({ path, text }) => pathKey(path) === pathKey(problem.path) && text === problem.text)) {
        problems.push(problem);
      }
    }
    const bad = remaining;
    remaining = found.map(({ path }) => existing(bad, path)).reduce(without, bad);
  }
}
