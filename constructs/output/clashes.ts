import { isDeepStrictEqual } from 'node:util';
import { identityOf, titleOf, type Manifest } from '../policy/objects';

/** What one profile renders. */
export interface RenderedProfile {
  readonly name: string;
  readonly objects: readonly Manifest[];
}

/**
 * Profiles that write the same object differently, one line a pair: in one cluster, what is applied last would win. What
 * several profiles write alike is nobody's mistake.
 */
export function clashes(profiles: readonly RenderedProfile[]): string[] {
  const writers = new Map<string, { readonly name: string; readonly object: Manifest }>();
  const pairs = new Map<string, Manifest[]>();
  for (const { name, objects } of profiles) {
    for (const object of objects) {
      const key = identityOf(object);
      const first = writers.get(key);
      if (first === undefined) writers.set(key, { name, object });
      else if (!isDeepStrictEqual(first.object, object)) {
        const pair = `${first.name} and ${name}`;
        pairs.set(pair, [...(pairs.get(pair) ?? []), object]);
      }
    }
  }
  return [...pairs].map(([pair, [object, ...others]]) => {
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    return `${pair}: must not write the same object differently, got ${titleOf(object)}${more}: give each its own kubernetes.namespace, or render them one by one if they are for two clusters`;
  });
}
