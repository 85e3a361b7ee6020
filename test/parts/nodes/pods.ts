import { kubectl } from '../../e2e/kubectl';

/** A Pod, as far as it matters where it is and how it is. */
export interface PlacedPod {
  readonly name: string;
  readonly uid: string;
  readonly node?: string;
  /** The scheduler has found no place for it. */
  readonly isWaiting: boolean;
  readonly isReady: boolean;
  /** Somebody has asked it to end. */
  readonly isEnding: boolean;
  readonly phase: string;
}

interface Live {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const placed = ({ metadata, spec, status }: Live): PlacedPod => ({
  name: metadata.name,
  uid: metadata.uid,
  node: spec.nodeName,
  isWaiting: status.conditions?.some((it) => it.type === 'PodScheduled' && it.status === 'False') === true,
  isReady: status.conditions?.some((it) => it.type === 'Ready' && it.status === 'True') === true,
  isEnding: metadata.deletionTimestamp !== undefined,
  phase: status.phase,
});

export async function podsOf(namespace: string, selector: string): Promise<PlacedPod[]> {
  const { stdout } = await kubectl('get', 'pods', `--namespace=${namespace}`, `--selector=${selector}`, '-o=json');
  return (JSON.parse(stdout) as { items: Live[] }).items.map(placed);
}

/** Those that serve, and will. */
export const serving = (pods: readonly PlacedPod[]): PlacedPod[] => pods.filter((it) => it.isReady && !it.isEnding);

/** Those that the scheduler has found no place for. */
export const waiting = (pods: readonly PlacedPod[]): PlacedPod[] => pods.filter((it) => it.isWaiting);

/** How many there are of each: the largest number first. */
export function counts(values: readonly string[]): number[] {
  const found = new Map<string, number>();
  for (const value of values) found.set(value, (found.get(value) ?? 0) + 1);
  return [...found.values()].sort((a, b) => b - a);
}
