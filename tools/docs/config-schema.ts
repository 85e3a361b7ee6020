import { z } from 'zod';
import { describeIssue } from '../../config/issues';
import { expectation } from '../../config/refusal';
import { ProfileTables } from '../../config/schema/profile';
import { Commented } from './schema-comments';

/** A JSON Schema as far as this program writes one (draft 7, which editors read). */
export interface JsonSchema {
  $schema?: string;
  $comment?: string;
  title?: string;
  description?: string;
  /** What the value must be, in the words of a refusal. */
  'x-must-be'?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  not?: JsonSchema;
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  if?: JsonSchema;
  else?: JsonSchema;
  minimum?: number;
  maximum?: number;
  minItems?: number;
}

/** Of no type that TOML has. */
const NOTHING_IN_TOML = Symbol('nothing in TOML');

/** What a value must be, as a refusal of the program says it. Tables say it by their fields. */
function mustBe(schema: z.core.$ZodType): string | undefined {
  const parsed = z.safeParse(schema, NOTHING_IN_TOML, { error: expectation });
  const issue = parsed.error?.issues[0];
  if (!issue || issue.path.length > 0) return undefined;
  const [problem] = describeIssue(issue, schema, NOTHING_IN_TOML as never);
  return /^must be (.*), got /s.exec(problem!.text)?.[1];
}

/** zod bounds every whole number by what JavaScript counts to, and says of a table that it may be left out by a default. */
function tidy(json: JsonSchema): void {
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  if (json.properties && JSON.stringify(json.default) === '{}') delete json.default;
  delete json.$schema;
}

function jsonSchema(): JsonSchema {
  return z.toJSONSchema(ProfileTables, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    reused: 'inline',
    override: ({ zodSchema, jsonSchema: json }) => {
      tidy(json as JsonSchema);
      const words = mustBe(zodSchema);
      if (words && !(json as JsonSchema).properties) (json as JsonSchema)['x-must-be'] = words;
    },
  }) as JsonSchema;
}

/** Puts the comments of config/schema/ on every field, with what the value must be. */
function describe(json: JsonSchema, place: Commented): void {
  const text = [place.comment, json['x-must-be'] && `Must be ${json['x-must-be']}.`].filter(Boolean).join('\n\n');
  if (text) json.description ??= text;
  const branches = [json, ...(json.anyOf ?? []), ...(json.oneOf ?? [])];
  for (const branch of branches) {
    const names = Object.keys(branch.properties ?? {});
    for (const [name, field] of Object.entries(branch.properties ?? {})) describe(field, place.field(name, names));
    if (branch.items) describe(branch.items, place.inner);
    if (typeof branch.additionalProperties === 'object') describe(branch.additionalProperties, place.inner);
  }
}

/** What is required of tables that merge with a parent's: only where there is none. Items of lists do not merge. */
function takeRequired(json: JsonSchema): JsonSchema | undefined {
  const { required } = json;
  delete json.required;
  const inner = Object.entries(json.properties ?? {}).flatMap(([name, field]): [string, JsonSchema][] => {
    const taken = field.properties && takeRequired(field);
    return taken ? [[name, taken]] : [];
  });
  if (!required && inner.length === 0) return undefined;
  return { ...(required && { required }), ...(inner.length > 0 && { properties: Object.fromEntries(inner) }) };
}

/** `pool = false`, `patches = false` under `[deploy]`, at any depth: none of it, whatever the parent says. */
function allowSwitchedOff(json: JsonSchema): void {
  for (const field of Object.values(json.properties ?? {}).filter((it) => it.properties ?? it.items?.properties)) {
    allowSwitchedOff(field);
    field.type = [field.properties ? 'object' : 'array', 'boolean'];
    field.not = { const: true };
  }
}

/** The JSON Schema of a whole config.toml, for editors: the zod schemas, with the comments above their fields. */
export function configSchema(): JsonSchema {
  const json = jsonSchema();
  describe(json, Commented.root());
  const deploy = json.properties!.deploy!;
  const required = takeRequired(deploy);
  allowSwitchedOff(deploy);
  if (required) Object.assign(deploy, { if: { required: ['extends'] }, else: required });
  // OpenHands passes over what it does not know there, and so does this program, with a warning.
  for (const table of [json, json.properties!.core!]) table.additionalProperties = true;
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $comment: 'Written by `npm run docs`: change config/schema/, not this file.',
    title: "OpenHands's config.toml with this program's [deploy]",
    ...json,
  };
}
