import { Construct } from 'constructs';
import { isOwnNamespace } from '../../config/schema/kubernetes';
import { k8s } from '../k8s';
import { labels, RUNTIME } from '../labels';
import type { NetworkRule } from './network-rules';

export interface SandboxNetworkPoliciesProps {
  readonly namespace: string;
  readonly rules: readonly NetworkRule[];
}

const SELECTORS: Readonly<Record<NonNullable<NetworkRule['of']> | 'all', k8s.LabelSelector>> = {
  all: { matchLabels: { app: RUNTIME } },
  sessions: { matchLabels: { app: RUNTIME }, matchExpressions: [{ key: 'session', operator: 'Exists' }] },
  pool: { matchLabels: { app: RUNTIME }, matchExpressions: [{ key: 'pool', operator: 'Exists' }] },
};

/**
 * Who may talk with a sandbox, and with whom it may: nobody, and then one named policy for each reason.
 *
 * The policies that allow something select by `app` alone, so that they also hold for the Pods that OpenHands or
 * agent-sandbox make at run time.
 */
export class SandboxNetworkPolicies extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: SandboxNetworkPoliciesProps,
  ) {
    super(scope, id);
    this.defaultDeny();
    for (const { name, reason, of = 'all', ingress, egress } of props.rules) {
      this.policy(name, reason, {
        podSelector: SELECTORS[of],
        policyTypes: [...(ingress ? ['Ingress'] : []), ...(egress ? ['Egress'] : [])],
        ...(ingress && { ingress: [ingress] }),
        ...(egress && { egress: [egress] }),
      });
    }
  }

  /**
   * A Pod made at run time can carry any label, or none: in a namespace of ours it is held all the same. In one that is
   * shared, a policy for every Pod would cut off Pods that are not ours.
   */
  private defaultDeny() {
    const isOwn = isOwnNamespace(this.props.namespace);
    const reason = isOwn
      ? 'Nothing reaches a Pod of this namespace and it reaches nothing, unless another policy allows it.'
      : 'Nothing reaches a sandbox and it reaches nothing, unless another policy allows it. This namespace is shared: ' +
        `a Pod without the label app=${RUNTIME} is not held.`;
    this.policy('default-deny', reason, {
      podSelector: isOwn ? {} : SELECTORS.all,
      policyTypes: ['Ingress', 'Egress'],
    });
  }

  private policy(name: string, reason: string, spec: k8s.NetworkPolicySpec) {
    const fullName = `${RUNTIME}-${name}`;
    new k8s.KubeNetworkPolicy(this, fullName, {
      metadata: {
        name: fullName,
        namespace: this.props.namespace,
        labels: labels({ component: 'network' }),
        annotations: { 'kubernetes.io/description': reason },
      },
      spec,
    });
  }
}
