import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import * as z from 'zod';
import { check } from './check';
import { looksLikeCredential } from './credentials';
import { applyEnvironment } from './environment';
import { byPlace, didYouMean, problemAt, Refused, showValue } from './refusal';
import { DeployConfig } from './schema/deploy';
import type { Profile, ProfileTables } from './schema/profile';
import { isTable, pathKey, showPath, sourceOf, type Path, type Sources, type Table, type Tables } from './tables';
import { parseTables } from './toml';
import { warnings } from './warnings';

const PROFILES = join(__dirname, 'profiles');

/** The names of the shipped profiles. */
export const shippedProfiles = (): string[] =>
  readdirSync(PROFILES)
    .filter((file) => file.endsWith('.toml'))
    .map((file) => basename(file, '.toml'))
    .sort();

export interface Loaded {
  readonly profile: Profile;
  /** Lines for the user: overrides that took effect, and fields that mean nothing on Kubernetes. */
  readonly notices: readonly string[];
}

const isPath = (reference: string) => /[/\\]|\.toml$/.test(reference);

const display = (file: string) => {
  const shown = relative(process.cwd(), file);
  return shown === '' || shown.startsWith('..') ? file : shown;
};

/** The file of a shipped profile's name or of a path. @throws Refused, led by `place`, if there is none */
function fileOf(reference: string, folder: string, place: string): string {
  const file = isPath(reference) ? resolve(folder, reference) : join(PROFILES, `${reference}.toml`);
  if (existsSync(file)) return file;
  if (isPath(reference)) {
    const shown = looksLikeCredential(reference) ? showValue(reference, []) : display(file);
    throw new Refused([`${place}no such file: ${shown}`]);
  }
  const names = shippedProfiles();
  const hint = didYouMean(reference, names) || `, expected a path or one of ${names.join(', ')}`;
  throw new Refused([`${place}no profile is called ${showValue(reference, [])}${hint}`]);
}

function readText(file: string, place: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    throw new Refused([`${place}cannot read ${display(file)}: ${(error as NodeJS.ErrnoException).code}`]);
  }
}

/** What a profile writes as `[[deploy.patches]]`. */
function patchesOf({ values: { deploy } }: Tables): readonly unknown[] {
  return isTable(deploy) && Array.isArray(deploy.patches) ? deploy.patches : [];
}

/** Puts a child's patches behind its parent's, with the places of both. */
function afterParent(parent: Tables, child: Tables): Tables {
  const [before, own] = [patchesOf(parent), patchesOf(child)];
  if (before.length === 0 || own.length === 0) return child;
  const moved = (path: Path): Path =>
    path[0] === 'deploy' && path[1] === 'patches' && typeof path[2] === 'number'
      ? [path[0], path[1], path[2] + before.length, ...path.slice(3)]
      : path;
  return {
    values: { ...child.values, deploy: { ...(child.values.deploy as Table), patches: [...before, ...own] } },
    sources: new Map([...child.sources].map(([key, place]) => [pathKey(moved(JSON.parse(key) as Path)), place])),
  };
}

/**
 * Tables merge, everything else replaces, but patches, which follow the parent's; `[deploy]` takes a parent's table or
 * patches away by `name = false`.
 */
function merge(parent: Tables, unmoved: Tables): Tables {
  const child = afterParent(parent, unmoved);
  const sources: Sources = new Map(parent.sources);
  const mergeTables = (below: Table, above: Table): Table => {
    const merged: Table = { ...below };
    for (const [key, value] of Object.entries(above)) {
      const under = below[key];
      merged[key] = isTable(under) && isTable(value) ? mergeTables(under, value) : value;
    }
    return merged;
  };
  for (const [key, source] of child.sources) sources.set(key, source);
  return { values: mergeTables(parent.values, child.values), sources };
}

/** A file and its parents, the nearest on top. `chain` holds the files that lead here. */
function readFamily(file: string, chain: readonly string[], place: string): Tables {
  const tables = parseTables(readText(file, place), display(file));
  const parent = isTable(tables.values.deploy) ? tables.values.deploy.extends : undefined;
  if (typeof parent !== 'string') return tables;
  const here = `${sourceOf(tables.sources, ['deploy', 'extends'])}: deploy.extends: `;
  const parentFile = fileOf(parent, dirname(file), here);
  const family = [...chain, file];
  if (family.includes(parentFile)) {
    const circle = [...family.slice(family.indexOf(parentFile)), parentFile].map(display);
    throw new Refused([`${here}a profile cannot extend itself: ${circle.join(' → ')}`]);
  }
  return merge(readFamily(parentFile, family, here), tables);
}

/** The table that a field of the schema is, if it is one, whatever it has around it: a default, or nothing. */
function tableOf(field: z.ZodType | undefined): z.ZodObject | undefined {
  if (field instanceof z.ZodOptional || field instanceof z.ZodPrefault) return tableOf(field.unwrap() as z.ZodType);
  return field instanceof z.ZodObject ? field : undefined;
}

/** Whether a field of the schema is a list of tables. */
function isListOfTables(field: z.ZodType | undefined): boolean {
  if (field instanceof z.ZodDefault) return isListOfTables(field.unwrap() as z.ZodType);
  return field instanceof z.ZodArray && field.element instanceof z.ZodObject;
}

/** `pool = false`, `patches = false` under `[deploy]`, at any depth: none of it, whatever the parent says. */
function withoutSwitchedOff(table: Table, schema: z.ZodObject): Table {
  return Object.fromEntries(
    Object.entries(table).flatMap(([key, value]): [string, unknown][] => {
      const field = Object.hasOwn(schema.shape, key) ? (schema.shape[key] as z.ZodType) : undefined;
      const inner = tableOf(field);
      if (value === false && (inner !== undefined || isListOfTables(field))) return [];
      if (inner === undefined) return [[key, value]];
      return [[key, isTable(value) ? withoutSwitchedOff(value, inner) : value]];
    }),
  );
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

/**
 * Read a profile: a file and its parents, OpenHands's environment overrides on top, every field checked.
 *
 * @param reference a shipped profile's name, or the path of any OpenHands config.toml, from the working directory
 * @param environment where OpenHands's overrides are looked up
 * @throws Refused with every problem, each with its file and line
 */
export function loadProfile(reference: string, environment: Readonly<Record<string, string | undefined>> = {}): Loaded {
  const file = fileOf(reference, process.cwd(), '');
  const overridden = applyEnvironment(readFamily(file, [], ''), environment);
  const { sources } = overridden.tables;
  const { deploy } = overridden.tables.values;
  const values = {
    ...overridden.tables.values,
    ...(isTable(deploy) && { deploy: withoutSwitchedOff(deploy, DeployConfig) }),
  };
  const { profile: tables, problems, ignored } = check(values);
  const lines = problems.map(({ path, text }) => problemAt(sources, path, text)).sort(byPlace);
  if (lines.length + overridden.problems.length > 0) throw new Refused([...overridden.problems, ...lines]);
  const warned = [...ignored, ...warnings(tables)].map(({ path, text }) =>
    problemAt(sources, path, text).replace(/: /, ': warning: '),
  );
  const { deploy: _, ...openhands } = values;
  return { profile: freeze({ ...tables, openhands, sources }), notices: [...overridden.notices, ...warned] };
}

/**
 * OpenHands's `from_toml_section`: one table by itself, without file and lines.
 *
 * @returns a mapping from the table's name to its config, as OpenHands does
 * @throws Refused with every problem of the table
 */
export function fromTomlSection<T extends 'kubernetes' | 'sandbox'>(
  table: T,
  data: Table,
): Record<T, ProfileTables[T]> {
  // One table by itself does not know what the Pod Security Standard is.
  const { profile, problems } = check({ [table]: data, deploy: { security: { pod_security_standard: 'privileged' } } });
  const own = problems.filter(({ path }) => path[0] === table);
  if (own.length > 0) throw new Refused(own.map(({ path, text }) => `${showPath(path)}: ${text}`));
  return { [table]: profile[table] } as Record<T, ProfileTables[T]>;
}
