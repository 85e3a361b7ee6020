/** A table's fields as config/schema/ says them: names, defaults, and the comments above them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { code, NONE, table } from './markdown';

const SCHEMA = join(__dirname, '../../config/schema');

/** The sentence above a field, on one line. */
function commentOf(property: ts.PropertyAssignment): string {
  const comments = ts.getJSDocCommentsAndTags(property).map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '');
  return comments.join(' ').replace(/\s+/g, ' ');
}

/** The fields of `const name = z.strictObject({ … })`, each with its comment. @throws Error if there is no such table */
function fieldsOf(file: string, name: string): [string, string][] {
  const source = ts.createSourceFile(file, readFileSync(join(SCHEMA, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const found = source.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .find((it) => it.name.getText() === name)?.initializer;
  const argument = found && ts.isCallExpression(found) ? found.arguments[0] : undefined;
  if (argument === undefined || !ts.isObjectLiteralExpression(argument)) throw new Error(`${file} has no ${name}`);
  return argument.properties.filter(ts.isPropertyAssignment).map((it) => [it.name.getText(), commentOf(it)]);
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value as TOML has it in one line. */
function toml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toml).join(', ')}]`;
  if (!isTable(value)) return JSON.stringify(value);
  const key = (name: string) => (/^[\w-]+$/.test(name) ? name : JSON.stringify(name));
  return `{ ${Object.entries(value)
    .map(([name, inner]) => `${key(name)} = ${toml(inner)}`)
    .join(', ')} }`;
}

/**
 * The fields of a table with what they mean.
 *
 * @param defaults the table as it is when nothing is said
 * @param without fields that have a table of their own
 */
export function fieldsTable(
  file: string,
  name: string,
  defaults: Readonly<Record<string, unknown>>,
  without: readonly string[] = [],
): string {
  const rows = fieldsOf(file, name)
    .filter(([field]) => !without.includes(field))
    .map(([field, comment]) => [
      code(field),
      defaults[field] === undefined ? NONE : code(toml(defaults[field])),
      comment,
    ]);
  return table(['Field', 'Default', 'What it is'], rows);
}
