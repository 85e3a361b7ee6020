import { titleOf } from '../../constructs/policy/objects';
import { SESSION_KEYS } from '../../constructs/secrets/session-keys';
import type { Outcome } from './make-keys';

export interface ReportProps {
  readonly isDryRun: boolean;
  /** Of the kubeconfig. @default its current one */
  readonly context?: string;
}

function lineOf({ secret, made, problem }: Outcome, isDryRun: boolean): string {
  const title = titleOf(secret.reference);
  if (problem !== undefined) return `FAILED ${title}: ${problem}`;
  if (made.length === 0) return `${title}: all ${secret.entries.length} entries are there`;
  const verb = secret.copyOf ? ['would copy', 'copied'] : ['would make', 'made'];
  return `${title}: ${isDryRun ? verb[0] : verb[1]} ${made.join(', ')}`;
}

/** kubectl's words to print one entry. */
export const keyReading = (namespace: string, entry: string, context?: string) =>
  [
    'kubectl',
    ...(context === undefined ? [] : [`--context ${context}`]),
    `-n ${namespace} get secret ${SESSION_KEYS}`,
    `-o go-template='{{ index .data "${entry}" | base64decode }}{{ "\\n" }}'`,
  ].join(' ');

/** A key that a person types into a page is a session's; one that is there is enough to show how. */
const shownEntry = ({ secret: { entries } }: Outcome) => entries.find((it) => it.endsWith('.api-key'));

function howToRead(outcomes: readonly Outcome[], context?: string): string[] {
  const lines = outcomes.flatMap((it) => {
    const entry = it.problem === undefined && !it.secret.copyOf ? shownEntry(it) : undefined;
    return entry === undefined ? [] : [`  ${keyReading(it.secret.reference.metadata.namespace!, entry, context)}`];
  });
  return lines.length > 0 ? ['', 'To read one:', ...lines] : [];
}

/** Only optional entries can be missing from a sandbox that runs. */
function restartNotes(outcomes: readonly Outcome[]): string[] {
  const names = outcomes
    .filter(({ secret, made }) => secret.isOptional && made.length > 0 && !secret.copyOf)
    .map(({ secret }) => secret.reference.metadata.namespace);
  if (names.length === 0) return [];
  return ['', `A sandbox that runs already gets them when its Pod is made anew (in ${names.join(', ')}).`];
}

/** What a person reads. No value of a key is in it. */
export function reportOf(outcomes: readonly Outcome[], { isDryRun, context }: ReportProps): string[] {
  const lines = outcomes.map((it) => lineOf(it, isDryRun));
  return isDryRun ? lines : [...lines, ...restartNotes(outcomes), ...howToRead(outcomes, context)];
}
