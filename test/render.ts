import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadProfile, shippedProfiles } from '../config/load';
import type { Profile } from '../config/schema/profile';
import { render as filesOfProfile, objectsOf as objectsOfProfile } from '../main';
import { textOf } from '../manifests';

/** A rendered object, as `kubectl` would read it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Rendered = any;

/** Run `use` on a folder that is gone afterwards. */
export function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'openhands-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Use a config.toml that is written here by its file. */
const withToml = <T>(use: (file: string) => T, toml: string): T =>
  inFolder((folder) => {
    const file = join(folder, 'config.toml');
    writeFileSync(file, toml);
    return use(file);
  });

/** The files that `cdk8s synth` writes for a profile: name to text. */
export const filesOf = (reference: string): Record<string, string> =>
  Object.fromEntries(
    filesOfProfile(loadProfile(reference).profile).map((file) => [file.name, [...textOf(file)].join('')]),
  );

/** A profile and every object of it, frozen: other tests look at the same. Change a structuredClone. */
export interface RenderedProfile {
  readonly profile: Profile;
  readonly objects: Rendered[];
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  Object.values(value).forEach(freeze);
}

function renderFile(reference: string): RenderedProfile {
  const { profile } = loadProfile(reference);
  const objects = objectsOfProfile(profile);
  freeze(objects);
  return { profile, objects };
}

/** By a shipped profile's name or the text of a config.toml. */
const rendered = new Map<string, RenderedProfile>();

function once(key: string, make: () => RenderedProfile): RenderedProfile {
  // Stryker looks which lines each test comes by (test/mutation), and changes them.
  if ('__stryker__' in globalThis) return make();
  const made = rendered.get(key) ?? make();
  rendered.set(key, made);
  return made;
}

/** Render a shipped profile, once, or a file. */
export const render = (reference: string): RenderedProfile =>
  shippedProfiles().includes(reference) ? once(reference, () => renderFile(reference)) : renderFile(reference);

/** Render a config.toml that is written here, once. */
export const renderToml = (toml: string): RenderedProfile => once(toml, () => withToml(renderFile, toml));

/** Every object of a profile: a shipped profile's name or a file. */
export const objectsOf = (reference: string): Rendered[] => render(reference).objects;

/** Every object of a config.toml that is written here. */
export const objectsOfToml = (toml: string): Rendered[] => renderToml(toml).objects;

/** The one object of that kind and name. */
export function find(objects: readonly Rendered[], kind: string, name?: string): Rendered {
  const found = objects.filter((it) => it.kind === kind && (name === undefined || it.metadata.name === name));
  if (found.length !== 1) throw new Error(`${found.length} objects are a ${kind} ${name ?? ''}`);
  return found[0];
}

/** The Pod of the only sandbox: of a bare Pod, or of a workload's template. */
export function podOf(objects: readonly Rendered[]): Rendered {
  const isSandbox = (it: Rendered) => it.metadata.labels?.app === 'openhands-runtime';
  const workload = objects.find((it) => ['Pod', 'Deployment'].includes(it.kind) && isSandbox(it));
  return workload.kind === 'Pod' ? workload : workload.spec.template;
}
