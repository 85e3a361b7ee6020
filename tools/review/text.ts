import { stringify } from 'yaml';
import type { FieldChange } from '../verify/fields';
import type { ObjectChange } from './change';
import { securityReasons } from './security';

/** A value on one line, all of it: what is cut off may be what a reviewer looks for. */
const whole = (value: unknown): string => JSON.stringify(value);

/** A change of a field as the lines of a diff. */
const fieldLines = ({ path, ...change }: FieldChange): string[] => [
  ...('before' in change ? [`- ${path}: ${whole(change.before)}`] : []),
  ...('after' in change ? [`+ ${path}: ${whole(change.after)}`] : []),
];

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
