import { stringify } from 'yaml';
import type { FieldChange } from '../verify/fields';
import type { ObjectChange } from './change';
import { securityReasons } from './security';

/** A value on one line, all of it: what is cut off may be what a reviewer looks for. */
const whole = (value: unknown): string => JSON.stringify(value);

/** How many items two lists have in common, from their start. */
function sameAtStart(a: readonly string[], b: readonly string[]): number {
  const first = a.findIndex((it, index) => it !== b[index]);
  return first === -1 ? a.length : first;
}

/** Of two texts of several lines, such as a config.toml, the lines between the first and the last that differ. */
function differingLines(before: string, after: string): [string[], string[]] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const start = sameAtStart(old, now);
  const [oldRest, nowRest] = [old.slice(start), now.slice(start)];
  const end = sameAtStart(oldRest.toReversed(), nowRest.toReversed());
  return [oldRest.slice(0, oldRest.length - end), nowRest.slice(0, nowRest.length - end)];
}

const isLong = (value: unknown): value is string => typeof value === 'string' && value.includes('\n');

/** A change of a field as the lines of a diff. */
function fieldLines({ path, ...change }: FieldChange): string[] {
  if (isLong(change.before) && isLong(change.after)) {
    const [old, now] = differingLines(change.before, change.after);
    return [...old.map((it) => `- ${path}: ${whole(it)}`), ...now.map((it) => `+ ${path}: ${whole(it)}`)];
  }
  return [
    ...('before' in change ? [`- ${path}: ${whole(change.before)}`] : []),
    ...('after' in change ? [`+ ${path}: ${whole(change.after)}`] : []),
  ];
}

/** What its title and its labels do not already say. */
const SAID = ['apiVersion', 'kind', 'metadata'];

/** A created or deleted object as the lines of a diff. */
function objectLines({ action, object }: ObjectChange): string[] {
  const sign = action === 'created' ? '+' : '-';
  const body = Object.fromEntries(Object.entries(object).filter(([key]) => !SAID.includes(key)));
  if (Object.keys(body).length === 0) return [];
  return stringify(body, { lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .map((line) => `${sign} ${line}`);
}

export const changeLines = (change: ObjectChange): string[] =>
  change.action === 'changed' ? change.fields.flatMap(fieldLines) : objectLines(change);

/** ` (who may do what)`, or nothing. */
export function reasonText(change: ObjectChange): string {
  const reasons = securityReasons(change);
  return reasons.length > 0 ? ` (${reasons.join(', ')})` : '';
}
