import type * as z from 'zod';
import { didYouMean, showValue, type Problem } from './refusal';
import type { Path, Table } from './tables';

type Schema = z.core.$ZodType;
type Issue = z.core.$ZodIssue;
type UnionIssue = Extract<Issue, { code: 'invalid_union' }>;

/** What a schema is made of, as far as it matters here. https://zod.dev/packages/core#internals */
interface Definition {
  readonly type: string;
  readonly innerType?: Schema;
  readonly in?: Schema;
  readonly element?: Schema;
  readonly valueType?: Schema;
  readonly options?: readonly Schema[];
  readonly shape?: Readonly<Record<string, Schema>>;
}

export const definitionOf = (schema: Schema): Definition => schema._zod.def as unknown as Definition;

/** The schemas of a path below a schema: several where a union leaves it open. A path ends at a union, not inside. */
function schemasAt(schema: Schema, path: Path): Schema[] {
  const { innerType, in: input, element, valueType, options, shape = {} } = definitionOf(schema);
  const around = innerType ?? input;
  if (around) return schemasAt(around, path);
  const [key, ...rest] = path;
  if (key === undefined) return [schema];
  if (options) return options.flatMap((option) => schemasAt(option, path));
  const inner = element ?? valueType ?? (Object.hasOwn(shape, key) ? shape[key] : undefined);
  return inner ? schemasAt(inner, rest) : [];
}

/** The keys that a table could have, of which some are unknown: of a union, those of the branches that do not know them either. */
const knownKeys = (schema: Schema, path: Path, unknown: readonly string[]): string[] =>
  schemasAt(schema, path)
    .flatMap((it) => definitionOf(it).options ?? [it])
    .map((it) => Object.keys(definitionOf(it).shape ?? {}))
    .filter((keys) => !unknown.some((key) => keys.includes(key)))
    .flat();

export const valueAt = (values: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (value as Table | undefined)?.[key], values);

/** Whether a branch of a union wants a value of another type altogether. */
const isOtherType = (issue: Issue, got: unknown): boolean =>
  issue.path.length === 0 &&
  (issue.code === 'invalid_type' ||
    (issue.code === 'invalid_value' && !issue.values.some((it) => it !== '' && typeof it === typeof got)));

/** How far a table is from a branch: keys that it has too many, and keys that it lacks. */
const distanceTo = (branch: readonly Issue[], got: unknown): number =>
  branch.reduce((sum, issue) => {
    if (issue.code === 'unrecognized_keys') return sum + issue.keys.length;
    return issue.code === 'invalid_type' && valueAt(got, issue.path as Path) === undefined ? sum + 1 : sum;
  }, 0);

/** An optional text of OpenHands, where an empty one means none: no branch that anybody means. */
const isEmptyText = (branch: readonly Issue[]): boolean =>
  branch.some((issue) => issue.code === 'invalid_value' && issue.values.length === 1 && issue.values[0] === '');

/** The branch of a union that a value was most likely meant for; none if it is as far from several. */
function nearestBranch({ errors }: UnionIssue, got: unknown): number | undefined {
  const branches = [...errors.entries()].filter(([, branch]) => !isEmptyText(branch));
  if (branches.length === 1) return branches[0]![0];
  const [first, second] = branches
    .filter(([, branch]) => !branch.some((issue) => isOtherType(issue, got)))
    .map(([index, branch]) => ({ index, distance: distanceTo(branch, got) }))
    .sort((a, b) => a.distance - b.distance);
  return first && first.distance !== second?.distance ? first.index : undefined;
}

/** What a union without words of its own wants: what each of its branches does. */
const eachBranch = ({ errors }: UnionIssue): string =>
  [...new Set(errors.filter((it) => !isEmptyText(it)).map((branch) => branch[0]?.message))].join(', or ');

/**
 * What zod found as problems of a config, one sentence each. Of a union that no branch of fits, the nearest branch
 * tells; if none is nearer than the others, the union does.
 *
 * @param schema what was parsed with
 * @param values what was parsed
 */
export function describeIssue(issue: Issue, schema: Schema, values: Table, above: Path = []): Problem[] {
  const below = issue.path as Path;
  const path = [...above, ...below];
  const got = valueAt(values, path);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, below, issue.keys);
    return issue.keys.map((key) => ({ path: [...path, key], text: `unknown key${didYouMean(key, known)}` }));
  }
  if (issue.code === 'invalid_key') {
    return [{ path, text: `its name must be ${issue.issues[0]?.message}` }];
  }
  if (issue.code === 'invalid_union') {
    const nearest = nearestBranch(issue, got);
    if (nearest !== undefined) {
      const branch = schemasAt(schema, below).flatMap((it) => definitionOf(it).options ?? [])[nearest] ?? schema;
      return issue.errors[nearest]!.flatMap((inner) => describeIssue(inner, branch, values, path));
    }
    return [{ path, text: `must be ${issue.message || eachBranch(issue)}, got ${showValue(got, path)}` }];
  }
  const hint =
    issue.code === 'invalid_value' && typeof got === 'string' ? didYouMean(got, issue.values.map(String)) : '';
  // Who writes a text where a table is wanted may have written the secret itself, instead of a reference to it.
  const isText = issue.code === 'invalid_type' && issue.expected === 'object' && typeof got === 'string';
  return [{ path, text: `must be ${issue.message}, got ${isText ? 'a text' : showValue(got, path)}${hint}` }];
}
