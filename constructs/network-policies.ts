import { Construct } from 'constructs';
import { INTERNET, withoutMetadata } from '../config/addresses';
import type { EgressRule, NetworkConfig, Peer, PodPeer } from '../config/schema/network';
import { k8s } from './k8s';
import { labels, RUNTIME } from './labels';

export interface SandboxNetworkPoliciesProps {
  readonly namespace: string;
  readonly network: NetworkConfig;
  /** Who may call the API: the profile's clients, and whoever else the profile implies. */
  readonly clients: readonly Peer[];
  readonly apiPort: number;
  /** Ports that the ingress controller may reach. */
  readonly exposedPorts: readonly number[];
  /** Name servers of the sandboxes. @default the cluster's */
  readonly nameServers: readonly string[];
}

const pods = ({ namespace, pods }: PodPeer): k8s.NetworkPolicyPeer => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
  ...(pods && { podSelector: { matchLabels: pods } }),
});

/** Every Pod of the sandboxes' own namespace but the sandboxes: one must not reach the other. */
const neighbours = (namespace: string): k8s.NetworkPolicyPeer => ({
  ...pods({ namespace }),
  podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: [RUNTIME] }] },
});

const tcp = (ports: readonly number[]): k8s.NetworkPolicyPort[] =>
  ports.map((port) => ({ protocol: 'TCP', port: k8s.IntOrString.fromNumber(port) }));

const egressRule = (rule: EgressRule): k8s.NetworkPolicyEgressRule => ({
  to: ['cidr' in rule ? { ipBlock: withoutMetadata(rule.cidr) } : pods(rule)],
  ...(rule.ports && { ports: tcp(rule.ports) }),
});

const singleAddress = (address: string): k8s.NetworkPolicyPeer => ({
  ipBlock: { cidr: `${address}/${address.includes(':') ? 128 : 32}` },
});

/**
 * Who may talk with a sandbox, and with whom it may: nobody, and then one named policy for each reason.
 *
 * They select by `app` alone, so that they also hold for the Pods that OpenHands or agent-sandbox make at run time, and
 * they name ports: the 0.62 program opens others, without a password.
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
      'Nothing reaches a sandbox and a sandbox reaches nothing, unless another policy allows it.',
      {
        policyTypes: ['Ingress', 'Egress'],
      },
    );
    this.dns();
    this.api();
    this.exposed();
    this.egress();
  }

  private peer(it: Peer): k8s.NetworkPolicyPeer {
    if ('cidr' in it) return { ipBlock: { cidr: it.cidr } };
    return it.namespace === this.props.namespace && it.pods === undefined ? neighbours(it.namespace) : pods(it);
  }

  private policy(name: string, reason: string, spec: Omit<k8s.NetworkPolicySpec, 'podSelector'>) {
    const fullName = `${RUNTIME}-${name}`;
    new k8s.KubeNetworkPolicy(this, fullName, {
      metadata: {
        name: fullName,
        namespace: this.props.namespace,
        labels: labels({ component: 'network' }),
        annotations: { 'kubernetes.io/description': reason },
      },
      spec: { podSelector: { matchLabels: { app: RUNTIME } }, ...spec },
    });
  }

  private dns() {
    const { nameServers, network } = this.props;
    const cluster = pods({ namespace: 'kube-system', pods: { 'k8s-app': 'kube-dns' } });
    const servers = nameServers.length > 0 ? nameServers.map(singleAddress) : [cluster];
    const nodeLocal = network.dns_node_local === undefined ? [] : [singleAddress(network.dns_node_local)];
    const port = k8s.IntOrString.fromNumber(53);
    this.policy('allow-dns', 'A sandbox may look names up.', {
      policyTypes: ['Egress'],
      egress: [
        {
          to: [...servers, ...nodeLocal],
          ports: [
            { protocol: 'UDP', port },
            { protocol: 'TCP', port },
          ],
        },
      ],
    });
  }

  private api() {
    const { clients, apiPort } = this.props;
    if (clients.length === 0) return;
    this.policy('allow-api', "The OpenHands app and other clients may call a sandbox's API.", {
      policyTypes: ['Ingress'],
      ingress: [{ from: clients.map((it) => this.peer(it)), ports: tcp([apiPort]) }],
    });
  }

  private exposed() {
    const { exposedPorts, network } = this.props;
    if (exposedPorts.length === 0 || network.ingress_controller === undefined) return;
    this.policy('allow-ingress-controller', 'The ingress controller may reach the ports that are exposed.', {
      policyTypes: ['Ingress'],
      ingress: [{ from: [this.peer(network.ingress_controller)], ports: tcp(exposedPorts) }],
    });
  }

  private egress() {
    const { egress } = this.props.network;
    if (egress === 'none' || egress.length === 0) return;
    const reason =
      egress === 'internet'
        ? 'A sandbox may reach the internet, but no private network and no metadata address.'
        : 'A sandbox may reach what the profile lists.';
    this.policy('allow-egress', reason, {
      policyTypes: ['Egress'],
      egress: egress === 'internet' ? [{ to: INTERNET.map((ipBlock) => ({ ipBlock })) }] : egress.map(egressRule),
    });
  }
}
