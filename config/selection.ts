import { readdirSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { shippedProfiles } from './load';
import { Refused, showValue } from './refusal';

/** A profile that is asked for. */
export interface SelectedProfile {
  /** A shipped profile's name, or the path of a file. */
  readonly reference: string;
  /** Folder of its manifests below the output's; absent: the output's own, as no other profile can be meant. */
  readonly folder?: string;
}

/** Between two profiles, and not inside of `{a,b}`. */
const SEPARATOR = /,(?![^{]*\})/;

const kindOf = (text: string): 'file' | 'folder' | 'pattern' | 'name' => {
  if (shippedProfiles().includes(text)) return 'name';
  const found = statSync(text, { throwIfNoEntry: false });
  if (found) return found.isDirectory() ? 'folder' : 'file';
  return /[*?[\]{}]/.test(text) ? 'pattern' : 'name';
};

function matching(pattern: string): string[] {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only if there is a pattern
  const { globSync } = require('tinyglobby') as typeof import('tinyglobby');
  const files = globSync(pattern, { expandDirectories: false, absolute: isAbsolute(pattern) }).filter((file) =>
    file.endsWith('.toml'),
  );
  if (files.length === 0) throw new Refused([`PROFILE: no .toml file is like ${showValue(pattern, [])}`]);
  return files.sort();
}

/** The profiles of a folder. Those in folders below it are there to be extended. */
function inside(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.toml'));
  if (files.length === 0) throw new Refused([`PROFILE: no .toml file is in the folder ${showValue(folder, [])}`]);
  return files.sort().map((file) => join(folder, file));
}

function referencesOf(part: string): string[] {
  if (part === '') throw new Refused(['PROFILE: must be profiles between commas, got nothing between two']);
  const kind = kindOf(part);
  if (kind === 'pattern') return matching(part);
  return kind === 'folder' ? inside(part) : [part];
}

const identityOf = (reference: string): string =>
  shippedProfiles().includes(reference) ? reference : resolve(reference);

/** @throws Refused with both profiles of one name: their manifests would be in one folder */
function inFolders(references: readonly string[]): SelectedProfile[] {
  const selected = new Map<string, string>();
  const problems: string[] = [];
  for (const reference of references) {
    const folder = basename(reference, '.toml');
    const other = selected.get(folder);
    if (other === undefined) selected.set(folder, reference);
    else if (identityOf(other) !== identityOf(reference)) {
      problems.push(`PROFILE: ${other} and ${reference}: must have different names, got ${folder} twice`);
    }
  }
  if (problems.length > 0) throw new Refused(problems);
  return [...selected].map(([folder, reference]) => ({ reference, folder }));
}

/**
 * The profiles that a text asks for: a shipped profile's name or a file, or several: between commas, a pattern of files such as
 * `environments/*.toml`, a folder of files. Whoever writes one of these has a folder for each, also when it is one today.
 *
 * @throws Refused
 */
export function selectProfiles(text: string): SelectedProfile[] {
  const kind = kindOf(text);
  // A comma may be in the name of a file.
  const parts = kind === 'file' ? [text] : text.split(SEPARATOR).map((it) => it.trim());
  if (parts.length === 1 && (kind === 'file' || kind === 'name')) return [{ reference: text }];
  return inFolders(parts.flatMap(referencesOf));
}
