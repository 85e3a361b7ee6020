/** Statements of OTTL, the language of the transform processor. */

/** A text. */
export const quoted = (text: string) => JSON.stringify(text);

const at = (base: string, path: string) =>
  `${base}${path
    .split('.')
    .map((it) => `["${it}"]`)
    .join('')}`;
/** A field of the document. */
export const field = (path: string) => at('log.body', path);
/** What was read so far. */
export const read = (path: string) => at('log.cache', path);

/** Puts a value into a field of the document; one that is not there leaves the field out. */
export const set = (path: string, value: string, where?: string) =>
  `set(${field(path)}, ${value})${where === undefined ? '' : ` where ${where}`}`;
/** The named groups of a pattern. */
export const extract = (target: string, from: string, pattern: string, where: string) =>
  `set(${read(target)}, ExtractPatterns(${from}, ${quoted(pattern)})) where ${where}`;
