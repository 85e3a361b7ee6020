import { kindsOf } from '../../config/pools';
import { ownRuntimeClass } from '../../config/runtime-class';
import { amount } from '../../config/schema/values';
import { sidecarOf } from '../logging/sidecar';
import type { SandboxTables } from '../sandbox/program';
import {
  canvasResources,
  devboxResources,
  GPU,
  sandboxResources,
  sidecarResources,
  signInResources,
} from '../sandbox/resources';
import { amountsOf, type Amounts } from './amounts';
import { together, withOverhead, type Demand, type Share } from './quota';

/** A rolling update of a Deployment pool makes the new Pod before the old one goes. */
const surge = ({ pool }: SandboxTables['deploy']) => (pool?.workload === 'Deployment' ? 1 : 0);

/** A sandbox's containers: its program, and the collector of its logs where it has one. */
function demandsOf(tables: SandboxTables): [Demand, ...Demand[]] {
  const { requests, limits } = sandboxResources(tables);
  const { [GPU]: gpus, ...limited } = amountsOf(limits);
  const program = {
    requests: { ...amountsOf(requests), ...(gpus !== undefined && { [GPU]: gpus }) },
    limits: limited,
  };
  const elasticsearch = sidecarOf(tables);
  if (elasticsearch === undefined) return [program];
  const collector = sidecarResources(elasticsearch.queue_size);
  return [program, { requests: amountsOf(collector.requests), limits: amountsOf(collector.limits) }];
}

/** What a sandbox's containers ask for, without what its RuntimeClass takes. */
export const sandboxRequests = (tables: SandboxTables): Amounts => together(demandsOf(tables)).requests;

/** What a sandbox's RuntimeClass takes for each. */
function overheadOf(tables: SandboxTables): Amounts {
  const { cpu, memory } = ownRuntimeClass(tables)?.overhead ?? {};
  return { ...(cpu && { cpu: amount(cpu) }), ...(memory && { memory: amount(memory) }) };
}

/** The largest amount of each resource that all have. */
function largest(amounts: readonly Amounts[]): Amounts {
  const names = Object.keys(amounts[0]!).filter((name) => amounts.every((it) => name in it));
  return Object.fromEntries(names.map((name) => [name, Math.max(...amounts.map((it) => it[name]!))]));
}

/** Each session's Canvas, and the new one that a rolling update makes before the old one goes. */
function canvases({ canvas, sessions }: SandboxTables['deploy']): Share[] {
  if (canvas === undefined || sessions.length === 0) return [];
  const { requests, limits } = canvasResources();
  return [{ count: 2 * sessions.length, requests: amountsOf(requests), limits: amountsOf(limits) }];
}

/** Each session's sign-in, once or twice, and the new one that a rolling update makes before an old one goes. */
function signIns({ sign_in, sessions, high_availability }: SandboxTables['deploy']): Share[] {
  if (sign_in === undefined || sessions.length === 0) return [];
  const { requests, limits } = signInResources();
  const each = high_availability ? 3 : 2;
  return [{ count: each * sessions.length, requests: amountsOf(requests), limits: amountsOf(limits) }];
}

/** Everything that a profile lets live in the namespace, at its maximum: `sandboxes`, what is before them, the developer's box. */
export function sharesOf(tables: SandboxTables, sandboxes: number): [Share, ...Share[]] {
  // Which pool is claimed from is not known before, so there is room for as many of the largest.
  const kinds = kindsOf(tables);
  const containers = kinds.flatMap(demandsOf) as [Demand, ...Demand[]];
  const demands = kinds.map((it) => withOverhead(together(demandsOf(it)), overheadOf(it)));
  const sandbox: Share = {
    count: sandboxes + surge(tables.deploy),
    requests: largest(demands.map(({ requests }) => requests)),
    limits: largest(demands.map(({ limits }) => limits)),
    containers,
    storage: amount(tables.kubernetes.pvc_storage_size),
  };
  const box = devboxResources();
  // An update makes the new one before the old one goes.
  const devbox: Share = { count: 2, requests: amountsOf(box.requests), limits: amountsOf(box.limits) };
  return [sandbox, ...canvases(tables.deploy), ...signIns(tables.deploy), ...(tables.deploy.devbox ? [devbox] : [])];
}
