/** Words of CEL, the language of admission policies. https://kubernetes.io/docs/reference/using-api/cel/ */

/** Stands in a shape's texts for the session that a Pod is labelled with, and for the Pod's own name. */
export const SESSION = '<session>';
export const POD = '<pod>';

/** What they are in the Pod that is judged. */
const PLACES: Readonly<Record<string, string>> = { [SESSION]: 'variables.session', [POD]: 'object.metadata.name' };

/** A text as CEL: `"openhands-runtime-" + variables.session + "-pvc"`. */
export const text = (value: string): string =>
  value
    .split(new RegExp(`(${SESSION}|${POD})`))
    .filter((part) => part !== '')
    .map((part) => PLACES[part] ?? JSON.stringify(part))
    .join(' + ') || '""';

export const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** A list of texts or numbers, each once. */
export const list = (values: readonly (string | number)[]): string =>
  `[${unique(values)
    .map((it) => (typeof it === 'number' ? String(it) : text(it)))
    .join(', ')}]`;

export const all = (...conditions: readonly string[]): string => conditions.join(' && ');
export const any = (...conditions: readonly string[]): string => conditions.join(' || ');

/** `has` for every step of a path below `root`: a missing step would be an error. */
export const hasPath = (root: string, ...steps: readonly string[]): string =>
  all(...steps.map((_, index) => `has(${[root, ...steps.slice(0, index + 1)].join('.')})`));

/** Holds where a path is missing, and else where `condition` does. */
export const ifPresent = (root: string, steps: readonly string[], condition: string): string =>
  any(...steps.map((_, index) => `!has(${[root, ...steps.slice(0, index + 1)].join('.')})`), condition);

/** A field is one of the examples' values; it may be missing if it is in one of them. */
export function oneOf(
  root: string,
  steps: readonly string[],
  examples: readonly (string | number | undefined)[],
): string {
  const values = examples.filter((it) => it !== undefined);
  const path = [root, ...steps].join('.');
  if (values.length === 0) return `!(${hasPath(root, ...steps)})`;
  const isOne = `${path} in ${list(values)}`;
  return values.length < examples.length ? ifPresent(root, steps, isOne) : all(hasPath(root, ...steps), isOne);
}

/**
 * A boolean is not the unsafe value, unless an example is. Nothing: it may be either.
 *
 * @param unset what a missing field means
 */
export function flag(
  root: string,
  steps: readonly string[],
  examples: readonly (boolean | undefined)[],
  { safe, unset }: { readonly safe: boolean; readonly unset: boolean },
): string | undefined {
  if (examples.some((it) => (it ?? unset) !== safe)) return undefined;
  const path = [root, ...steps].join('.');
  const isSafe = safe ? path : `!${path}`;
  return unset === safe ? ifPresent(root, steps, isSafe) : all(hasPath(root, ...steps), isSafe);
}
