import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { poolsOf, type Pool } from '../../config/pools';
import type { Profile } from '../../config/schema/profile';
import { poolSelector } from '../labels';
import { PoolAutoscaler } from '../pool/autoscaler';
import { POOL_TARGET, SandboxPool } from '../pool/pool';
import { PoolDisruptionBudget } from '../scheduling/availability';

/** `3-pool`: the interchangeable sandboxes, how many there are, and what a drain may take of them. */
export class PoolChart extends Chart {
  constructor(scope: Construct, id: string, profile: Profile) {
    super(scope, id);
    const { namespace } = profile.kubernetes;
    const { pool, autoscaling, high_availability } = profile.deploy;
    const { service_type: serviceType = 'ClusterIP', volume_when_scaled: volumeWhenScaled = 'Retain' } = pool ?? {};
    const pools = poolsOf(profile);
    for (const it of pools) new SandboxPool(this, `pool-${it.name}`, { ...it, serviceType, volumeWhenScaled });
    if (pool && autoscaling) {
      const target = { ...POOL_TARGET[pool.workload], name: pool.name };
      new PoolAutoscaler(this, 'autoscaler', { namespace, target, autoscaling });
    }
    if (high_availability) for (const it of pools) this.budget(it, profile);
  }

  private budget({ name, workload, replicas }: Pool<Profile>, { kubernetes, deploy }: Profile) {
    new PoolDisruptionBudget(this, `budget-${name}`, {
      name,
      namespace: kubernetes.namespace,
      selector: poolSelector(name),
      config: deploy.high_availability!,
      // A Sandbox has no scale subresource, which maxUnavailable would be counted by.
      countedFrom: workload === 'SandboxWarmPool' ? (replicas ?? deploy.autoscaling!.min_replicas) : undefined,
    });
  }
}
