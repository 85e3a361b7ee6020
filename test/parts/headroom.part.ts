import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { eventually } from '../e2e/eventually';
import { stepsIn } from '../e2e/in-order';
import { Manifests } from '../e2e/manifests';
import { Pool, report, secondsSince } from '../e2e/pool';
import { podsOf, serving, waiting } from './nodes/pods';
import { SimulatedNodes } from './nodes/simulated-nodes';

const NAME = 'parts-burst';
/** Sandboxes that a node has room for, that are there, and that come at once. */
const TEN = 10;
/** How long a node takes from its order to its first Pod: a cloud's takes longer. */
const NODE_SECONDS = 30;

/** A pool that fills the only node, and what becomes of a burst on it. */
class Burst {
  readonly pool: Pool;
  private readonly manifests: Manifests;
  private nodes: SimulatedNodes | undefined;

  constructor(profile: string) {
    this.manifests = Manifests.ofProfile(join(__dirname, 'profiles', `${profile}.toml`));
    this.pool = new Pool(`parts-${profile}`, 'deployment');
  }

  async start(): Promise<void> {
    this.nodes = await SimulatedNodes.start({
      name: NAME,
      pool: NAME,
      zones: ['a'],
      nodesPerZone: 1,
      // Ten sandboxes of half a core, and less than one beside them.
      capacity: { cpu: '5400m', memory: '32Gi', pods: '110' },
      volumesPerZone: 2 * TEN + 5,
    });
    await this.manifests.apply();
    await this.pool.rolledOut();
  }

  async stop(): Promise<void> {
    try {
      // The simulated kubelets end the Pods.
      await this.manifests.delete();
    } finally {
      await this.manifests.cleanUp();
      await this.nodes?.stop();
    }
  }

  sandboxes() {
    return podsOf(this.pool.namespace, 'pool=openhands-runtime');
  }

  placeholders() {
    return podsOf(`${this.pool.namespace}-system`, 'app.kubernetes.io/name=openhands-headroom');
  }

  /** As an autoscaler of sandboxes does, or many people. */
  async ask(): Promise<void> {
    await this.pool.kubectl('scale', 'deployment/openhands-runtime', `--replicas=${2 * TEN}`);
  }

  /** What an autoscaler of nodes does when Pods find no room. */
  async makeNode(): Promise<void> {
    await setTimeout(NODE_SECONDS * 1000);
    await this.nodes!.add();
  }

  /** Wait until the burst has nodes and then serves, and say how long after `asked` that was. */
  async served(title: string, asked: number): Promise<void> {
    const placed = async () => (await this.sandboxes()).filter(({ node }) => node !== undefined).length;
    expect(await eventually(placed, 2 * TEN, 90)).toBe(2 * TEN);
    const placedAfter = secondsSince(asked);
    expect(await eventually(async () => serving(await this.sandboxes()).length, 2 * TEN, 90)).toBe(2 * TEN);
    report(
      `${title}: ten sandboxes more had nodes after ${placedAfter} s and were Ready after ${secondsSince(asked)} s`,
    );
  }
}

const waitingOf = async (pods: ReturnType<typeof podsOf>) => waiting(await pods).length;
const nodesOf = async (pods: ReturnType<typeof podsOf>) => [...new Set((await pods).map(({ node }) => node))].sort();

describe('ten sandboxes more than a full node has, without headroom', () => {
  const burst = new Burst('burst');
  const step = stepsIn(burst.pool.namespace);

  beforeAll(() => burst.start());
  afterAll(() => burst.stop());

  step('wait for a node', async () => {
    const asked = performance.now();
    await burst.ask();
    expect(await eventually(() => waitingOf(burst.sandboxes()), TEN, 60)).toBe(TEN);

    await burst.makeNode();
    await burst.served('without headroom', asked);
    expect((performance.now() - asked) / 1000).toBeGreaterThan(NODE_SECONDS);
    expect(await nodesOf(burst.sandboxes())).toEqual([`${NAME}-a-0`, `${NAME}-a-1`]);
  });
});

describe('ten sandboxes more than a full node has, with headroom for ten', () => {
  const burst = new Burst('burst-headroom');
  const step = stepsIn(burst.pool.namespace);

  beforeAll(() => burst.start());
  afterAll(() => burst.stop());

  step('have a node before they are asked for: placeholders have waited for it', async () => {
    expect(await eventually(() => waitingOf(burst.placeholders()), TEN, 60)).toBe(TEN);

    await burst.makeNode();
    expect(await eventually(() => waitingOf(burst.placeholders()), 0, 60)).toBe(0);
    expect(await nodesOf(burst.placeholders())).toEqual([`${NAME}-a-1`]);
  });

  step('start at once, on the node that is there', async () => {
    const asked = performance.now();
    await burst.ask();
    await burst.served('with headroom', asked);

    expect(await nodesOf(burst.sandboxes())).toEqual([`${NAME}-a-0`, `${NAME}-a-1`]);
  });

  step('leave the waiting to the placeholders, until the next node comes', async () => {
    expect(await eventually(() => waitingOf(burst.placeholders()), TEN, 60)).toBe(TEN);

    await burst.makeNode();
    expect(await eventually(() => waitingOf(burst.placeholders()), 0, 60)).toBe(0);
    expect(await nodesOf(burst.placeholders())).toEqual([`${NAME}-a-2`]);
    expect(await nodesOf(burst.sandboxes())).toEqual([`${NAME}-a-0`, `${NAME}-a-1`]);
  });
});
