import { Construct } from 'constructs';
import { k8s } from './k8s';
import { labels, RUNTIME } from './labels';
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
 * They select by `app` alone, so that they also hold for the Pods that OpenHands or agent-sandbox make at run time.
 */
export class SandboxNetworkPolicies extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: SandboxNetworkPoliciesProps,
  ) {
    super(scope, id);
    this.policy(
      'default-deny',
      'Nothing reaches a sandbox and it reaches nothing, unless another policy allows it.',
      'all',
      {
        policyTypes: ['Ingress', 'Egress'],
      },
    );
    for (const { name, reason, of = 'all', ingress, egress } of props.rules) {
      this.policy(name, reason, of, {
        policyTypes: [...(ingress ? ['Ingress'] : []), ...(egress ? ['Egress'] : [])],
        ...(ingress && { ingress: [ingress] }),
        ...(egress && { egress: [egress] }),
      });
    }
  }

  private policy(
    name: string,
    reason: string,
    of: keyof typeof SELECTORS,
    spec: Omit<k8s.NetworkPolicySpec, 'podSelector'>,
  ) {
    const fullName = `${RUNTIME}-${name}`;
    new k8s.KubeNetworkPolicy(this, fullName, {
      metadata: {
        name: fullName,
        namespace: this.props.namespace,
        labels: labels({ component: 'network' }),
        annotations: { 'kubernetes.io/description': reason },
      },
      spec: { podSelector: SELECTORS[of], ...spec },
    });
  }
}
