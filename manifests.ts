import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, Chart, Names, type App } from 'cdk8s';
import { inKeyOrder } from './constructs/output/key-order';
import type { ManifestFile } from './constructs/output/manifest-file';
import type { Manifest } from './constructs/policy/objects';
import { yamlOf } from './constructs/output/yaml';

/**
 * An object as JSON: what its `toJson` gives, four times faster. That one looks into every value for tokens, which are not
 * used here, and copies it five times; a built-in kind's own `manifest` and one sorted copy do.
 */
function manifestOf(object: ApiObject): Manifest {
  // A patch is known to `toJson` alone. Labels and annotations are all given to the constructor: none is added later.
  if (object['patches'].length > 0) return object.toJson();
  const { manifest } = object.constructor as { manifest?: (props: Manifest) => Manifest };
  return inKeyOrder(manifest?.(object['props']) ?? object['props']);
}

/** Files, names and order are those of cdk8s's own `App.synth` for constructs that do not depend on each other. */
export const manifestFiles = (app: App): ManifestFile[] =>
  app.node.children
    .filter((it) => Chart.isChart(it))
    .map((chart) => ({
      name: `${Names.toDnsLabel(chart)}${app.outputFileExtension}`,
      objects: chart.node
        .findAll()
        .filter((it) => ApiObject.isApiObject(it))
        .map(manifestOf),
    }));

/** A file's text in pieces, so that the whole of it need not be in memory. */
export function* textOf({ objects }: ManifestFile): Generator<string> {
  for (const [index, object] of objects.entries()) yield `${index === 0 ? '' : '---\n'}${yamlOf(object)}`;
}

/** Characters that are written at once. */
const CHUNK = 2 ** 16;

function writeManifestFile(file: ManifestFile, path: string): void {
  const descriptor = openSync(path, 'w');
  let chunk = '';
  for (const piece of textOf(file)) {
    chunk += piece;
    if (chunk.length < CHUNK) continue;
    writeSync(descriptor, chunk);
    chunk = '';
  }
  writeSync(descriptor, chunk);
  closeSync(descriptor);
}

/** Write the files into a folder, which is made if it is not there. */
export function writeManifests(files: readonly ManifestFile[], folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const file of files) writeManifestFile(file, join(folder, file.name));
}
