import type { JsonSchema } from './config-schema';
import { code, NONE, page, table } from './markdown';

const INTRODUCTION = `
# Configuration

<!-- Written by \`npm run docs\`: change config/schema/, not this file. -->

Every field of a profile: the tables of OpenHands's config.toml, and this program's own under \`[deploy]\`. A dash: nothing,
unless it is said. \`name = false\` takes a parent's table under \`[deploy]\` away.

An editor with [Taplo](https://taplo.tamasfe.dev) (VS Code: Even Better TOML) completes and explains them, and marks what is
wrong, in a file that begins with the address of \`config/config.schema.json\`:

\`\`\`toml
#:schema ./config/config.schema.json
\`\`\`
`;

/** A value as TOML has it in one line. */
export function toml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toml).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const key = (name: string) => (/^[\w-]+$/.test(name) ? name : JSON.stringify(name));
  const pairs = Object.entries(value).map(([name, inner]) => `${key(name)} = ${toml(inner)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

/** What a field means, without what it must be. */
const meaningOf = ({ description = '' }: JsonSchema): string => description.split('\n\n')[0]!;

/** What a value must be: in the words of a refusal, or a table with its own section. */
function mustBe(field: JsonSchema): string {
  if (field.properties) return 'a table, below';
  const bounds = field.type === 'integer' && !/\d/.test(field['x-must-be'] ?? '') ? field : {};
  const least = bounds.minimum === undefined ? '' : `, at least ${bounds.minimum}`;
  const most = bounds.maximum === undefined ? '' : `, at most ${bounds.maximum}`;
  const words = (field['x-must-be'] ?? 'anything') + least + most;
  const inner =
    field.items ?? (typeof field.additionalProperties === 'object' ? field.additionalProperties : undefined);
  const each = inner && (inner.properties ? 'a table, below' : inner['x-must-be']);
  return each ? `${words}; each ${each}` : words;
}

function fieldsTable(fields: readonly [string, JsonSchema][]): string {
  const rows = fields.map(([name, field]) => [
    code(name),
    mustBe(field),
    field.default === undefined ? NONE : code(toml(field.default)),
    meaningOf(field),
  ]);
  return table(['Field', 'Must be', 'Default', 'What it is'], rows);
}

/** The branches of a field that are tables, themselves or one for each item. */
function tablesIn(field: JsonSchema, place: string): [string, JsonSchema][] {
  const items =
    field.items ?? (typeof field.additionalProperties === 'object' ? field.additionalProperties : undefined);
  const own: [string, JsonSchema][] = field.properties ? [[place, field]] : [];
  const branches = [...(field.anyOf ?? []), ...(field.oneOf ?? [])].flatMap((it) => tablesIn(it, place));
  return [...own, ...branches, ...(items ? tablesIn(items, field.items ? `[${place}]` : `${place}.NAME`) : [])];
}

/** How a branch among several is told from the others: by its `type`, or by what it must have. */
function branchName({ properties = {}, required = [] }: JsonSchema): string {
  const type = properties.type?.const;
  return type === undefined ? ` with ${required.map(code).join(' and ')}` : ` of type ${code(toml(type))}`;
}

function sections(field: JsonSchema, place: string): string[] {
  const tables = tablesIn(field, place);
  return tables.flatMap(([name, it]) => {
    const isReference = Object.keys(it.properties!).join() === 'secret,key';
    if (isReference) return [];
    const fields = Object.entries(it.properties!);
    const title = `## [${name}]${tables.length > 1 ? branchName(it) : ''}`;
    const path = name.replace(/^\[+|\]+$/g, '');
    return [
      [title, meaningOf(it), fields.length > 0 ? fieldsTable(fields) : 'It has no fields.']
        .filter(Boolean)
        .join('\n\n'),
      ...fields.flatMap(([key, inner]) => sections(inner, `${path}.${key}`)),
    ];
  });
}

/** docs/configuration.md: every field, what it must be, its default and what it means. */
export function configurationPage({ properties = {} }: JsonSchema): string {
  const known = Object.entries(properties).filter(([, it]) => it.properties);
  const carried = Object.entries(properties).filter(([, it]) => !it.properties);
  return page(
    INTRODUCTION,
    ...known.flatMap(([name, field]) => sections(field, name)),
    `## Tables that only the OpenHands app reads\n\nThey are carried into its config.toml as they are.\n\n${table(
      ['Table', 'What it is'],
      carried.map(([name, it]) => [code(`[${name}]`), meaningOf(it)]),
    )}`,
  );
}
