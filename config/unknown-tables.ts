import { closest, distance } from 'fastest-levenshtein';
import type { Problem } from './refusal';
import { CoreConfig } from './schema/core';
import { DeployConfig } from './schema/deploy';
import { ProfileTables } from './schema/profile';
import { isTable, type Path, type Table } from './tables';

const TABLES = Object.keys(ProfileTables.shape);
const CORE = Object.keys(CoreConfig.shape);
const DEPLOY = Object.keys(DeployConfig.shape);

const IGNORED = 'is unknown to OpenHands 0.62, which ignores it';

/** Whether a name is most likely a known one: with a slip in it (one letter of three, at most three), or with more behind. */
function isSlip(name: string, known: string): boolean {
  const lower = name.toLowerCase();
  if (known.length > 5 && lower.startsWith(known)) return true;
  return distance(lower, known) <= Math.min(3, Math.max(1, Math.floor(known.length / 3)));
}

/** What is wrong with an unknown name if it is a slip of the pen: what was meant would be lost. */
function slip(path: Path, known: readonly string[]): Problem[] {
  const name = String(path.at(-1));
  const slips = known.filter((it) => isSlip(name, it));
  return slips.length === 0 ? [] : [{ path, text: `unknown key, did you mean ${closest(name.toLowerCase(), slips)}?` }];
}

function unknownTable(name: string): { refused: Problem[]; warned: Problem[] } {
  const path = [name];
  const refused = DEPLOY.includes(name)
    ? [{ path, text: `unknown key, did you mean deploy.${name}?` }]
    : slip(path, TABLES);
  const hint = CORE.includes(name) ? `, did you mean core.${name}?` : '';
  return { refused, warned: refused.length > 0 ? [] : [{ path, text: IGNORED + hint }] };
}

function unknownKeyOfCore(name: string): { refused: Problem[]; warned: Problem[] } {
  const path = ['core', name];
  const refused = slip(path, CORE);
  return { refused, warned: refused.length > 0 ? [] : [{ path, text: IGNORED }] };
}

/**
 * The names at the two places where OpenHands 0.62 logs what it does not know and goes on: the top of config.toml and
 * `[core]` (load_from_toml in openhands/core/config/utils.py). A bad key of `[kubernetes]` or `[sandbox]` stops it.
 *
 * @returns what is refused, and what is only warned of and carried into the server's config.toml as it is: another
 * OpenHands may know it
 */
export function unknownTables(values: Table): { refused: Problem[]; warned: Problem[] } {
  const unknown = (table: unknown, known: readonly string[]) =>
    isTable(table) ? Object.keys(table).filter((name) => !known.includes(name)) : [];
  const found = [...unknown(values, TABLES).map(unknownTable), ...unknown(values.core, CORE).map(unknownKeyOfCore)];
  return { refused: found.flatMap((it) => it.refused), warned: found.flatMap((it) => it.warned) };
}
