import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { kindsOf } from '../../config/pools';
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
    const kinds = kindsOf(profile);
    const [own, firstPool = own] = kinds;
    if (headroom) {
      // Pools are what grows in a burst.
      new Headroom(this, 'headroom', { namespace, config: headroom, tables: firstPool, images, systemPods });
    }
    if (prepull) new Prepull(this, 'prepull', { namespace, kinds, images, systemPods });
  }
}
