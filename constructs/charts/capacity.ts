import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { poolsOf } from '../../config/pools';
import type { Profile } from '../../config/schema/profile';
import { Headroom } from '../capacity/headroom';
import { Prepull } from '../capacity/prepull';
import { systemNamespace } from '../namespace/namespace';

/** `9-capacity`: what has room and images ready before a sandbox comes. */
export class CapacityChart extends Chart {
  constructor(scope: Construct, id: string, profile: Profile) {
    super(scope, id);
    const { kubernetes, deploy } = profile;
    const namespace = systemNamespace(kubernetes.namespace);
    const { headroom, prepull, images, system_pods: systemPods } = deploy;
    const kinds = poolsOf(profile).map(({ tables }) => tables);
    if (headroom) {
      // Pools are what grows in a burst.
      new Headroom(this, 'headroom', { namespace, config: headroom, tables: kinds[0] ?? profile, images, systemPods });
    }
    if (prepull) new Prepull(this, 'prepull', { namespace, kinds: [profile, ...kinds], images, systemPods });
  }
}
