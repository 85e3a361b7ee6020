import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { PoolConfig } from '../../config/schema/pool';
import type { Profile } from '../../config/schema/profile';
import { PoolAutoscaler } from '../autoscaler';
import { PoolDisruptionBudget } from '../availability';
import { POOL_SELECTOR } from '../labels';
import { POOL_TARGET, SandboxPool } from '../pool';

/** `3-pool`: the interchangeable sandboxes, how many there are, and what a drain may take of them. */
export class PoolChart extends Chart {
  constructor(scope: Construct, id: string, profile: Profile, pool: PoolConfig) {
    super(scope, id);
    const { namespace } = profile.kubernetes;
    const { autoscaling, high_availability } = profile.deploy;
    new SandboxPool(this, 'pool', { tables: profile, pool });
    if (autoscaling)
      new PoolAutoscaler(this, 'autoscaler', { namespace, target: POOL_TARGET[pool.workload], autoscaling });
    if (high_availability) {
      new PoolDisruptionBudget(this, 'budget', {
        namespace,
        selector: POOL_SELECTOR,
        config: high_availability,
        // A Sandbox has no scale subresource, which maxUnavailable would be counted by.
        countedFrom: pool.workload === 'SandboxWarmPool' ? (autoscaling?.min_replicas ?? pool.replicas) : undefined,
      });
    }
  }
}
