/** Kubernetes's NetworkPolicy, evaluated. https://kubernetes.io/docs/concepts/services-networking/network-policies/ */
import { contains } from '../../config/addresses';
import { selects, type Manifest } from '../../constructs/policy/objects';

export type Labels = Readonly<Record<string, string>>;

/** What policies know about a Pod. */
export interface PolicyPod {
  readonly namespace: string;
  readonly namespaceLabels: Labels;
  readonly labels: Labels;
  /** Ports by name, for policies that name them. */
  readonly ports: Readonly<Record<string, number>>;
}

/** One end of a connection: an address, and the Pod that has it. */
export interface Endpoint {
  readonly address: string;
  /** Absent: no Pod, or one on the node's network, which policies do not see. */
  readonly pod?: PolicyPod;
}

export interface Connection {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
}

export interface Verdict {
  readonly allowed: boolean;
  /** The policies that allow it; none where no policy is about either end. */
  readonly by: readonly string[];
}

type Direction = 'Ingress' | 'Egress';

const isAddress = (address: string, cidr: string) => contains(cidr, `${address}/${address.includes(':') ? 128 : 32}`);

/**
 * Whether a peer of a policy means an endpoint. An `ipBlock` is taken to mean Pods too, as most network plugins do and
 * Kubernetes leaves open.
 */
export function matchesPeer(peer: Manifest, namespace: string, { address, pod }: Endpoint): boolean {
  if (peer.ipBlock) {
    const { cidr, except = [] } = peer.ipBlock;
    return isAddress(address, cidr) && !except.some((it: string) => isAddress(address, it));
  }
  if (pod === undefined) return false;
  const isNamespace = peer.namespaceSelector
    ? selects(peer.namespaceSelector, pod.namespaceLabels)
    : pod.namespace === namespace;
  return isNamespace && selects(peer.podSelector, pod.labels);
}

function matchesPort({ protocol = 'TCP', port, endPort }: Manifest, connection: Connection): boolean {
  if (protocol !== connection.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === 'string') return connection.to.pod?.ports[port] === connection.port;
  return connection.port >= port && connection.port <= (endPort ?? port);
}

/** An empty list, or none, means every peer and every port. */
const isEverything = (list: readonly Manifest[] | undefined) => list === undefined || list.length === 0;

function matchesRule(policy: Manifest, rule: Manifest, direction: Direction, connection: Connection): boolean {
  const peers = direction === 'Ingress' ? rule.from : rule.to;
  const other = direction === 'Ingress' ? connection.from : connection.to;
  const { namespace } = policy.metadata;
  return (
    (isEverything(peers) || peers.some((peer: Manifest) => matchesPeer(peer, namespace, other))) &&
    (isEverything(rule.ports) || rule.ports.some((port: Manifest) => matchesPort(port, connection)))
  );
}

/** Whether a policy is about a Pod. */
export const selectsPod = ({ metadata, spec }: Manifest, pod: PolicyPod): boolean =>
  metadata.namespace === pod.namespace && selects(spec.podSelector, pod.labels);

/** The directions that a policy is about; as the API server fills them in where they are not written down. */
export const directionsOf = ({ spec }: Manifest): Direction[] =>
  spec.policyTypes ?? (spec.egress ? ['Ingress', 'Egress'] : ['Ingress']);

/** What one end's policies say: without any about it, everything is allowed. */
function evaluateEnd(policies: readonly Manifest[], direction: Direction, connection: Connection): Verdict {
  const { pod } = direction === 'Ingress' ? connection.to : connection.from;
  const own = pod ? policies.filter((it) => selectsPod(it, pod) && directionsOf(it).includes(direction)) : [];
  if (own.length === 0) return { allowed: true, by: [] };
  const allowing = own.filter(({ metadata, spec }) =>
    (spec[direction.toLowerCase()] ?? []).some((rule: Manifest) =>
      matchesRule({ metadata, spec }, rule, direction, connection),
    ),
  );
  return { allowed: allowing.length > 0, by: allowing.map(({ metadata }) => metadata.name) };
}

/** Whether a connection may be made: both ends must allow it. */
export function evaluate(policies: readonly Manifest[], connection: Connection): Verdict {
  const ends = [evaluateEnd(policies, 'Egress', connection), evaluateEnd(policies, 'Ingress', connection)];
  const allowed = ends.every((it) => it.allowed);
  return { allowed, by: allowed ? ends.flatMap((it) => it.by) : [] };
}
