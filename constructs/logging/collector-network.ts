import { Construct } from 'constructs';
import { everywhere } from '../../config/addresses';
import { urlAddress } from '../../config/url-address';
import type { NetworkConfig, PodPeer } from '../../config/schema/network';
import { k8s } from '../k8s';
import { COLLECTOR, labels } from '../labels';
import { dns, pods, tcp, toApiServer } from '../network-rules';
import { urlPeers } from '../url-peers';
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
    this.policy('allow-dns', 'The collector may look names up.', dns(network).egress);
    this.policy(
      'allow-api-server',
      'The collector may ask which Pods it reads. Nobody knows where the API server is.',
      toApiServer(network.ip_families),
    );
    this.policy('allow-elasticsearch', 'The collector may write to Elasticsearch.', {
      to: urlPeers(url, everywhere(network.ip_families)),
      ports: tcp([urlAddress(url).port]),
    });
    if (prometheus) {
      this.policy('allow-prometheus', 'Prometheus may ask how many records the collector has taken.', undefined, {
        from: prometheus.map(pods),
        ports: tcp([METRICS_PORT]),
      });
    }
  }

  private policy(
    name: string,
    reason: string,
    egress?: k8s.NetworkPolicyEgressRule,
    ingress?: k8s.NetworkPolicyIngressRule,
  ) {
    new k8s.KubeNetworkPolicy(this, name, {
      metadata: {
        name: `${COLLECTOR}-${name}`,
        namespace: this.props.namespace,
        labels: labels({ name: COLLECTOR, component: 'network' }),
        annotations: { 'kubernetes.io/description': reason },
      },
      spec: {
        podSelector: { matchLabels: { 'app.kubernetes.io/name': COLLECTOR } },
        policyTypes: [...(egress && !ingress ? [] : ['Ingress']), ...(ingress && !egress ? [] : ['Egress'])],
        ...(ingress && { ingress: [ingress] }),
        ...(egress && { egress: [egress] }),
      },
    });
  }
}
