import { CANVAS, SIGN_IN } from '../../constructs/labels';
import type { Manifest } from '../../constructs/policy/objects';
import { FROM_A_SANDBOX, outcomeOf, SANDBOX_TO_SANDBOX, STRANGER_TO_API, type Flow } from './flows';
import { unique } from './markdown';
import { matchesPeer, selectsPod } from './network-policy';
import { peersText, portsText } from './peers';
import { sceneOf, type Scene, type Workload } from './scene';
import type { Shipped } from './shipped';

/** A box of the picture that stands for Pods of the profile. */
interface Box {
  readonly id: string;
  readonly text: string;
  readonly namespace: string;
  readonly workloads: readonly Workload[];
}

/** What Mermaid would read as its own: quotes end a text, and # starts an entity. */
const quoted = (text: string): string => `"${text.replaceAll('#', '#35;').replaceAll('"', '#quot;')}"`;

function boxesOf({ sandboxes, others }: Scene, namespace: string): Box[] {
  const names = sandboxes.map(({ name }) => name);
  return [
    { id: 'sandbox', text: ['sandboxes', ...names].join('<br/>'), namespace, workloads: sandboxes },
    ...unique(others.map(({ name }) => name)).map((name, index) => {
      const workloads = others.filter((it) => it.name === name);
      return {
        id: `other${index + 1}`,
        text: [CANVAS, SIGN_IN].includes(name) ? `${name}<br/>each to its own session` : name,
        namespace: workloads[0]?.endpoint.pod?.namespace ?? namespace,
        workloads,
      };
    }),
  ];
}

/** The boxes and arrows of one profile. Whoever is no Pod of the profile gets a box by the words for it. */
class Picture {
  readonly edges: string[] = [];
  private readonly boxes: Box[];
  private readonly outside = new Map<string, string>();

  constructor(
    private readonly scene: Scene,
    namespace: string,
  ) {
    this.boxes = boxesOf(scene, namespace);
    for (const policy of scene.policies) {
      for (const box of this.boxes.filter((it) => this.isAbout(policy, it))) this.allow(policy, box);
    }
  }

  private isAbout(policy: Manifest, { workloads }: Box) {
    return workloads.some(({ endpoint: { pod } }) => pod && selectsPod(policy, pod));
  }

  private allow({ metadata, spec }: Manifest, box: Box) {
    for (const rule of spec.ingress ?? []) {
      for (const peer of this.peersOf(rule.from, metadata.namespace)) this.arrow(peer, rule, box.id);
    }
    for (const rule of spec.egress ?? []) {
      for (const peer of this.peersOf(rule.to, metadata.namespace)) this.arrow(box.id, rule, peer);
    }
  }

  private arrow(from: string, { ports }: Manifest, to: string) {
    // Only a sandbox's ports have a purpose that is known here.
    const sandboxes = to === 'sandbox' ? this.scene.sandboxes : [];
    const names = Object.assign({}, ...sandboxes.map((it) => it.ports)) as Workload['ports'];
    this.edges.push(`${from} -->|${quoted(portsText(ports, names))}| ${to}`);
  }

  /** The boxes that a rule's peers are: workloads of the profile that a peer names, else one of their own. */
  private peersOf(peers: readonly Manifest[] | undefined, namespace: string): string[] {
    if (!peers?.length) return [this.outsider(peersText(peers))];
    const blocks = peers.filter(({ ipBlock }) => ipBlock);
    const pods = peers.filter(({ ipBlock }) => !ipBlock);
    return unique([
      ...pods.map((peer) => this.ownBox(peer, namespace) ?? this.outsider(peersText([peer]))),
      ...(blocks.length > 0 ? [this.outsider(peersText(blocks))] : []),
    ]);
  }

  private ownBox(peer: Manifest, namespace: string): string | undefined {
    if (!peer.podSelector?.matchLabels) return undefined;
    const isMeant = ({ endpoint }: Workload) => matchesPeer(peer, namespace, endpoint);
    const [box, ...more] = this.boxes.filter(({ workloads }) => workloads.some(isMeant));
    return more.length === 0 ? box?.id : undefined;
  }

  private outsider(texts: readonly string[]): string {
    const text = texts.join('<br/>');
    const id = this.outside.get(text) ?? `peer${this.outside.size + 1}`;
    this.outside.set(text, id);
    return id;
  }

  /** A connection that one would try: crossed out where it is refused. */
  ask(flow: Flow, text: string, direction: 'from' | 'to') {
    const { verdict } = outcomeOf(flow, this.scene);
    if (verdict === 'nobody') return;
    const arrow = verdict === 'refused' ? '-. refused .-x' : `-- ${quoted(verdict)} -->`;
    const other = this.outsider([text]);
    this.edges.push(direction === 'from' ? `${other} ${arrow} sandbox` : `sandbox ${arrow} ${other}`);
  }

  toString(): string {
    return [
      'flowchart LR',
      ...[...this.outside].map(([text, id]) => `  ${id}(${quoted(text)})`),
      ...unique(this.boxes.map(({ namespace }) => namespace)).flatMap((namespace, index) => [
        `  subgraph ${index === 0 ? 'own' : `own${index + 1}`}[${quoted(`namespace ${namespace}`)}]`,
        ...this.boxes.filter((it) => it.namespace === namespace).map(({ id, text }) => `    ${id}[${quoted(text)}]`),
        '  end',
      ]),
      ...unique(this.edges).map((edge) => `  ${edge}`),
    ].join('\n');
  }
}

/** Who may talk to whom in a profile, as Mermaid draws it. */
export function picture(shipped: Shipped): string {
  const drawn = new Picture(sceneOf(shipped), shipped.profile.kubernetes.namespace);
  drawn.ask(STRANGER_TO_API, 'any other Pod', 'from');
  drawn.ask(SANDBOX_TO_SANDBOX, 'another sandbox', 'to');
  drawn.ask(FROM_A_SANDBOX.kubernetesApi, 'Kubernetes API', 'to');
  drawn.ask(FROM_A_SANDBOX.metadata, 'metadata address 169.254.169.254', 'to');
  drawn.ask(FROM_A_SANDBOX.privateNetworks, 'private networks', 'to');
  return drawn.toString();
}
