import { join } from 'node:path';
import { selectProfiles, type SelectedProfile } from '../config/selection';
import type { Manifest } from '../constructs/policy/objects';
import { readManifests } from './cluster/folder';

/** The manifests of a profile that the variable PROFILE asks for. */
export interface SelectedManifests extends SelectedProfile {
  readonly dir: string;
  readonly objects: readonly Manifest[];
}

/**
 * What `npx cdk8s synth` wrote with the same PROFILE: in the folder itself for one profile, in one below it for each of several.
 *
 * @throws UsageError when a folder has no manifests
 */
export const selectedManifests = (dir: string): SelectedManifests[] =>
  selectProfiles(process.env.PROFILE || 'local').map((profile) => {
    const own = profile.folder === undefined ? dir : join(dir, profile.folder);
    return { ...profile, dir: own, objects: readManifests(own) };
  });

/** Exit statuses from the best to the worst: 3 failed and went back, 1 failed, 2 could not be asked. */
const WORSE = [0, 3, 1, 2];

/** The exit status of several. */
export const worstOf = (statuses: readonly number[]): number =>
  statuses.reduce((worst, it) => (WORSE.indexOf(it) > WORSE.indexOf(worst) ? it : worst), 0);

/**
 * Ask for one profile after the other, with its name above what is said of it where there are several.
 *
 * @returns the worst exit status
 */
export async function forEachProfile(
  profiles: readonly SelectedManifests[],
  ask: (profile: SelectedManifests) => Promise<number>,
): Promise<number> {
  const statuses: number[] = [];
  for (const profile of profiles) {
    const gap = statuses.length > 0 ? '\n' : '';
    if (profile.folder !== undefined) process.stdout.write(`${gap}== ${profile.folder}\n`);
    statuses.push(await ask(profile));
  }
  return worstOf(statuses);
}
