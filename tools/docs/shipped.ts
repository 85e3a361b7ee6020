import { App } from 'cdk8s';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadProfile, shippedProfiles } from '../../config/load';
import type { Profile } from '../../config/schema/profile';
import { RUNTIME } from '../../constructs/labels';
import { objectsIn } from '../../constructs/output/manifest-file';
import { Manifests, type Manifest, type PodManifest } from '../../constructs/policy/objects';
import { objectsOf } from '../../main';
import { manifestFiles } from '../../manifests';
import { unique } from './markdown';

/** A shipped profile with what it renders. */
export interface Shipped {
  readonly name: string;
  /** The comment at the top of its file. */
  readonly summary: string;
  readonly profile: Profile;
  readonly manifests: Manifests;
}

/** From a first try to everything; profiles that are not named here come last. */
const ORDER = ['local', 'development', 'agent-sandbox', 'staging', 'production'];

const place = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);

function summaryOf(name: string): string {
  const text = readFileSync(join(__dirname, '../../config/profiles', `${name}.toml`), 'utf8');
  const comment = /^(?:#:schema .*\n\n)?((?:#.*\n)*)/.exec(text)?.[1] ?? '';
  return comment.replace(/^# ?/gm, '').replaceAll('\n', ' ').trim();
}

/** The objects of the charts that `build` adds to an app. */
export function render(build: (app: App) => void): Manifest[] {
  const app = new App();
  build(app);
  return objectsIn(manifestFiles(app));
}

/** Every shipped profile, with no override from the environment: the same pages on every machine. */
export function shipped(): Shipped[] {
  const names = shippedProfiles().sort((a, b) => place(a) - place(b));
  return names.map((name) => {
    const { profile } = loadProfile(name);
    return {
      name,
      summary: summaryOf(name),
      profile,
      manifests: new Manifests(objectsOf(profile)),
    };
  });
}

export const isSandbox = ({ labels }: PodManifest): boolean => labels.app === RUNTIME;

/** Rows for several profiles, each said once: a row's cells, with the names of the profiles that have it. */
export function shared(
  profiles: readonly Shipped[],
  rowsOf: (profile: Shipped) => readonly (readonly string[])[],
): { cells: readonly string[]; profiles: string[] }[] {
  const found = new Map<string, { cells: readonly string[]; profiles: string[] }>();
  for (const profile of profiles) {
    for (const cells of unique(rowsOf(profile).map((row) => JSON.stringify(row)))) {
      const row = found.get(cells) ?? { cells: JSON.parse(cells) as string[], profiles: [] };
      row.profiles.push(profile.name);
      found.set(cells, row);
    }
  }
  return [...found.values()];
}

/** `every profile`, or their names. */
export const namesOf = (names: readonly string[], all: readonly Shipped[]): string =>
  names.length === all.length ? 'every profile' : names.join(', ');
