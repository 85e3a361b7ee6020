import { code, page } from '../docs/markdown';
import { nameOf } from '../../constructs/policy/objects';
import type { ObjectChange } from './change';
import { consequenceOf, effectCounts } from './effect';
import { bySecurity, securityReasons } from './security';
import { changeLines } from './text';

/** What one profile's rendering changes. */
export interface ProfileChanges {
  readonly profile: string;
  readonly changes: readonly ObjectChange[];
}

/** The same change in several profiles, told once. */
interface Shared extends ObjectChange {
  readonly profiles: string[];
}

/** Join what is the same: the namespace is each profile's own. */
function shared(all: readonly ProfileChanges[]): Shared[] {
  const groups = new Map<string, Shared>();
  for (const { profile, changes } of all) {
    for (const change of changes) {
      const key = JSON.stringify([change.action, nameOf(change.object), changeLines(change), consequenceOf(change)]);
      const group = groups.get(key);
      if (group) group.profiles.push(profile);
      else groups.set(key, { ...change, profiles: [profile] });
    }
  }
  return [...groups.values()];
}

function entry(change: Shared): string {
  const reasons = securityReasons(change);
  const lines = changeLines(change);
  const about = reasons.length > 0 ? `: ${reasons.join(', ')}` : '';
  const consequence = consequenceOf(change);
  return [
    `**${nameOf(change.object)}** ${change.action} in ${change.profiles.map(code).join(', ')}${about}`,
    ...(consequence ? ['', [`**${consequence.effect}**`, consequence.advice].filter(Boolean).join(': ')] : []),
    ...(lines.length > 0 ? ['', '```diff', ...lines, '```'] : []),
  ].join('\n');
}

const section = (title: string, changes: readonly Shared[]): string[] =>
  changes.length > 0 ? [`## ${title} (${changes.length})`, ...changes.map(entry)] : [];

/** The Markdown for a pull request. */
export function reviewPage(revision: string, all: readonly ProfileChanges[]): string {
  const { security, other } = bySecurity(shared(all));
  const total = security.length + other.length;
  const effects = effectCounts([...security, ...other]);
  const unchanged = all.filter(({ changes }) => changes.length === 0).map(({ profile }) => code(profile));
  return page(
    `# What is rendered differently since ${code(revision)}`,
    total === 0
      ? 'Nothing: every profile renders the same.'
      : `${total} ${total === 1 ? 'change' : 'changes'}, ${security.length} of them security-relevant.`,
    ...(effects ? [`What applying does to what runs: ${effects}.`] : []),
    ...(total > 0 && unchanged.length > 0 ? [`Unchanged: ${unchanged.join(', ')}.`] : []),
    ...section('Security-relevant', security),
    ...section('Other', other),
  );
}
