/** The comments of config/schema/ by the fields that they stand above: the one place where a field's meaning is written. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

const SCHEMA = join(__dirname, '../../config/schema');

/** An expression that makes a schema, with the file it stands in. */
interface Made {
  readonly file: string;
  readonly expression: ts.Expression;
  /** The comment above it, on one line. */
  readonly comment: string;
}

const files = new Map<string, ts.SourceFile>();

function sourceOf(file: string): ts.SourceFile {
  const source = files.get(file) ?? ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  files.set(file, source);
  return source;
}

function commentOf(node: ts.Node): string {
  const comments = ts.getJSDocCommentsAndTags(node).map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '');
  return comments.join(' ').replace(/\s+/g, ' ').trim();
}

/** What a name stands for: a constant of its file, or of one that it imports. */
function constant(file: string, name: string): Made | undefined {
  for (const statement of sourceOf(file).statements) {
    if (ts.isVariableStatement(statement)) {
      const found = statement.declarationList.declarations.find((it) => it.name.getText() === name);
      if (found?.initializer) return { file, expression: found.initializer, comment: commentOf(statement) };
    }
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const names = statement.importClause?.namedBindings;
    if (!names || !ts.isNamedImports(names) || !names.elements.some((it) => it.name.text === name)) continue;
    if (!statement.moduleSpecifier.text.startsWith('.')) return undefined;
    return constant(`${resolve(dirname(file), statement.moduleSpecifier.text)}.ts`, name);
  }
  return undefined;
}

const listed = (expression: ts.Expression | undefined): readonly ts.Expression[] =>
  expression && ts.isArrayLiteralExpression(expression) ? expression.elements : [];

/** The parts of a call that make a schema of others: what the call is, and of which schemas. */
function partsOf(call: ts.CallExpression): { kind: 'table' | 'inner' | 'around'; of: readonly ts.Expression[] } {
  const { expression: callee, arguments: given } = call;
  const [first, second] = given;
  const none = { kind: 'around', of: [] } as const;
  if (ts.isIdentifier(callee)) return { kind: 'around', of: first ? [first] : [] };
  if (!ts.isPropertyAccessExpression(callee)) return none;
  const method = callee.name.text;
  if (callee.expression.getText() !== 'z') {
    // z.string().default('x'): what it is called on; .or() and .extend() bring another.
    const more = (method === 'or' || method === 'extend') && first ? [first] : [];
    return { kind: 'around', of: [callee.expression, ...more] };
  }
  if (method === 'strictObject' || method === 'object') return { kind: 'table', of: first ? [first] : [] };
  if (method === 'array') return { kind: 'inner', of: first ? [first] : [] };
  if (method === 'record') return { kind: 'inner', of: second ? [second] : [] };
  if (method === 'union') return { kind: 'around', of: listed(first) };
  if (method === 'discriminatedUnion') return { kind: 'around', of: listed(second) };
  return none;
}

/** The object literals that a schema's fields are in, its branches' too, and what its items are. */
function literalsOf({ file, expression }: Made): { tables: [string, ts.ObjectLiteralExpression][]; inner: Made[] } {
  if (ts.isObjectLiteralExpression(expression)) return { tables: [[file, expression]], inner: [] };
  if (ts.isIdentifier(expression)) {
    const made = constant(file, expression.text);
    return made ? literalsOf(made) : { tables: [], inner: [] };
  }
  if (!ts.isCallExpression(expression)) return { tables: [], inner: [] };
  const { kind, of } = partsOf(expression);
  const parts = of.map((part): Made => ({ file, expression: part, comment: '' }));
  if (kind === 'inner') return { tables: [], inner: parts };
  const found = parts.map(literalsOf);
  return { tables: found.flatMap((it) => it.tables), inner: found.flatMap((it) => it.inner) };
}

/** The fields of an object literal by name, those that it spreads too. */
function fieldsOf(file: string, literal: ts.ObjectLiteralExpression): [string, Made][] {
  return literal.properties.flatMap((property): [string, Made][] => {
    if (ts.isSpreadAssignment(property)) {
      return literalsOf({ file, expression: property.expression, comment: '' }).tables.flatMap((it) => fieldsOf(...it));
    }
    if (!ts.isPropertyAssignment(property)) return [];
    return [[property.name.getText(), { file, expression: property.initializer, comment: commentOf(property) }]];
  });
}

/** A constant's own comment says what a table is where the field has none: without the name of the table in front. */
function ownComment({ file, expression }: Made): string {
  if (ts.isIdentifier(expression)) {
    const made = constant(file, expression.text);
    return made ? made.comment.replace(/^`\[[^\]]*\]`(: )?/, '') || ownComment(made) : '';
  }
  if (ts.isCallExpression(expression) && ts.isPropertyAccessExpression(expression.expression)) {
    return ownComment({ file, expression: expression.expression.expression, comment: '' });
  }
  return '';
}

const sentence = (text: string) => (text === '' ? '' : `${text[0]!.toUpperCase()}${text.slice(1)}`);

/** A place in the schema whose comments can be asked for. */
export class Commented {
  private constructor(private readonly made: readonly Made[]) {}

  /** The whole config.toml. */
  static root(): Commented {
    const made = constant(join(SCHEMA, 'profile.ts'), 'ProfileTables');
    if (!made) throw new Error('config/schema/profile.ts has no ProfileTables');
    return new Commented([made]);
  }

  /** What is said of this place; empty if nothing is. */
  get comment(): string {
    const [first] = this.made.flatMap((it) => it.comment || ownComment(it) || []);
    return sentence(first ?? '');
  }

  /** A field. Of several branches, the one that has all of `fields`. */
  field(name: string, fields: readonly string[]): Commented {
    const tables = this.made.flatMap((it) => literalsOf(it).tables).map((it) => fieldsOf(...it));
    const all = tables.filter((table) => table.some(([key]) => key === name));
    const best = all.filter((table) => fields.every((key) => table.some(([other]) => other === key)));
    return new Commented(
      (best.length > 0 ? best : all).flatMap((it) => it.filter(([key]) => key === name).map(([, made]) => made)),
    );
  }

  /** The items of a list, or the values of a table whose keys are the user's. */
  get inner(): Commented {
    return new Commented(this.made.flatMap((it) => literalsOf(it).inner));
  }
}
