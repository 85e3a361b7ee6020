import { isDeepStrictEqual } from 'node:util';
import type { Problem } from '../../config/refusal';
import type { PatchConfig } from '../../config/schema/patches';
import { isTable, type Path } from '../../config/tables';
import { inKeyOrder } from '../output/key-order';
import { nameOf, type Manifest } from '../policy/objects';
import { applyOperation } from './json-patch';
import { targets, unknownTarget } from './patch-target';

/** https://www.rfc-editor.org/rfc/rfc7386, without null, which TOML does not have. */
function merged(below: Manifest, above: unknown): Manifest {
  if (!isTable(above)) return above;
  const copy: Manifest = isTable(below) ? { ...below } : {};
  for (const [key, value] of Object.entries(above)) copy[key] = merged(copy[key], value);
  return copy;
}

/** What other objects, and the next apply, find an object by. */
const IDENTITY: readonly (readonly string[])[] = [
  ['apiVersion'],
  ['kind'],
  ['metadata', 'name'],
  ['metadata', 'namespace'],
];

const valueAt = (object: Manifest, keys: readonly string[]) => keys.reduce((value, key) => value?.[key], object);

/** The first part of what an object is called that is not what it was. */
const renamed = (before: Manifest, after: Manifest) =>
  IDENTITY.find((keys) => valueAt(before, keys) !== valueAt(after, keys));

const keepsName = (before: Manifest, path: Path, field: readonly string[]): Problem => ({
  path,
  text: `must leave ${field.join('.')} of ${nameOf(before)} as it is: patches change what an object is, not what it is called`,
});

/** What a patch makes of one object, or why it cannot. */
export function patched(before: Manifest, { patch = [], merge }: PatchConfig, path: Path): Manifest | Problem[] {
  if (merge) {
    const after = merged(before, merge);
    const field = renamed(before, after);
    return field ? [keepsName(before, [...path, 'merge', ...field], field)] : after;
  }
  const after = inKeyOrder(before);
  for (const [index, operation] of patch.entries()) {
    const place = [...path, 'patch', index];
    const problem = applyOperation(after, operation, place);
    if (problem) return [problem];
    const field = renamed(before, after);
    if (field) return [keepsName(before, [...place, 'path'], field)];
  }
  return after;
}

/** Rendered objects after all patches, and what is wrong with these. */
export interface Patched {
  readonly objects: readonly Manifest[];
  readonly problems: readonly Problem[];
}

function applyOne({ objects }: Patched, patch: PatchConfig, path: Path): Patched {
  const isMeant = targets(patch.target);
  const meant = objects.filter(isMeant);
  if (meant.length === 0) return { objects, problems: [unknownTarget(objects, patch.target, [...path, 'target'])] };
  const results = new Map(meant.map((object) => [object, patched(object, patch, path)]));
  const [refused] = [...results.values()].filter((it) => Array.isArray(it));
  if (refused) return { objects, problems: refused };
  const isSame = meant.every((object) => isDeepStrictEqual(object, results.get(object)));
  const text = `must change something, got what ${meant.map(nameOf).slice(0, 3).join(', ')} has already`;
  if (isSame) return { objects, problems: [{ path, text }] };
  return { objects: objects.map((object) => results.get(object) ?? object), problems: [] };
}

/** Apply patches in their order, each to what those before it left. One that is refused changes nothing. */
export function applyPatches(objects: readonly Manifest[], patches: readonly PatchConfig[]): Patched {
  return patches.reduce<Patched>(
    (before, patch, index) => {
      const after = applyOne(before, patch, ['deploy', 'patches', index]);
      return { objects: after.objects, problems: [...before.problems, ...after.problems] };
    },
    { objects, problems: [] },
  );
}
