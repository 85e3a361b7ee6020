import { Construct } from 'constructs';
import type { PodPeer } from '../../config/schema/network';
import { EXPORTER, RUNTIME } from '../labels';
import { ComponentNetworkPolicy, type ComponentNetworkPolicyProps } from '../network/component-network-policy';
import { peerOf, pods, tcp } from '../network/network-rules';
import { EXPORTER_PORTS } from './exporter-config';

export interface ExporterNetworkPoliciesProps {
  /** Of the exporter. */
  readonly namespace: string;
  readonly sandboxNamespace: string;
  /** Where the sandboxes' API listens. */
  readonly apiPort: number;
  /** Who may ask the exporter. */
  readonly prometheus: readonly PodPeer[];
}

/**
 * Whoever reaches the exporter tells it whom to ask: `/probe?target=…` takes any address. What it can be made to ask is
 * decided here and nowhere else: the sandboxes' API, and not even names.
 */
export class ExporterNetworkPolicies extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ExporterNetworkPoliciesProps,
  ) {
    super(scope, id);
    const { sandboxNamespace, apiPort, prometheus } = props;
    this.policy(
      'default-deny',
      'Nothing reaches the exporter and it reaches nothing, unless another policy allows it.',
    );
    this.policy('allow-prometheus', 'Prometheus may have the exporter ask the sandboxes.', {
      ingress: [
        {
          // Never a sandbox, whichever namespace Prometheus is in.
          from: prometheus.map((it) => peerOf(it, sandboxNamespace)),
          ports: tcp(Object.values(EXPORTER_PORTS)),
        },
      ],
    });
    this.policy('allow-sandboxes', 'The exporter may ask the sandboxes, by address, and whoever asks it nobody else.', {
      egress: [{ to: [pods({ namespace: sandboxNamespace, pods: { app: RUNTIME } })], ports: tcp([apiPort]) }],
    });
  }

  private policy(name: string, reason: string, allows?: ComponentNetworkPolicyProps['allows']) {
    const { namespace } = this.props;
    new ComponentNetworkPolicy(this, { component: EXPORTER, namespace, name, reason, allows });
  }
}
