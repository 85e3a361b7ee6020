import { amount } from '../config/schema/values';
import { amountsOf } from './amounts';
import type { SandboxTables } from './program';
import type { Share } from './quota';
import { devboxResources, GPU, sandboxResources } from './resources';

/** A rolling update of a Deployment pool makes the new Pod before the old one goes. */
const surge = ({ pool }: SandboxTables['deploy']) => (pool?.workload === 'Deployment' ? 1 : 0);

/** Everything that a profile lets live in the namespace, at its maximum: `sandboxes`, and the developer's box. */
export function sharesOf(tables: SandboxTables, sandboxes: number): [Share, ...Share[]] {
  const { requests, limits } = sandboxResources(tables);
  const { [GPU]: gpus, ...limited } = amountsOf(limits);
  const sandbox: Share = {
    count: sandboxes + surge(tables.deploy),
    requests: { ...amountsOf(requests), ...(gpus !== undefined && { [GPU]: gpus }) },
    limits: limited,
    storage: amount(tables.kubernetes.pvc_storage_size),
  };
  const box = devboxResources();
  const devbox: Share = { count: 1, requests: amountsOf(box.requests), limits: amountsOf(box.limits) };
  return [sandbox, ...(tables.deploy.devbox ? [devbox] : [])];
}
