import { showAge } from '../duration';
import { alignedLines } from '../table';
import type { Measures, Volume } from './measures';
import { ownerOf, readyPods, stateOf, wantedPods, type Session, type State } from './session';

/** One line of the table, and one object of the JSON. */
export interface Row extends Measures {
  readonly name: string;
  readonly namespace: string;
  /** `Kind/name`. */
  readonly object: string;
  readonly state: State;
  readonly readyPods: number;
  readonly wantedPods: number;
  /** RFC 3339. */
  readonly created: string;
  readonly nodes: readonly string[];
  /** `Kind/name` of the claim that has it, or of the pool in which it waits. */
  readonly owner?: string;
}

export function rowOf(session: Session, measures: Measures): Row {
  const { name, namespace, workload, pods } = session;
  return {
    name,
    namespace,
    object: `${workload.kind}/${workload.metadata.name}`,
    state: stateOf(session),
    readyPods: readyPods(session).length,
    wantedPods: wantedPods(session),
    created: workload.metadata.creationTimestamp,
    nodes: [...new Set(pods.flatMap(({ spec }) => (spec.nodeName as string | undefined) ?? []))],
    owner: ownerOf(session),
    ...measures,
  };
}

const UNITS = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];

/** Bytes as a person reads them, with two digits at least: `312Mi`, `1.2Gi`. */
export function showBytes(bytes: number): string {
  const unit = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** unit;
  return `${value < 10 && !Number.isInteger(value) ? value.toFixed(1) : Math.round(value)}${UNITS[unit]}`;
}

/** Absent as soon as one is. */
const sumOf = (numbers: readonly (number | undefined)[]): number | undefined =>
  numbers.reduce<number | undefined>((sum, it) => (sum === undefined || it === undefined ? undefined : sum + it), 0);

function volumeText(volumes: readonly Volume[]): string {
  const [used, capacity] = [sumOf(volumes.map((it) => it.usedBytes)), sumOf(volumes.map((it) => it.capacityBytes))];
  if (volumes.length === 0 || capacity === undefined) return '-';
  return `${used === undefined ? '-' : showBytes(used)} of ${showBytes(capacity)}`;
}

/** A state that some of several Pods do not share. */
const stateText = ({ state, readyPods, wantedPods }: Row) =>
  wantedPods > 1 ? `${state} ${readyPods}/${wantedPods}` : state;

/** The rows as a table; a namespace is told where there are several. */
export function tableOf(rows: readonly Row[], now: number): string[] {
  const isSpread = new Set(rows.map(({ namespace }) => namespace)).size > 1;
  const head = ['NAME', 'KIND', 'STATE', 'IDLE', 'AGE', 'NODE', 'VOLUME', 'OWNER'];
  const cells = rows.map((row) => [
    row.name,
    row.object.split('/')[0]!,
    stateText(row),
    row.idleSeconds === undefined ? '-' : showAge(row.idleSeconds * 1000),
    showAge(now - Date.parse(row.created)),
    row.nodes.join(', ') || '-',
    volumeText(row.volumes),
    row.owner ?? '-',
  ]);
  return alignedLines(
    isSpread
      ? [['NAMESPACE', ...head], ...cells.map((it, index) => [rows[index]!.namespace, ...it])]
      : [head, ...cells],
  );
}
