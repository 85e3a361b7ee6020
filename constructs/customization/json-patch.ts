import { applyPatch, type Operation } from 'rfc6902';
import { didYouMean, showValue, type Problem } from '../../config/refusal';
import type { PatchOperation } from '../../config/schema/patches';
import { isTable, type Path } from '../../config/tables';
import { nameOf, type Manifest } from '../policy/objects';

const keysOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((it) => it.replaceAll('~1', '/').replaceAll('~0', '~'));

/** Whether a key is one of a list's: its items are numbered, and `-` is behind the last. */
const isIndex = (key: string) => /^(-|0|[1-9]\d*)$/.test(key);

/** How far a pointer leads: the key at which it ends, and the keys that there are instead. */
function deadEnd(object: Manifest, pointer: string): { key: string; known: string[] } | undefined {
  let value: unknown = object;
  for (const key of keysOf(pointer)) {
    const isThere = Array.isArray(value) ? key in value && isIndex(key) : isTable(value) && Object.hasOwn(value, key);
    if (!isThere) return { key, known: isTable(value) ? Object.keys(value) : [] };
    value = (value as Record<string, unknown>)[key];
  }
  return undefined;
}

const parentOf = (pointer: string) => pointer.slice(0, pointer.lastIndexOf('/'));

/** What a pointer of an operation must lead to and does not. */
function wrongPointer(object: Manifest, pointer: string, isNew: boolean): string | undefined {
  const end = deadEnd(object, isNew ? parentOf(pointer) : pointer);
  const name = nameOf(object);
  if (end !== undefined) {
    return `must be a path of ${name}, got ${showValue(pointer, [])}: it has no ${end.key}${didYouMean(end.key, end.known)}`;
  }
  if (!isNew) return undefined;
  const parent = keysOf(parentOf(pointer)).reduce((value, key) => value[key], object);
  const key = keysOf(pointer).at(-1)!;
  if (isTable(parent)) return undefined;
  if (!Array.isArray(parent)) return `must be a path of ${name}, got ${showValue(pointer, [])}: its parent is a value`;
  if (isIndex(key) && (key === '-' || Number(key) <= parent.length)) return undefined;
  return `must be a path of ${name}, got ${showValue(pointer, [])}: that list has ${parent.length} items`;
}

/** Apply one operation to an object, in place. @returns why it cannot be applied */
export function applyOperation(object: Manifest, operation: PatchOperation, path: Path): Problem | undefined {
  const { op } = operation;
  if (operation.from !== undefined) {
    const wrong = wrongPointer(object, operation.from, false);
    if (wrong) return { path: [...path, 'from'], text: wrong };
  }
  const isNew = op === 'add' || op === 'copy' || op === 'move';
  const wrong = wrongPointer(object, operation.path, isNew);
  if (wrong) return { path: [...path, 'path'], text: wrong };
  const [error] = applyPatch(object, [operation as Operation]);
  if (!error) return undefined;
  if (op !== 'test') return { path, text: `must be possible in ${nameOf(object)}, got ${op}, which is not` };
  const keys = keysOf(operation.path);
  const found = keys.reduce<Manifest>((value, key) => value[key], object);
  return {
    path,
    text: `must hold in ${nameOf(object)}, got ${showValue(found, keys)}, expected ${showValue(operation.value, keys)}`,
  };
}
