import { Construct } from 'constructs';
import { everywhere } from '../../config/addresses';
import type { NetworkConfig, PodPeer } from '../../config/schema/network';
import { urlAddress } from '../../config/url-address';
import { COLLECTOR } from '../labels';
import { ComponentNetworkPolicy, type ComponentNetworkPolicyProps } from '../network/component-network-policy';
import { dns, pods, tcp, toApiServer } from '../network/network-rules';
import { urlPeers } from '../network/url-peers';
import { METRICS_PORT } from './collector-config';

export interface CollectorNetworkPoliciesProps {
  readonly namespace: string;
  /** Elasticsearch's. */
  readonly url: string;
  readonly network: NetworkConfig;
  /** Who may ask how many records it has taken; absent: nobody. */
  readonly prometheus?: readonly PodPeer[];
}

/** Whom the collector talks with: nobody but Prometheus comes in, and it goes out to name servers, the API server and Elasticsearch. */
export class CollectorNetworkPolicies extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: CollectorNetworkPoliciesProps,
  ) {
    super(scope, id);
    const { url, network, prometheus } = props;
    this.policy(
      'default-deny',
      'Nothing reaches the collector and it reaches nothing, unless another policy allows it.',
    );
    this.policy('allow-dns', 'The collector may look names up.', { egress: [dns(network).egress!] });
    this.policy(
      'allow-api-server',
      'The collector may ask which Pods it reads. Nobody knows where the API server is.',
      { egress: [toApiServer(network.ip_families)] },
    );
    this.policy('allow-elasticsearch', 'The collector may write to Elasticsearch.', {
      egress: [{ to: urlPeers(url, everywhere(network.ip_families)), ports: tcp([urlAddress(url).port]) }],
    });
    if (prometheus) {
      this.policy('allow-prometheus', 'Prometheus may ask how many records the collector has taken.', {
        ingress: [{ from: prometheus.map(pods), ports: tcp([METRICS_PORT]) }],
      });
    }
  }

  private policy(name: string, reason: string, allows?: ComponentNetworkPolicyProps['allows']) {
    const { namespace } = this.props;
    new ComponentNetworkPolicy(this, { component: COLLECTOR, namespace, name, reason, allows });
  }
}
