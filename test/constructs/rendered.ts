import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadProfile } from '../../config/load';
import type { Profile } from '../../config/schema/profile';
import { render as filesOf } from '../../main';
import { inFolder, type Rendered } from '../render';

/** A profile and every object of it. */
export interface RenderedProfile {
  readonly profile: Profile;
  readonly objects: Rendered[];
}

/** Render a shipped profile's name or a file, and keep the profile. */
export function render(reference: string): RenderedProfile {
  const { profile } = loadProfile(reference);
  return { profile, objects: filesOf(profile).flatMap(({ objects }) => objects) };
}

const rendered = new Map<string, RenderedProfile>();

/** Render a config.toml that is written here, once, and keep the profile. Change a copy of what it gives. */
export function renderToml(toml: string): RenderedProfile {
  const known = rendered.get(toml);
  if (known !== undefined) return known;
  const made = inFolder((folder) => {
    const file = join(folder, 'config.toml');
    writeFileSync(file, toml);
    return render(file);
  });
  rendered.set(toml, made);
  return made;
}
