import { readdirSync, readFileSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { objectsIn, type ManifestFile } from '../../constructs/output/manifest-file';
import type { Manifest } from '../../constructs/policy/objects';
import { UsageError } from '../usage-error';

function documentsOf(file: string): Manifest[] {
  return parseAllDocuments(readFileSync(file, 'utf8')).flatMap((document) => {
    const [problem] = document.errors;
    if (problem) throw new UsageError(`${file}: ${problem.message.split('\n')[0]}`);
    const object = document.toJS() as Manifest;
    if (object === null) return [];
    if (!object.apiVersion || !object.kind || !object.metadata?.name) {
      throw new UsageError(`${file}: expected objects with apiVersion, kind and metadata.name, got something else`);
    }
    return object.kind === 'List' ? (object.items as Manifest[]) : [object];
  });
}

/**
 * The files of a folder that have objects, in the order in which `kubectl apply -f FOLDER` reads them.
 *
 * @throws UsageError when there are none or they cannot be read
 */
export function readFiles(folder: string): ManifestFile[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    throw new UsageError(`--dir: expected a folder of manifests, got ${folder}: run npx cdk8s synth first`);
  }
  const names = entries.filter((it) => !it.isDirectory() && /\.(ya?ml|json)$/.test(it.name)).map(({ name }) => name);
  const files = names.sort().map((name) => ({ name, objects: documentsOf(join(folder, name)) }));
  const whole = files.filter(({ objects }) => objects.length > 0);
  if (whole.length > 0) return whole;
  const folders = entries.filter((it) => it.isDirectory()).map(({ name }) => name);
  const hint =
    folders.length > 0 ? ` but the folders ${folders.join(', ')}: set PROFILE as for cdk8s synth, or name one` : '';
  throw new UsageError(`--dir: expected manifests in ${folder}, got none${hint}`);
}

/**
 * The objects of a folder, in the order in which `kubectl apply -f FOLDER` reads them.
 *
 * @throws UsageError when there are none or they cannot be read
 */
export const readManifests = (folder: string): Manifest[] => objectsIn(readFiles(folder));
