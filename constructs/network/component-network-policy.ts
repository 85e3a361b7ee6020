import type { Construct } from 'constructs';
import { k8s } from '../k8s';
import { labels } from '../labels';

export interface ComponentNetworkPolicyProps {
  /** Whose Pods it selects, by `app.kubernetes.io/name`. */
  readonly component: string;
  readonly namespace: string;
  /** After the component's, with a `-` between. */
  readonly name: string;
  /** Why it is there, for who reads it in the cluster. */
  readonly reason: string;
  /** What it allows. @default nothing, in both directions */
  readonly allows?: Pick<k8s.NetworkPolicySpec, 'ingress' | 'egress'>;
}

/** A NetworkPolicy for the Pods of a component of ours, such as the exporter: default deny, or one flow that it allows. */
export class ComponentNetworkPolicy extends k8s.KubeNetworkPolicy {
  constructor(scope: Construct, props: ComponentNetworkPolicyProps) {
    const { component, namespace, name, reason, allows } = props;
    const holds = (direction: 'ingress' | 'egress') => allows === undefined || allows[direction] !== undefined;
    super(scope, name, {
      metadata: {
        name: `${component}-${name}`,
        namespace,
        labels: labels({ component: 'network', name: component }),
        annotations: { 'kubernetes.io/description': reason },
      },
      spec: {
        podSelector: { matchLabels: { 'app.kubernetes.io/name': component } },
        policyTypes: [...(holds('ingress') ? ['Ingress'] : []), ...(holds('egress') ? ['Egress'] : [])],
        ...allows,
      },
    });
  }
}
