import { setTimeout } from 'node:timers/promises';
import { kubectl } from './kubectl';

/** Longer than any recovery takes. */
const PATIENCE = 300_000;

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly status: {
    readonly phase: string;
    readonly reason?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly restartCount: number;
      readonly state: { readonly waiting?: { readonly reason: string } };
    }[];
  };
}

/** The process that serves: another Pod is another one, and so is a container that was started again. */
const serving = ({ metadata, status }: Pod) => `${metadata.uid}/${status.containerStatuses?.[0]?.restartCount ?? 0}`;

export const nameOf = ({ metadata }: Pod): string => metadata.name;

export const isReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  status.phase === 'Running' &&
  status.conditions?.some((it) => it.type === 'Ready' && it.status === 'True') === true;

/** What is broken on purpose, what mends it, and how long that took. */
export interface Outcome {
  readonly drill: string;
  readonly by: string;
  readonly seconds: number;
}

/** Breaks sandboxes, and takes the time until they are Ready again. */
export class Drills {
  readonly outcomes: Outcome[] = [];

  constructor(private readonly namespace: string) {}

  /** Break one of the Pods that have a label, and wait until another one, or its container's next life, is Ready. */
  async recover(title: Omit<Outcome, 'seconds'>, selector: string, act: () => Promise<unknown>): Promise<void> {
    const before = (await this.pods(selector)).map(serving);
    const start = performance.now();
    await act();
    while (!(await this.pods(selector)).some((pod) => isReady(pod) && !before.includes(serving(pod)))) {
      if (performance.now() - start > PATIENCE) throw new Error(`${title.drill}: not Ready again`);
      await setTimeout(1_000);
    }
    this.outcomes.push({ ...title, seconds: Math.round((performance.now() - start) / 1000) });
  }

  /** All of them, as a table. */
  table(): string {
    const rows = this.outcomes.map(({ drill, by, seconds }) => [drill, by, `${seconds} s`]);
    const all = [['broken', 'mended by', 'Ready again after'], ...rows];
    const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]!.length)));
    return all.map((row) => `    ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}\n`).join('');
  }

  /** Those that a label selects, the failed ones too. */
  async pods(selector: string): Promise<Pod[]> {
    const { stdout } = await kubectl(
      'get',
      'pods',
      `--namespace=${this.namespace}`,
      `--selector=${selector}`,
      '-o=json',
    );
    return (JSON.parse(stdout) as { items: Pod[] }).items;
  }
}
