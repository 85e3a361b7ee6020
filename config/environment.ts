import JSON5 from 'json5';
import { distance } from 'fastest-levenshtein';
import type * as z from 'zod';
import { problemAt, showValue } from './refusal';
import { KubernetesConfig } from './schema/kubernetes';
import { SandboxConfig } from './schema/sandbox';
import { isTable, pathKey, type Path, type Sources, type Table, type Tables } from './tables';

/** OpenHands's own overrides: `KUBERNETES_<FIELD>` and `SANDBOX_<FIELD>`. */
const OVERRIDABLE = { kubernetes: KubernetesConfig, sandbox: SandboxConfig } as const;

type Kind = 'boolean' | 'number' | 'literal' | 'string';

/** What a field's text in the environment is read as: the innermost type of its schema. */
function kindOf(schema: z.core.$ZodType): Kind {
  const { def } = schema._zod as unknown as { def: Record<string, unknown> & { type: string } };
  switch (def.type) {
    case 'default':
    case 'prefault':
    case 'optional':
      return kindOf(def.innerType as z.core.$ZodType);
    case 'pipe':
      return kindOf(def.in as z.core.$ZodType);
    case 'union':
      return kindOf((def.options as z.core.$ZodType[]).at(-1)!);
    case 'literal':
      return typeof (def.values as unknown[])[0] as Kind;
    case 'boolean':
    case 'number':
      return def.type;
    case 'array':
    case 'record':
    case 'object':
      return 'literal';
    default:
      return 'string';
  }
}

const PYTHON_CONSTANT: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' };

/** A Python or JSON literal. JSON5 is both but for Python's three constants. @throws SyntaxError */
function parseLiteral(text: string): unknown {
  const json5 = text.replace(
    /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\b(True|False|None)\b/gs,
    (whole, constant: string | undefined) => (constant === undefined ? whole : PYTHON_CONSTANT[constant]!),
  );
  return JSON5.parse(json5, (key, value: unknown) => {
    if (key === '__proto__') throw new SyntaxError('__proto__ is no name of a variable');
    return value;
  });
}

/** The value of a text, or a sentence about what the text must be. */
function cast(text: string, kind: Kind, path: Path): { value: unknown } | { problem: string } {
  switch (kind) {
    case 'string':
      return { value: text };
    case 'boolean':
      if (/^(true|1)$/i.test(text)) return { value: true };
      if (/^(false|0)$/i.test(text)) return { value: false };
      return { problem: `must be true, 1, false or 0, got ${showValue(text, path)}` };
    case 'number':
      if (/^\s*[+-]?\d+\s*$/.test(text)) return { value: Number(text) };
      return { problem: `must be a whole number, got ${showValue(text, path)}` };
    case 'literal':
      try {
        return { value: parseLiteral(text) };
      } catch {
        return { problem: `must be a Python or JSON literal such as {'A': 'b'} or ['x']` };
      }
  }
}

/** The place of every value inside an override is the variable. */
function record(path: Path, variable: string, sources: Sources): void {
  for (const key of [...sources.keys()]) {
    if (key.startsWith(pathKey(path).slice(0, -1) + ',')) sources.delete(key);
  }
  sources.set(pathKey(path), variable);
}

/**
 * Put OpenHands's environment overrides on top of a config. An empty variable is skipped, as OpenHands does; a value
 * of the wrong type, which OpenHands logs and ignores, is a problem here.
 *
 * @returns the tables, one line for each override that took effect, and what is wrong
 */
export function applyEnvironment(
  tables: Tables,
  environment: Readonly<Record<string, string | undefined>>,
): { tables: Tables; notices: readonly string[]; problems: readonly string[] } {
  const values: Table = { ...tables.values };
  const sources: Sources = new Map(tables.sources);
  const notices: string[] = [];
  const problems: string[] = [];
  const variables = new Set<string>();
  for (const [table, schema] of Object.entries(OVERRIDABLE)) {
    for (const [field, fieldSchema] of Object.entries(schema.shape)) {
      const variable = `${table}_${field}`.toUpperCase();
      variables.add(variable);
      const text = environment[variable];
      if (!text) continue;
      const path = [table, field];
      const result = cast(text, kindOf(fieldSchema), path);
      record(path, variable, sources);
      if ('problem' in result) {
        problems.push(problemAt(sources, path, result.problem));
        continue;
      }
      const before = values[table] ?? {};
      // What is no table is refused as such later.
      if (isTable(before)) values[table] = { ...before, [field]: result.value };
      notices.push(`${variable} overrides ${table}.${field}`);
    }
  }
  for (const name of Object.keys(environment).filter((it) => it.startsWith('SANDBOX_') && !variables.has(it))) {
    const near = [...variables].find((variable) => distance(variable, name) <= 2);
    if (near !== undefined) notices.push(`${name} is no field and changes nothing, did you mean ${near}?`);
  }
  return { tables: { values, sources }, notices, problems };
}
