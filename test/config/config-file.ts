import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadProfile, type Loaded } from '../../config/load';
import { Refused } from '../../config/refusal';
import { inFolder } from '../render';

export type Environment = Readonly<Record<string, string>>;

/** File name to text; `config.toml` is the one that is loaded. */
export type Files = Readonly<Record<string, string | Buffer>>;

const filesOf = (config: string | Files): Files =>
  typeof config === 'object' && !Buffer.isBuffer(config) ? config : { 'config.toml': config };

function inFilled<T>(config: string | Files, use: (folder: string) => T): T {
  return inFolder((folder) => {
    for (const [name, text] of Object.entries(filesOf(config))) writeFileSync(join(folder, name), text);
    return use(folder);
  });
}

/** Load a config.toml that is written here, or several files. */
export const load = (config: string | Files, environment: Environment = {}): Loaded =>
  inFilled(config, (folder) => loadProfile(join(folder, 'config.toml'), environment));

/** The problems of an action that must be refused. */
export function problemsOf(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof Refused) return error.problems;
    throw error;
  }
  throw new Error('not refused');
}

/** Why a config.toml is refused, its files called by their names alone. */
export const refusals = (config: string | Files, environment: Environment = {}): string[] =>
  inFilled(config, (folder) =>
    problemsOf(() => loadProfile(join(folder, 'config.toml'), environment)).map((it) =>
      it.replaceAll(`${folder}/`, '').replaceAll(folder, '.'),
    ),
  );
