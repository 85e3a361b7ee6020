import { Construct } from 'constructs';
import { internet } from '../../config/addresses';
import type { EgressNames } from '../../config/schema/egress-names';
import type { NetworkConfig } from '../../config/schema/network';
import type { k8s } from '../k8s';
import { EGRESS, RUNTIME } from '../labels';
import { ComponentNetworkPolicy, type ComponentNetworkPolicyProps } from '../network/component-network-policy';
import { dns, pods, tcp } from '../network/network-rules';
import { EGRESS_PORT } from './port';

export interface EgressNetworkPoliciesProps {
  /** Of the proxy. */
  readonly namespace: string;
  readonly sandboxNamespace: string;
  readonly network: NetworkConfig;
  readonly egress: EgressNames;
}

/**
 * Whom the proxy talks with. It refuses private addresses itself; should a name resolve to another address between its
 * question and its connection, these policies refuse it again.
 */
export class EgressNetworkPolicies extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: EgressNetworkPoliciesProps,
  ) {
    super(scope, id);
    const { sandboxNamespace, network, egress } = props;
    const ports = tcp(egress.ports);
    this.policy('default-deny', 'Default deny, both directions.');
    this.policy('allow-sandboxes', 'Sandboxes may ask the proxy.', {
      ingress: [{ from: [pods({ namespace: sandboxNamespace, pods: { app: RUNTIME } })], ports: tcp([EGRESS_PORT]) }],
    });
    this.egress('allow-dns', 'The proxy looks names up, in the place of the sandboxes.', dns(network).egress!);
    this.egress('allow-internet', 'The proxy may reach the internet on the ports of the profile, no private network.', {
      to: internet(network.ip_families).map((ipBlock) => ({ ipBlock })),
      ports,
    });
    if (egress.allow_private.length > 0) {
      this.egress('allow-private', 'The proxy may reach the private ranges in which names of the profile may lie.', {
        to: egress.allow_private.map((cidr) => ({ ipBlock: { cidr } })),
        ports,
      });
    }
  }

  private policy(name: string, reason: string, allows?: ComponentNetworkPolicyProps['allows']) {
    const { namespace } = this.props;
    new ComponentNetworkPolicy(this, { component: EGRESS, namespace, name, reason, allows });
  }

  private egress(name: string, reason: string, rule: k8s.NetworkPolicyEgressRule) {
    this.policy(name, reason, { egress: [rule] });
  }
}
