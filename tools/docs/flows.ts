import { contains, METADATA_ADDRESSES, PRIVATE_RANGES } from '../../config/addresses';
import { CANVAS, EGRESS, SIGN_IN } from '../../constructs/labels';
import type { Manifest } from '../../constructs/policy/objects';
import { evaluate, type Connection, type Endpoint } from './network-policy';
import type { Scene, Target, Workload } from './scene';

/** Connections that stand for one question about a profile. */
export interface Flow {
  readonly title: string;
  readonly connections: (scene: Scene) => Connection[];
}

/** What becomes of a flow's connections; `nobody` where a profile has none to make. */
export interface Outcome {
  readonly verdict: 'allowed' | 'refused' | 'in part' | 'nobody';
  /** The policies that allow what is allowed. */
  readonly by: readonly string[];
}

/** The Jupyter kernel gateway of the action execution server listens on one of these, without a token. */
const JUPYTER = { first: 40000, last: 49999 };

/** Addresses kept for documentation: of the internet, and nobody's. RFC 5737, RFC 3849 */
const INTERNET = ['203.0.113.10', '2001:db8::10'];

/** As kubeadm and kind set it up: the Service `kubernetes`, and the API server behind it. */
const KUBERNETES_API = [
  { address: '10.96.0.1', port: 443 },
  { address: '172.18.0.2', port: 6443 },
];

const firstOf = (cidr: string): string => cidr.split('/')[0]!;

const PRIVATE: readonly string[] = [...PRIVATE_RANGES.ipv4, ...PRIVATE_RANGES.ipv6];

const isMetadata = (address: string) => METADATA_ADDRESSES.some((it) => firstOf(it) === address);

const egressRules = ({ policies }: Scene): Manifest[] => policies.flatMap(({ spec }) => spec.egress ?? []);

/** The ports that any policy names, and HTTPS: what is let through on one port must not look refused. */
const portsToTry = (scene: Scene): number[] => {
  const named = egressRules(scene).flatMap(({ ports = [] }) => ports.map(({ port }: Manifest) => port));
  return [...new Set<number>([443, ...named.filter((it) => typeof it === 'number')])];
};

/** The ends of the gateway's range, and every port between that a policy names. */
const jupyterPorts = ({ policies }: Scene): number[] => {
  const rules: Manifest[] = policies.flatMap(({ spec }) => spec.ingress ?? []);
  const named = rules.flatMap(({ ports = [] }) =>
    ports.flatMap(({ port, endPort }: Manifest) => [port, endPort ?? port]),
  );
  return [...new Set<number>([JUPYTER.first, ...named, JUPYTER.last])].filter(
    (it) => it >= JUPYTER.first && it <= JUPYTER.last,
  );
};

/** The first address of every block that a policy names: where a list leads must not look refused. */
const addressesNamed = (scene: Scene): string[] =>
  egressRules(scene)
    .flatMap(({ to = [] }) => to.flatMap(({ ipBlock }: Manifest) => (ipBlock ? [firstOf(ipBlock.cidr)] : [])))
    .filter((address) => !/^(0\.0\.0\.0|::)$/.test(address) && !isMetadata(address));

const isPrivate = (address: string) =>
  PRIVATE.some((range) => contains(range, `${address}/${address.includes(':') ? 128 : 32}`));

const inside = ({ endpoint }: Workload): Endpoint => endpoint;

/** To a port of every sandbox, by its name in the Pod. */
const toPort =
  (from: (scene: Scene) => readonly Endpoint[], name: string) =>
  (scene: Scene): Connection[] =>
    from(scene).flatMap((source) =>
      scene.sandboxes
        .filter(({ ports }) => ports[name] !== undefined)
        .map((it) => ({ from: source, to: inside(it), protocol: 'TCP', port: it.ports[name]! })),
    );

/** To every declared port of some workloads. */
const toAll = (from: readonly Endpoint[], to: readonly Workload[]): Connection[] =>
  from.flatMap((source) =>
    to.flatMap((it) =>
      Object.values(it.ports).map((port) => ({ from: source, to: inside(it), protocol: 'TCP' as const, port })),
    ),
  );

/** To addresses, on every port that could be let through. */
const outTo = (from: readonly Endpoint[], addresses: readonly string[], ports: readonly number[]): Connection[] =>
  from.flatMap((it) =>
    addresses.flatMap((address) =>
      ports.map((port) => ({ from: it, to: { address }, protocol: 'TCP' as const, port })),
    ),
  );

export const STRANGER_TO_API: Flow = {
  title: 'a stranger (any other Pod of the cluster) → API',
  connections: toPort(({ stranger, neighbour }) => [stranger, neighbour], 'http'),
};

export const SANDBOX_TO_SANDBOX: Flow = {
  title: 'sandbox → another sandbox, every declared port',
  connections: ({ sandboxes }) => toAll(sandboxes.map(inside), sandboxes),
};

/** Where some Pods may go. */
const outward = (name: string, from: (scene: Scene) => readonly Endpoint[]) =>
  ({
    kubernetesApi: {
      title: `${name} → Kubernetes API`,
      connections: (scene: Scene) =>
        KUBERNETES_API.flatMap(({ address, port }) => outTo(from(scene), [address], [port])),
    },
    metadata: {
      title: `${name} → metadata address ${firstOf(METADATA_ADDRESSES[0])}`,
      connections: (scene: Scene) => outTo(from(scene), METADATA_ADDRESSES.map(firstOf), [80, ...portsToTry(scene)]),
    },
    dns: {
      title: `${name} → DNS of the cluster`,
      connections: (scene: Scene) =>
        from(scene).flatMap((it) =>
          (['UDP', 'TCP'] as const).map((protocol) => ({ from: it, to: scene.dns, protocol, port: 53 })),
        ),
    },
    privateNetworks: {
      title: `${name} → private address`,
      connections: (scene: Scene) =>
        outTo(from(scene), [...PRIVATE.map(firstOf), ...addressesNamed(scene).filter(isPrivate)], portsToTry(scene)),
    },
    internet: {
      title: `${name} → internet`,
      connections: (scene: Scene) =>
        outTo(from(scene), [...INTERNET, ...addressesNamed(scene).filter((it) => !isPrivate(it))], portsToTry(scene)),
    },
  }) satisfies Record<string, Flow>;

export const FROM_A_SANDBOX = outward('sandbox', ({ sandboxes }) => sandboxes.map(inside));

const FROM_A_NEIGHBOUR = outward('a Pod beside the sandboxes, without their labels', ({ neighbour }) => [neighbour]);

/** The questions of the traffic table. */
export const FLOWS: readonly Flow[] = [
  { title: 'client → API', connections: toPort(({ clients }) => clients, 'http') },
  STRANGER_TO_API,
  {
    title: `a stranger → Jupyter gateway ${JUPYTER.first}–${JUPYTER.last} (OpenHands ≤ 1.6)`,
    connections: (scene) =>
      [scene.stranger, scene.neighbour].flatMap((from) =>
        scene.sandboxes.flatMap((it) =>
          jupyterPorts(scene).map((port) => ({ from, to: inside(it), protocol: 'TCP' as const, port })),
        ),
      ),
  },
  { title: 'ingress controller → editor', connections: toPort((it) => it.ingressControllers, 'vscode') },
  { title: 'ingress controller → API', connections: toPort((it) => it.ingressControllers, 'http') },
  SANDBOX_TO_SANDBOX,
  FROM_A_SANDBOX.kubernetesApi,
  FROM_A_SANDBOX.metadata,
  FROM_A_SANDBOX.privateNetworks,
  FROM_A_SANDBOX.dns,
  FROM_A_SANDBOX.internet,
  FROM_A_NEIGHBOUR.kubernetesApi,
  FROM_A_NEIGHBOUR.metadata,
  FROM_A_NEIGHBOUR.privateNetworks,
  FROM_A_NEIGHBOUR.internet,
];

/** From every Canvas to the sandboxes of its own session, or to all others. */
const fromCanvas =
  (isOwn: boolean) =>
  (scene: Scene): Connection[] =>
    scene.others
      .filter(({ name }) => name === CANVAS)
      .flatMap((it) =>
        toAll(
          [inside(it)],
          scene.sandboxes.filter(({ session }) => (session === it.session) === isOwn),
        ),
      );

/** Canvas has a way to one sandbox. */
const CANVAS_TO_SANDBOXES: readonly Flow[] = [
  { title: `${CANVAS} → API and editor of its own session`, connections: fromCanvas(true) },
  { title: `${CANVAS} → any other sandbox, every declared port`, connections: fromCanvas(false) },
];

const named = ({ others }: Scene, name: string) => others.filter((it) => it.name === name);

/** From every sign-in to the Canvas of its own session, or to all others. */
const fromSignIn =
  (isOwn: boolean) =>
  (scene: Scene): Connection[] =>
    named(scene, SIGN_IN).flatMap((it) =>
      toAll(
        [inside(it)],
        named(scene, CANVAS).filter(({ session }) => (session === it.session) === isOwn),
      ),
    );

/** To what a URL of the profile leads to. */
const toTargets = (from: readonly Workload[], to: readonly Target[]): Connection[] =>
  from.flatMap((it) =>
    to.map(({ endpoint, port }) => ({ from: inside(it), to: endpoint, protocol: 'TCP' as const, port })),
  );

/** A sign-in has a way to one Canvas, and to the issuer. */
const SIGN_IN_TO_OTHERS: readonly Flow[] = [
  { title: `${SIGN_IN} → ${CANVAS} of its own session`, connections: fromSignIn(true) },
  { title: `${SIGN_IN} → any other ${CANVAS}`, connections: fromSignIn(false) },
  {
    title: `${SIGN_IN} → issuer`,
    connections: (scene) => toTargets(named(scene, SIGN_IN), scene.issuer),
  },
];

/** The same questions about a workload that is no sandbox. */
export function flowsOf(name: string): Flow[] {
  const own = ({ others }: Scene) => others.filter((it) => it.name === name);
  const { kubernetesApi, metadata, dns, privateNetworks, internet } = outward(name, (scene) => own(scene).map(inside));
  const toOwn: Flow = {
    title: `a stranger → ${name}`,
    connections: (scene) => toAll([scene.stranger, scene.neighbour], own(scene)),
  };
  const toApi: Flow = {
    title: `${name} → API`,
    connections: (scene) => toPort(() => own(scene).map(inside), 'http')(scene),
  };
  const outside = [kubernetesApi, metadata, privateNetworks, internet];
  if (name === EGRESS) {
    const fromSandboxes: Flow = {
      title: `sandbox → ${name}`,
      connections: (scene) => toAll(scene.sandboxes.map(inside), own(scene)),
    };
    return [fromSandboxes, toOwn, toApi, ...outside, dns];
  }
  if (name !== CANVAS && name !== SIGN_IN) return [toOwn, toApi, ...outside];
  const fromController: Flow = {
    title: `ingress controller → ${name}`,
    connections: (scene) => toAll(scene.ingressControllers, own(scene)),
  };
  return name === CANVAS
    ? [fromController, toOwn, ...CANVAS_TO_SANDBOXES, ...outside, dns]
    : [fromController, toOwn, ...SIGN_IN_TO_OTHERS, toApi, ...outside, dns];
}

/** What monitoring and logging need: Prometheus asks the exporter, the collector writes to Elasticsearch. */
export const OBSERVING: readonly Flow[] = [
  {
    title: 'Prometheus → openhands-exporter',
    connections: (scene) => toAll(scene.prometheus, named(scene, 'openhands-exporter')),
  },
  {
    title: 'openhands-logs → Elasticsearch',
    connections: (scene) => toTargets(named(scene, 'openhands-logs'), scene.elasticsearch),
  },
];

/** What a profile's policies make of a flow. */
export function outcomeOf({ connections }: Flow, scene: Scene): Outcome {
  const verdicts = connections(scene).map((it) => evaluate(scene.policies, it));
  const by = [...new Set(verdicts.flatMap((it) => it.by))].sort();
  if (verdicts.length === 0) return { verdict: 'nobody', by };
  const allowed = verdicts.filter((it) => it.allowed).length;
  if (allowed === 0) return { verdict: 'refused', by };
  return { verdict: allowed === verdicts.length ? 'allowed' : 'in part', by };
}
