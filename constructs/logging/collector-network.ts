import { Construct } from 'constructs';
import { everywhere } from '../../config/addresses';
import { urlAddress } from '../../config/url-address';
import type { NetworkConfig } from '../../config/schema/network';
import { k8s } from '../k8s';
import { COLLECTOR, labels } from '../labels';
import { dns, tcp, toApiServer } from '../network-rules';
import { urlPeers } from '../url-peers';

export interface CollectorNetworkPoliciesProps {
  readonly namespace: string;
  /** Elasticsearch's. */
  readonly url: string;
  readonly network: NetworkConfig;
}

/** Whom the collector talks with: nobody comes in, and it goes out to name servers, the API server and Elasticsearch. */
export class CollectorNetworkPolicies extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: CollectorNetworkPoliciesProps,
  ) {
    super(scope, id);
    const { url, network } = props;
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
  }

  private policy(name: string, reason: string, egress?: k8s.NetworkPolicyEgressRule) {
    new k8s.KubeNetworkPolicy(this, name, {
      metadata: {
        name: `${COLLECTOR}-${name}`,
        namespace: this.props.namespace,
        labels: labels({ name: COLLECTOR, component: 'network' }),
        annotations: { 'kubernetes.io/description': reason },
      },
      spec: {
        podSelector: { matchLabels: { 'app.kubernetes.io/name': COLLECTOR } },
        policyTypes: egress ? ['Egress'] : ['Ingress', 'Egress'],
        ...(egress && { egress: [egress] }),
      },
    });
  }
}
