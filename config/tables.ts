/** Keys and indices from the top of a file down to a value. */
export type Path = readonly (string | number)[];

export type Table = { [key: string]: unknown };

/** Where a value was written: a file's line, or the name of an environment variable. */
export type Sources = Map<string, string>;

/** A config as it was written, with the place of every key. */
export interface Tables {
  readonly values: Table;
  readonly sources: Sources;
}

export const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** The key of a path in {@link Sources}. */
export const pathKey = (path: Path): string => JSON.stringify(path);

/** The place of a value, or of the nearest table around it that has one. */
export function sourceOf(sources: ReadonlyMap<string, string>, path: Path): string | undefined {
  for (let length = path.length; length > 0; length--) {
    const source = sources.get(pathKey(path.slice(0, length)));
    if (source !== undefined) return source;
  }
  return undefined;
}

/** A path as TOML would write it: `deploy.ingress.annotations."example.com/a"`, `deploy.sessions[1]`. */
export const showPath = (path: Path): string =>
  path
    .map((it) => (typeof it === 'number' ? `[${it}]` : `.${/^[\w-]+$/.test(it) ? it : JSON.stringify(it)}`))
    .join('')
    .replace(/^\./, '');
