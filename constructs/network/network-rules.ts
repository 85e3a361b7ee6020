import { everywhere, internet, singleAddress, withoutMetadata, type IpFamily } from '../../config/addresses';
import { egressNames, proxiedNames } from '../../config/egress';
import type { EgressRule, NetworkConfig, Peer, PodPeer } from '../../config/schema/network';
import { urlAddress } from '../../config/url-address';
import { EGRESS_PORT } from '../egress/port';
import { k8s } from '../k8s';
import { CANVAS, EGRESS, EXPORTER, IDLE_SUSPENDER, RUNTIME } from '../labels';
import { sidecarOf } from '../logging/sidecar';
import { systemNamespace } from '../namespace/namespace';
import { programOf } from '../sandbox/contract';
import type { Program, SandboxTables } from '../sandbox/program';
import { urlPeers } from './url-peers';

/** What is let through to and from a sandbox, each under a name and with its reason. */
export interface NetworkRule {
  readonly name: string;
  /** One sentence. */
  readonly reason: string;
  /** The sandboxes that it is about. @default all */
  readonly of?: 'sessions' | 'pool';
  readonly ingress?: k8s.NetworkPolicyIngressRule;
  readonly egress?: k8s.NetworkPolicyEgressRule;
}

export const pods = ({ namespace, pods }: PodPeer): k8s.NetworkPolicyPeer => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
  ...(pods && { podSelector: { matchLabels: pods } }),
});

/** Every Pod of the sandboxes' own namespace but the sandboxes: one must not reach the other. */
const neighbours = (namespace: string): k8s.NetworkPolicyPeer => ({
  ...pods({ namespace }),
  podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: [RUNTIME] }] },
});

/** A peer of a profile; one that is all of the sandboxes' namespace leaves the sandboxes out. */
export const peerOf = (it: Peer, sandboxNamespace: string): k8s.NetworkPolicyPeer => {
  if ('cidr' in it) return { ipBlock: { cidr: it.cidr } };
  const isEverybody = Object.keys(it.pods ?? {}).length === 0;
  return it.namespace === sandboxNamespace && isEverybody ? neighbours(it.namespace) : pods(it);
};

export const tcp = (ports: readonly number[]): k8s.NetworkPolicyPort[] =>
  ports.map((port) => ({ protocol: 'TCP', port: k8s.IntOrString.fromNumber(port) }));

const addressPeer = (address: string): k8s.NetworkPolicyPeer => ({ ipBlock: { cidr: singleAddress(address) } });

/** The cluster's name server, or those that Docker's arguments name. */
export function dns(network: NetworkConfig, nameServers: readonly string[] = []): NetworkRule {
  const cluster = pods({ namespace: 'kube-system', pods: { 'k8s-app': 'kube-dns' } });
  const servers = nameServers.length > 0 ? nameServers.map(addressPeer) : [cluster];
  const nodeLocal = network.dns_node_local === undefined ? [] : [addressPeer(network.dns_node_local)];
  const port = k8s.IntOrString.fromNumber(53);
  const ports = ['UDP', 'TCP'].map((protocol) => ({ protocol, port }));
  return {
    name: 'allow-dns',
    reason: 'A sandbox may look names up.',
    egress: { to: [...servers, ...nodeLocal], ports },
  };
}

/** To the API server. Its address differs from cluster to cluster, so the ports are all that is said of it. */
export const toApiServer = (families: readonly IpFamily[]): k8s.NetworkPolicyEgressRule => ({
  to: everywhere(families).map((ipBlock) => ({ ipBlock })),
  ports: tcp([443, 6443]),
});

const egressRule = (rule: EgressRule): k8s.NetworkPolicyEgressRule => ({
  to: ['cidr' in rule ? { ipBlock: withoutMetadata(rule.cidr) } : pods(rule)],
  ...(rule.ports && { ports: tcp(rule.ports) }),
});

/** The Pods of a component that lives beside the sandboxes' namespace. */
const inSystem = (sandboxes: string, component: string): k8s.NetworkPolicyPeer =>
  pods({ namespace: systemNamespace(sandboxes), pods: { 'app.kubernetes.io/name': component } });

/** The way to the proxy, which is all of the way where egress is by name. */
const toEgressProxy = (namespace: string): NetworkRule => ({
  name: 'allow-egress-proxy',
  reason: 'A sandbox may reach the egress proxy, which knows the names that it may reach, and nothing else.',
  egress: {
    to: [inSystem(namespace, EGRESS)],
    ports: tcp([EGRESS_PORT]),
  },
});

function egress({ kubernetes, deploy }: SandboxTables): NetworkRule[] {
  const { egress, ip_families } = deploy.network;
  if (egress === 'none') return [];
  if (egress === 'internet') {
    return [
      {
        name: 'allow-internet',
        reason: 'A sandbox may reach the internet, but no private network and no metadata address.',
        egress: { to: internet(ip_families).map((ipBlock) => ({ ipBlock })) },
      },
    ];
  }
  // What Cilium lets through by name is not for a NetworkPolicy to say.
  if (!Array.isArray(egress)) return proxiedNames(deploy.network) ? [toEgressProxy(kubernetes.namespace)] : [];
  return egress.map((rule, index) => ({
    name: `allow-egress-${index + 1}`,
    reason: 'A sandbox may reach what the profile lists.',
    egress: egressRule(rule),
  }));
}

/** Who may call the API: the profile's clients, the managers' namespaces and the developer's box. */
function clientsOf({ kubernetes, deploy }: SandboxTables): Peer[] {
  const managers = new Set(deploy.access.managers.map((manager) => manager.split('/')[0]!));
  return [
    ...deploy.network.clients,
    ...[...managers].map((namespace) => ({ namespace })),
    ...(deploy.devbox ? [{ namespace: kubernetes.namespace, pods: { app: 'ubuntu-dev' } }] : []),
  ];
}

/** The app server calls its sandboxes, and they tell it what happens in them. */
function appServer({ access }: SandboxTables['deploy'], apiPort: number): NetworkRule[] {
  if (access.app_server === undefined) return [];
  const { account, pods: labels, port } = access.app_server;
  const peer = pods({ namespace: account.split('/')[0]!, pods: labels });
  return [
    {
      name: 'allow-app-server',
      reason: "The app server may call a sandbox's API.",
      ingress: { from: [peer], ports: tcp([apiPort]) },
    },
    {
      name: 'allow-webhooks',
      reason: 'A sandbox may tell the app server what happens in it.',
      egress: { to: [peer], ports: tcp([port]) },
    },
  ];
}

/** From outside the cluster: to what is exposed of a session, which is not its editor where it has a Canvas. */
function fromOutside({ kubernetes, deploy }: SandboxTables, { apiPort, editorPort }: Program): NetworkRule[] {
  const { network, ingress, canvas, sign_in, pool, pools } = deploy;
  const hasPool = pool !== undefined || Object.keys(pools).length > 0;
  if (ingress.kind === 'none' || network.ingress_controllers.length === 0) return [];
  const from = network.ingress_controllers.map((it) => peerOf(it, kubernetes.namespace));
  const ports = [...(canvas ? [] : [editorPort]), ...(ingress.api ? [apiPort] : [])];
  const rules: (NetworkRule | false | undefined)[] = [
    ports.length > 0 && {
      name: 'allow-ingress-controller',
      reason: 'The ingress controller may reach the ports that are exposed.',
      ingress: { from, ports: tcp(ports) },
    },
    // Nobody signs in to a pool: with a sign-in, no way from outside leads there.
    canvas &&
      !sign_in &&
      hasPool && {
        name: 'allow-ingress-controller-to-pool',
        reason: "The ingress controller may reach the pool's editors: only sessions have a Canvas before them.",
        of: 'pool',
        ingress: { from, ports: tcp([editorPort]) },
      },
  ];
  return rules.filter((rule) => !!rule);
}

/** From the Canvas of a session. That each reaches its own sandbox alone is what the policy of each Canvas says. */
function fromCanvas({ kubernetes, deploy }: SandboxTables, { apiPort, editorPort }: Program): NetworkRule[] {
  const { canvas, sessions } = deploy;
  if (canvas === undefined || sessions.length === 0) return [];
  return [
    {
      name: 'allow-canvas',
      reason: "A session's Canvas may call the API of its sandbox and show its editor.",
      of: 'sessions',
      ingress: {
        from: [pods({ namespace: kubernetes.namespace, pods: { app: CANVAS } })],
        ports: tcp([apiPort, ...(canvas.editor ? [editorPort] : [])]),
      },
    },
  ];
}

/**
 * Everything that is let through to and from the sandboxes of a profile. Ports are always named: the 0.62 program opens
 * others, without a password.
 */
export function networkRules(tables: SandboxTables): NetworkRule[] {
  const { kubernetes, sandbox, deploy } = tables;
  const program = programOf(tables, RUNTIME);
  const { apiPort } = program;
  const peer = (it: Peer) => peerOf(it, kubernetes.namespace);
  const clients = clientsOf(tables);
  const sidecar = sidecarOf(tables);
  const rules: (NetworkRule | false)[] = [
    // By name, the proxy looks names up, or Cilium sees which: a question to a name server can carry anything out.
    egressNames(deploy.network) === undefined && dns(deploy.network, sandbox.docker_runtime_kwargs.dns),
    clients.length > 0 && {
      name: 'allow-api',
      reason: "The OpenHands app and other clients may call a sandbox's API.",
      ingress: { from: clients.map(peer), ports: tcp([apiPort]) },
    },
    ...appServer(deploy, apiPort),
    ...fromOutside(tables, program),
    ...fromCanvas(tables, program),
    deploy.monitoring !== undefined && {
      name: 'allow-monitoring',
      reason: "The exporter may ask a sandbox how it is, without a key: it shares the API's port.",
      ingress: {
        from: [inSystem(kubernetes.namespace, EXPORTER)],
        ports: tcp([apiPort]),
      },
    },
    deploy.idle !== undefined && {
      name: 'allow-idle-suspender',
      reason: 'The idle suspender may ask a sandbox who uses it.',
      ingress: {
        from: [inSystem(kubernetes.namespace, IDLE_SUSPENDER)],
        ports: tcp([apiPort]),
      },
    },
    sidecar !== undefined && {
      name: 'allow-elasticsearch',
      reason: 'The collector in a sandbox may write to Elasticsearch; so may the sandbox, if it had the password.',
      egress: {
        // Every sandbox has this rule: to a host outside, it opens no private network.
        to: urlPeers(sidecar.url, internet(deploy.network.ip_families)),
        ports: tcp([urlAddress(sidecar.url).port]),
      },
    },
    ...egress(tables),
  ];
  return rules.filter((rule) => rule !== false);
}
