import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { EgressNames } from '../../config/schema/egress-names';
import type { Profile } from '../../config/schema/profile';
import { EgressNetworkPolicies } from '../egress/egress-network-policies';
import { EgressProxy } from '../egress/egress-proxy';
import { systemNamespace } from '../namespace/namespace';
import { priorityClassName } from '../scheduling/availability';

/** `7-egress`: the proxy by which sandboxes reach the names of the profile. */
export class EgressChart extends Chart {
  constructor(scope: Construct, id: string, { kubernetes, deploy }: Profile, egress: EgressNames) {
    super(scope, id);
    const { network, images, system_pods: systemPods, high_availability } = deploy;
    const namespace = systemNamespace(kubernetes.namespace);
    const sandboxNamespace = kubernetes.namespace;
    new EgressNetworkPolicies(this, 'network', { namespace, sandboxNamespace, network, egress });
    new EgressProxy(this, 'proxy', {
      namespace,
      egress,
      images,
      systemPods,
      ...(high_availability && { availableAs: priorityClassName(sandboxNamespace) }),
    });
  }
}
