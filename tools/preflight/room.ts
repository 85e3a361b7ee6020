import type { Manifest } from '../../constructs/policy/objects';
import { amount } from '../../config/schema/values';

type Amounts = Readonly<Record<string, number>>;

/** Pods that must find a place at the same time. */
export interface Demand {
  /** `Kind/name`. */
  readonly title: string;
  readonly count: number;
  /** The spec of such a Pod. */
  readonly pod: Manifest;
}

interface Room {
  readonly name: string;
  readonly node: Manifest;
  readonly free: Record<string, number>;
}

const COUNTED = ['cpu', 'memory', 'ephemeral-storage'];

/** What a Pod requests: its containers together, and its RuntimeClass's part. Init containers are done before, and ask for no more here. */
export function requestsOf(pod: Manifest): Amounts {
  const sum: Record<string, number> = { pods: 1 };
  const runtime = { resources: { requests: pod.overhead } };
  for (const { resources } of [...pod.containers, runtime]) {
    // A limit without a request is one.
    const requests = { ...resources?.limits, ...resources?.requests };
    for (const resource of COUNTED) {
      if (requests[resource] !== undefined) sum[resource] = (sum[resource] ?? 0) + amount(String(requests[resource]));
    }
  }
  return sum;
}

const tolerates = (tolerations: readonly Manifest[], taint: Manifest): boolean =>
  tolerations.some(
    ({ key, operator = 'Equal', value, effect }) =>
      (key === undefined || key === taint.key) &&
      (effect === undefined || effect === taint.effect) &&
      (operator === 'Exists' || (value ?? '') === (taint.value ?? '')),
  );

/** Why a node takes no such Pod; nothing when it does. */
export function obstacle(node: Manifest, pod: Manifest): string | undefined {
  const labels = node.metadata.labels ?? {};
  const missing = Object.entries(pod.nodeSelector ?? {}).find(([key, value]) => labels[key] !== value);
  if (missing) return `no label ${missing.join('=')}`;
  if (node.spec.unschedulable) return 'cordoned';
  const taint = (node.spec.taints ?? []).find(
    (it: Manifest) => it.effect !== 'PreferNoSchedule' && !tolerates(pod.tolerations ?? [], it),
  );
  return taint && `taint ${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect}`;
}

function roomsOf(nodes: readonly Manifest[], running: readonly Manifest[]): Room[] {
  return nodes.map((node) => {
    const free: Record<string, number> = {};
    for (const resource of [...COUNTED, 'pods'])
      free[resource] = amount(String(node.status.allocatable[resource] ?? '0'));
    for (const { spec } of running.filter((it) => it.spec.nodeName === node.metadata.name))
      take(free, requestsOf(spec));
    return { name: node.metadata.name, node, free };
  });
}

function take(free: Record<string, number>, amounts: Amounts): void {
  for (const [resource, value] of Object.entries(amounts)) free[resource] = (free[resource] ?? 0) - value;
}

const shortOf = (free: Amounts, amounts: Amounts): string[] =>
  Object.entries(amounts)
    .filter(([resource, value]) => (free[resource] ?? 0) < value)
    .map(([resource]) => resource);

/** Whether a demand found a place, and why not. */
export interface Placement {
  readonly title: string;
  readonly wanted: number;
  readonly placed: number;
  /** What stands in the way; empty when all are placed. */
  readonly obstacles: readonly string[];
}

function place(demand: Demand, rooms: readonly Room[]): Placement {
  const { title, pod, count: wanted } = demand;
  const amounts = requestsOf(pod);
  const open = rooms.filter(({ node }) => obstacle(node, pod) === undefined);
  let placed = 0;
  for (let room; placed < wanted && (room = open.find(({ free }) => shortOf(free, amounts).length === 0)); placed++) {
    take(room.free, amounts);
  }
  if (placed === wanted) return { title, wanted, placed, obstacles: [] };
  const obstacles = rooms.map(
    ({ name, node, free }) => `${name}: ${obstacle(node, pod) ?? `too little ${shortOf(free, amounts).join(', ')}`}`,
  );
  return { title, wanted, placed, obstacles };
}

/** Put all Pods onto the nodes, one after the other, beside those that run there. */
export function placementsOf(
  demands: readonly Demand[],
  nodes: readonly Manifest[],
  running: readonly Manifest[],
): Placement[] {
  const rooms = roomsOf(nodes, running);
  return demands.map((it) => place(it, rooms));
}
