import { didYouMean, showValue, type Problem } from '../../config/refusal';
import type { PatchTarget } from '../../config/schema/patches';
import type { Path } from '../../config/tables';
import type { Manifest } from '../policy/objects';
import { namePattern } from './name-pattern';

/** Whether a patch is about an object, as a question. */
export function targets({ kind, name, namespace }: PatchTarget): (object: Manifest) => boolean {
  const names = namePattern(name);
  return (object) =>
    object.kind === kind &&
    names.test(object.metadata.name) &&
    (namespace === undefined || object.metadata.namespace === namespace);
}

/** More words than these nobody reads. */
const LISTED = 20;

/** The word that was most likely meant, or all that it could be. */
function hint(word: string, words: readonly string[]): string {
  const known = [...new Set(words)];
  const list = known.length > LISTED ? `one of ${known.length}` : `one of ${known.join(', ')}`;
  return didYouMean(word, known) || `, expected ${known.length === 1 ? known[0] : list}`;
}

/** Which word of a target that fits no object is wrong. */
export function unknownTarget(
  objects: readonly Manifest[],
  { kind, name, namespace }: PatchTarget,
  path: Path,
): Problem {
  const ofKind = objects.filter((it) => it.kind === kind);
  if (ofKind.length === 0) {
    const text = `must be a kind of object that this profile renders, got ${showValue(kind, path)}`;
    return {
      path: [...path, 'kind'],
      text: text + hint(kind, [...new Set(objects.map((it): string => it.kind))].sort()),
    };
  }
  const names = namePattern(name);
  const named = ofKind.filter((it) => names.test(it.metadata.name));
  if (named.length === 0) {
    const text = `must be the name of a ${kind} that this profile renders, got ${showValue(name, path)}`;
    return {
      path: [...path, 'name'],
      text:
        text +
        hint(
          name,
          ofKind.map((it) => it.metadata.name),
        ),
    };
  }
  const namespaces = named.map((it): string => it.metadata.namespace ?? 'none');
  const text = `must be the namespace of ${kind}/${name}, got ${showValue(namespace, path)}`;
  return { path: [...path, 'namespace'], text: text + hint(namespace!, namespaces) };
}
