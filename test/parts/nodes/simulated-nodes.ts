import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { Background } from '../../e2e/background';
import { eventually } from '../../e2e/eventually';
import { kubectl } from '../../e2e/kubectl';
import { create, discard, type Manifest } from '../../e2e/objects';

/** Label and taint of nodes for sandboxes alone, as the shipped profile `production` has them. */
const POOL = 'openhands.dev/pool';

/** Nodes of this label have their kubelet played by the kwok of its value. */
const PLAYED = 'kwok.x-k8s.io/node';

/** Where metrics-server asks every node, whatever port the node says. */
const KUBELET_PORT = 10250;

/** A range of addresses that no real Pod has. */
const POD_ADDRESSES = '10.64.0.1/14';

export interface SimulatedNodesProps {
  /** What nodes, zones and the StorageClass begin with. */
  readonly name: string;
  /** Value of the label and the taint {@link POOL}. */
  readonly pool: string;
  readonly zones: readonly string[];
  readonly nodesPerZone: number;
  /** What a node has. */
  readonly capacity: { readonly cpu: string; readonly memory: string; readonly pods: string };
  /** Volumes that wait in each zone, as a cloud's disks do: every node of the zone can have them, and no other. */
  readonly volumesPerZone: number;
  /** metrics-server asks them what their Pods use; only one kwok on a machine can answer. @default false */
  readonly isMeasured?: boolean;
}

/** This machine's address on the way to the API server, where the cluster reaches it. */
async function ownAddress(): Promise<string> {
  const { stdout } = await kubectl('config', 'view', '--minify', '-o=jsonpath={.clusters[0].cluster.server}');
  const { hostname, port } = new URL(stdout);
  const socket = createSocket('udp4');
  socket.connect(Number(port || 443), hostname);
  await once(socket, 'connect');
  const { address } = socket.address();
  socket.close();
  return address;
}

/**
 * Nodes in several zones whose kubelets kwok plays. Scheduler, controllers and API server are the cluster's real ones; no
 * container runs, and no packet reaches such a Pod.
 */
export class SimulatedNodes {
  private constructor(
    private readonly props: SimulatedNodesProps,
    private readonly address: string,
    private readonly kwok: Background,
    private readonly objects: Manifest[],
  ) {}

  static async start(props: SimulatedNodesProps): Promise<SimulatedNodes> {
    const address = await ownAddress();
    const kwok = await Background.start(
      'kwok',
      `--kubeconfig=${process.env.KUBECONFIG}`,
      `--config=${join(__dirname, 'kwok.yaml')}`,
      '--manage-all-nodes=false',
      `--manage-nodes-with-label-selector=${PLAYED}=${props.name}`,
      `--cidr=${POD_ADDRESSES}`,
      // It is renewed four times in that time.
      '--node-lease-duration-seconds=20',
      ...(props.isMeasured ? [`--server-address=${address}:${KUBELET_PORT}`] : []),
    );
    const objects = [...nodesOf(props, address), ...storageOf(props)];
    const nodes = new SimulatedNodes(props, address, kwok, objects);
    await create(...objects);
    await nodes.areReady(props.zones.length * props.nodesPerZone);
    return nodes;
  }

  /** One more in the first zone, as an autoscaler of nodes makes it. */
  async add(): Promise<void> {
    const count = this.objects.filter(({ kind }) => kind === 'Node').length;
    const node = nodeOf(this.props, this.address, this.props.zones[0]!, count);
    this.objects.push(node);
    await create(node);
    await this.areReady(count + 1);
  }

  private async areReady(count: number): Promise<void> {
    const isReady = async () => (await this.ready()).length;
    if ((await eventually(isReady, count, 60)) !== count) throw new Error('the simulated nodes are not Ready');
  }

  /** Names of those that the cluster takes for alive. */
  async ready(): Promise<string[]> {
    const { stdout } = await kubectl(
      'get',
      'nodes',
      `--selector=openhands.dev/simulated=${this.props.name}`,
      '-o=json',
    );
    const { items } = JSON.parse(stdout) as {
      items: { metadata: { name: string }; status: { conditions?: { type: string; status: string }[] } }[];
    };
    return items
      .filter(({ status }) => status.conditions?.some((it) => it.type === 'Ready' && it.status === 'True'))
      .map(({ metadata }) => metadata.name);
  }

  /** Silence a node, as a machine that loses its power: nobody renews its lease, nobody ends its Pods. */
  async kill(node: string): Promise<void> {
    await kubectl('label', 'node', node, `${PLAYED}-`);
  }

  async revive(node: string): Promise<void> {
    await kubectl('label', 'node', node, `${PLAYED}=${this.props.name}`);
  }

  async stop(): Promise<void> {
    try {
      // kubectl itself would wait for one after the other, and of a thousand for longer than its limit.
      await discard(...this.objects);
      await eventually(() => this.volumesLeft(), 0, 120);
    } finally {
      await this.kwok.stop();
    }
  }

  /** How many of its volumes are not gone yet: the next ones have their names. */
  private async volumesLeft(): Promise<number> {
    const { stdout } = await kubectl('get', 'persistentvolumes', '-o=name');
    return stdout.split('\n').filter((it) => it.startsWith(`persistentvolume/${this.props.name}-`)).length;
  }
}

/** The zone that a node's name says. */
export const zoneOf = (node: string): string => node.replace(/-\d+$/, '');

function nodeOf({ name, pool, capacity }: SimulatedNodesProps, address: string, zone: string, index: number): Manifest {
  const sizes = { ...capacity, 'ephemeral-storage': '1Ti' };
  const node = `${name}-${zone}-${index}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: node,
      labels: {
        'kubernetes.io/hostname': node,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/zone': `${name}-${zone}`,
        [POOL]: pool,
        [PLAYED]: name,
        'openhands.dev/simulated': name,
      },
      annotations: { 'metrics.k8s.io/resource-metrics-path': `/metrics/nodes/${node}/metrics/resource` },
    },
    spec: { taints: [{ key: POOL, value: pool, effect: 'NoSchedule' }] },
    status: {
      capacity: sizes,
      allocatable: sizes,
      addresses: [{ type: 'InternalIP', address }],
      daemonEndpoints: { kubeletEndpoint: { Port: KUBELET_PORT } },
    },
  };
}

const nodesOf = (props: SimulatedNodesProps, address: string): Manifest[] =>
  props.zones.flatMap((zone) =>
    Array.from({ length: props.nodesPerZone }, (_, index) => nodeOf(props, address, zone, index)),
  );

/** A class without a provisioner, and its volumes. */
function storageOf({ name, zones, volumesPerZone }: SimulatedNodesProps): Manifest[] {
  const volumes = zones.flatMap((zone) =>
    Array.from({ length: volumesPerZone }, (_, index): Manifest => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `${name}-${zone}-${index}` },
      spec: {
        capacity: { storage: '20Gi' },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName: name,
        local: { path: '/simulated' },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              {
                matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: [`${name}-${zone}`] }],
              },
            ],
          },
        },
      },
    })),
  );
  return [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
    ...volumes,
  ];
}
