/**
 * JSON values as YAML that every parser reads alike: kubectl's (sigs.k8s.io/yaml, which is Go's own mix of 1.1 and 1.2),
 * YAML 1.1 (PyYAML) and YAML 1.2. No library writes for all three: each quotes what its own version would misread.
 */

/** Words that some parser reads as a boolean, null, an infinity, no number, a merge key or a default value. */
const KEYWORD = /^(?:~|null|true|false|yes|no|on|off|y|n|[-+]?\.|[-+]?\.inf|[-+]?\.nan|<<|=)$/i;

/** Digits in whatever base, with Go's `0b-1` and `0o_7`. */
const BASED_NUMBER = /^[-+]?_*0_*[box][-+\da-f_]*$/i;

/**
 * What has the characters of a number or of a date alone: exponents, sexagesimals (`12:30`), `1_000`, `2001-12-14 21:59Z`.
 * More than is one, such as an IPv4 address with a port, and easier to trust than the patterns of three parsers.
 */
const NUMBER_OR_DATE = /^(?=.*\d)[-+._\de][-+._:\dtze ]*$/i;

/** A number of dots that no parser takes for a number: versions and addresses. */
const DOTTED = /^\d+(?:\.\d+){2,}$/;

/** Indicators at the start, a document's marker, what would begin a value or a comment inside, blanks at an end. */
const INDICATED = /^[\s,[\]{}#&*!|>'"%@`]|^[-?:](?:\s|$)|^(?:---|\.\.\.)|:\s|\s#|[\s:]$/;

/** Beyond what every parser takes as it is, inside a line: other control characters, other line breaks, the byte order mark. */
const UNPRINTABLE = /[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

/** Most values: a letter and then nothing that means anything to a parser. Numbers and dates begin with a digit, a sign or an e. */
const WORD = /^[a-df-z][\w./-]*$/i;

/** Characters of the longest keyword. */
const LONGEST_KEYWORD = 5;

const isPlain = (text: string): boolean =>
  text !== '' &&
  (text.length > LONGEST_KEYWORD || !KEYWORD.test(text)) &&
  (WORD.test(text) ||
    (!INDICATED.test(text) &&
      !UNPRINTABLE.test(text) &&
      !BASED_NUMBER.test(text) &&
      (!NUMBER_OR_DATE.test(text) || DOTTED.test(text))));

/** In double quotes JSON is YAML, but for characters that YAML wants escaped and JSON does not. */
const doubleQuoted = (text: string): string =>
  JSON.stringify(text).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Double quotes, unless single ones save a backslash before each quote inside. */
const quoted = (text: string): string =>
  text.includes('"') && !text.includes("'") && !UNPRINTABLE.test(text) ? `'${text}'` : doubleQuoted(text);

const onOneLine = (text: string): string => (isPlain(text) ? text : quoted(text));

/** Whether lines stay lines in a literal block: the first line gives the indentation, and the last one has text. */
const isLiteral = (text: string): boolean =>
  text.includes('\n') && /^\S/.test(text) && /\S *\n*$/.test(text) && !UNPRINTABLE.test(text.replaceAll('\n', ''));

/** Lines under `|`; its sign says how many line breaks at the end are the text's. */
function literal(text: string, indent: string): string {
  const body = text.replace(/\n$/, '');
  const chomping = body === text ? '-' : body.endsWith('\n') ? '+' : '';
  return `|${chomping}\n${body.replace(/^(?=.)/gm, indent)}`;
}

/** YAML 1.1 knows an exponent only after a point. */
const number = (value: number): string => String(value).replace(/^(-?\d+)e/, '$1.0e');

function scalar(value: unknown, indent: string): string {
  switch (typeof value) {
    case 'string':
      return isLiteral(value) ? literal(value, indent) : onOneLine(value);
    case 'number':
      if (!Number.isFinite(value)) break;
      return number(value);
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? '[]' : '{}';
  }
  throw new TypeError(`expected a JSON value, got ${String(value)}`);
}

/** A key's text; beyond 1024 characters no parser looks for the colon. */
const keyText = (text: string): string => (text.length > 1000 ? `? ${doubleQuoted(text)}\n` : onOneLine(text));

/** Thousands of manifests have the same few keys. */
const keyTexts = new Map<string, string>();

function key(text: string): string {
  const known = keyTexts.get(text);
  if (known !== undefined) return known;
  const written = keyText(text);
  keyTexts.set(text, written);
  return written;
}

/** `lead` stands before the first line, `indent` before the others. */
function mapping(entries: Readonly<Record<string, unknown>>, indent: string, lead: string): string {
  const inner = `${indent}  `;
  let text = '';
  for (const name of Object.keys(entries)) {
    const value = entries[name];
    if (value === undefined) continue;
    const written = key(name);
    text += `${text === '' ? lead : indent}${written}${written.endsWith('\n') ? indent : ''}:`;
    text += isNested(value) ? `\n${block(value, inner, inner)}` : ` ${scalar(value, inner)}\n`;
  }
  return text;
}

function sequence(items: readonly unknown[], indent: string, lead: string): string {
  let text = '';
  for (const item of items) text += `${text === '' ? lead : indent}- ${node(item ?? null, `${indent}  `, '')}`;
  return text;
}

function hasEntry(entries: object): boolean {
  for (const name in entries) if (entries[name as keyof typeof entries] !== undefined) return true;
  return false;
}

const isNested = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && (Array.isArray(value) ? value.length > 0 : hasEntry(value));

const block = (value: object, indent: string, lead: string): string =>
  Array.isArray(value)
    ? sequence(value, indent, lead)
    : mapping(value as Readonly<Record<string, unknown>>, indent, lead);

const node = (value: unknown, indent: string, lead: string): string =>
  isNested(value) ? block(value, indent, lead) : `${scalar(value, indent)}\n`;

/**
 * A value as a YAML document, without `---`. What is undefined in an object is left out, as JSON does.
 *
 * @throws TypeError for what is not JSON
 */
export const yamlOf = (value: unknown): string => {
  const isBlock = typeof value === 'string' && isLiteral(value);
  return node(value, isBlock ? '  ' : '', '');
};
