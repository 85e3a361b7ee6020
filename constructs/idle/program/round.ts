import { candidateOf, isVerdict, keep, type Candidate, type Sandbox, type Verdict } from './decide.ts';
import type { Kubernetes, Notice } from './kubernetes-api.ts';

/** Sandboxes that are asked at the same time. */
const AT_ONCE = 25;

export interface RoundProps {
  readonly kubernetes: Kubernetes;
  /** Asks a sandbox. */
  readonly ask: (candidate: Candidate) => Promise<Verdict>;
  readonly isDryRun: boolean;
  readonly log: (level: 'INFO' | 'WARNING' | 'ERROR', message: string, details?: object) => void;
}

/** What is told of a verdict on the Sandbox itself; that it is in use is nothing to tell. */
export function noticeOf({ decision, because }: Verdict, isDryRun: boolean): Notice | undefined {
  if (decision === 'keep') return undefined;
  if (decision === 'unknown') return { type: 'Warning', reason: 'IdleUnknown', note: `Left running: ${because}` };
  return isDryRun
    ? { type: 'Normal', reason: 'IdleWouldSuspend', note: `Would be suspended, but for dry_run: ${because}` }
    : { type: 'Normal', reason: 'IdleSuspended', note: `Suspended, its volume stays: ${because}` };
}

/** Call `use` with every item, no more than {@link AT_ONCE} at a time. */
async function each<T>(items: readonly T[], use: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await use(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/**
 * Look at every sandbox once, and suspend those that nobody uses.
 *
 * @returns whether every decision could be carried out and told
 * @throws Error when the API server does not say what there is; nothing has happened then
 */
export async function round({ kubernetes, ask, isDryRun, log }: RoundProps): Promise<boolean> {
  const began = performance.now();
  const [sandboxes, pods, claims] = await Promise.all([kubernetes.sandboxes(), kubernetes.pods(), kubernetes.claims()]);
  const decisions = { suspend: 0, keep: 0, unknown: 0 };
  let hasFailed = false;

  async function carryOut(sandbox: Sandbox, verdict: Verdict): Promise<Verdict> {
    if (verdict.decision !== 'suspend' || isDryRun) return verdict;
    return (await kubernetes.suspend(sandbox)) ? verdict : keep('somebody has changed it meanwhile');
  }

  async function lookAt(sandbox: Sandbox): Promise<void> {
    const name = sandbox.metadata.name;
    try {
      const candidate = candidateOf(sandbox, { pods, claims }, Date.now());
      if (candidate === undefined) return;
      const verdict = await carryOut(sandbox, isVerdict(candidate) ? candidate : await ask(candidate));
      const { decision, because } = verdict;
      decisions[decision]++;
      const level = decision === 'unknown' ? 'WARNING' : 'INFO';
      log(level, because, { sandbox: name, decision, ...(isDryRun && { dryRun: true }) });
      const notice = noticeOf(verdict, isDryRun);
      if (notice) await kubernetes.tell(sandbox, notice);
    } catch (error) {
      hasFailed = true;
      log('ERROR', (error as Error).message, { sandbox: name });
    }
  }

  await each(sandboxes, lookAt);
  log('INFO', 'a round is over', { ...decisions, seconds: Math.round(performance.now() - began) / 1000 });
  return !hasFailed;
}
