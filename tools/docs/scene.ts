import { urlAddress } from '../../config/url-address';
import type { NetworkConfig } from '../../config/schema/network';
import { CANVAS, SIGN_IN } from '../../constructs/labels';
import { containersOf, type Manifest, type PodManifest } from '../../constructs/policy/objects';
import type { Endpoint, Labels } from './network-policy';
import { isSandbox, type Shipped } from './shipped';

type PeerConfig = NetworkConfig['clients'][number];

/** A workload of a profile, as one of its Pods. */
export interface Workload {
  /** Its object's; a Canvas and a sign-in go by the name that all of their kind have. */
  readonly name: string;
  /** Of a session, its Canvas's and its sign-in's. */
  readonly session?: string;
  readonly endpoint: Endpoint;
  /** Ports by name; a port without a name goes by its number. */
  readonly ports: Readonly<Record<string, number>>;
}

/** What a URL leads to. */
export interface Target {
  readonly endpoint: Endpoint;
  readonly port: number;
}

/** Who there is in a profile's cluster, and what its policies are. */
export interface Scene {
  readonly policies: readonly Manifest[];
  readonly sandboxes: readonly Workload[];
  /** Every other workload that the profile renders. */
  readonly others: readonly Workload[];
  /** Those who are meant to call the API. */
  readonly clients: readonly Endpoint[];
  readonly ingressControllers: readonly Endpoint[];
  /** The Pods of Prometheus; none where nothing is monitored. */
  readonly prometheus: readonly Endpoint[];
  /** Elasticsearch, with its port; none where logs do not go there. */
  readonly elasticsearch: readonly Target[];
  /** Who is asked who somebody is; none where nobody signs in. */
  readonly issuer: readonly Target[];
  /** A Pod of another namespace that nobody speaks of. */
  readonly stranger: Endpoint;
  /** One in the sandboxes' own namespace. */
  readonly neighbour: Endpoint;
  readonly dns: Endpoint;
}

/** Pods have private addresses, in every cluster that is not made on purpose to be otherwise. */
const POD_ADDRESS = '10.244.0.10';

/** A Pod as policies see it. */
export const podAt = (namespace: string, labels: Labels, ports: Workload['ports'] = {}): Endpoint => ({
  address: POD_ADDRESS,
  // The label that Kubernetes itself puts on every namespace.
  pod: { namespace, namespaceLabels: { 'kubernetes.io/metadata.name': namespace }, labels, ports },
});

/** An address kept for documentation: of the internet, and nobody's. RFC 5737 */
const OUTSIDE = '203.0.113.10';

const addressIn = (cidr: string): string => cidr.split('/')[0]!;

const endpointOf = (peer: PeerConfig): Endpoint =>
  'cidr' in peer ? { address: addressIn(peer.cidr) } : podAt(peer.namespace, peer.pods ?? {});

/** What each session has one of. */
const ONE_EACH = [CANVAS, SIGN_IN];

function workloadOf(pod: PodManifest): Workload {
  const declared = containersOf(pod).flatMap((it) => it.ports ?? []);
  const ports = Object.fromEntries(
    declared.map(({ name, containerPort }: Manifest) => [name ?? containerPort, containerPort]),
  );
  const endpoint = podAt(pod.namespace, pod.labels, ports);
  return {
    name: ONE_EACH.find((it) => it === pod.labels.app) ?? pod.object.metadata.name,
    session: pod.labels.session,
    // Policies do not hold for the node's network.
    endpoint: pod.spec.hostNetwork ? { address: endpoint.address } : endpoint,
    ports,
  };
}

/** The clients and managers that the profile names, and the developer's box, which is there to call the API. */
function clientsOf({ profile }: Shipped, others: readonly Workload[]): Endpoint[] {
  const { network, access, devbox } = profile.deploy;
  const named = [...network.clients, ...access.managers.map((it) => ({ namespace: it.split('/')[0]! }))];
  const box = others.filter(({ name }) => devbox && name === 'ubuntu-dev');
  return [...named.map(endpointOf), ...box.map(({ endpoint }) => endpoint)];
}

/** Where a URL leads to: Pods behind a Service of the cluster, an address, or a host outside. */
function targetsOf(url: string | undefined): Target[] {
  if (url === undefined) return [];
  const { namespace, address = OUTSIDE, port } = urlAddress(url);
  return [{ endpoint: namespace === undefined ? { address } : podAt(namespace, {}), port }];
}

/** What a profile's cluster looks like to its policies. */
export function sceneOf(shipped: Shipped): Scene {
  const { manifests, profile } = shipped;
  // Its allows and denies are not evaluated here: a table would call refused what it lets through.
  if (manifests.ofKind('CiliumNetworkPolicy').length > 0)
    throw new Error(`${shipped.name}: Cilium decides, not these tables`);
  const others = manifests.pods.filter((it) => !isSandbox(it)).map(workloadOf);
  const { ingress_controllers } = profile.deploy.network;
  return {
    policies: manifests.ofKind('NetworkPolicy'),
    sandboxes: manifests.pods.filter(isSandbox).map(workloadOf),
    others,
    clients: clientsOf(shipped, others),
    ingressControllers: ingress_controllers.map(endpointOf),
    prometheus: (profile.deploy.monitoring?.prometheus ?? []).map(endpointOf),
    elasticsearch: targetsOf(profile.deploy.logging?.elasticsearch?.url),
    issuer: targetsOf(profile.deploy.sign_in?.issuer),
    stranger: podAt('somewhere-else', { app: 'stranger' }),
    neighbour: podAt(profile.kubernetes.namespace, { app: 'stranger' }),
    dns: podAt('kube-system', { 'k8s-app': 'kube-dns' }, { dns: 53, 'dns-tcp': 53 }),
  };
}
