import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { eventually } from '../e2e/eventually';
import { stepsIn } from '../e2e/in-order';
import { kubectl } from '../e2e/kubectl';
import { Manifests, WARNING_OF_THE_DEFAULT_ACCOUNT } from '../e2e/manifests';
import { create, namespace, remove, type Manifest } from '../e2e/objects';
import { Pool, report, secondsSince } from '../e2e/pool';
import { counts, podsOf, serving, waiting, type PlacedPod } from './nodes/pods';
import { SimulatedNodes, zoneOf } from './nodes/simulated-nodes';

// Its autoscaler takes eight minutes for the way back, one sandbox a minute.
jest.setTimeout(700_000);

const NAME = 'parts-nodes';
const POOL = 'pool=openhands-runtime';
const ZONES = ['a', 'b', 'c'];

const profile = (name: string) => Manifests.ofProfile(join(__dirname, 'profiles', `${name}.toml`));

const zonesOf = (pods: readonly PlacedPod[]) => counts(pods.map(({ node }) => zoneOf(node!)));
const hostsOf = (pods: readonly PlacedPod[]) => counts(pods.map(({ node }) => node!));

const FILLER = 'parts-nodes-filler';

/** More Pods of no priority than the nodes have room for, and smaller than a sandbox: beside them there is room for none. */
const filler = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'filler', namespace: FILLER },
  spec: {
    replicas: 70,
    selector: { matchLabels: { app: 'filler' } },
    template: {
      metadata: { labels: { app: 'filler' } },
      spec: {
        nodeSelector: { 'openhands.dev/pool': 'sandboxes' },
        tolerations: [{ key: 'openhands.dev/pool', operator: 'Exists' }],
        containers: [{ name: 'filler', image: 'busybox:1.35', resources: { requests: { cpu: '400m' } } }],
      },
    },
  },
} satisfies Manifest;

/** `kubectl drain`, as who renews a node calls it. */
const drain = (node: string) =>
  kubectl('drain', node, '--delete-emptydir-data', '--ignore-daemonsets', '--timeout=240s');

let nodes: SimulatedNodes;

beforeAll(async () => {
  nodes = await SimulatedNodes.start({
    name: NAME,
    pool: 'sandboxes',
    zones: ZONES,
    nodesPerZone: 2,
    capacity: { cpu: '4', memory: '32Gi', pods: '110' },
    // Each sandbox that ever was has had one, and none is used again.
    volumesPerZone: 24,
    isMeasured: true,
  });
});
afterAll(() => nodes?.stop());

describe("staging's pool on six nodes in three zones", () => {
  const manifests = profile('nodes-staging');
  const pool = new Pool('parts-nodes-staging', 'deployment');
  const step = stepsIn(pool.namespace);
  const pods = async () => serving(await podsOf(pool.namespace, POOL));
  const size = async () => (await pods()).length;
  /** The sizes between which the load decides. */
  const bound = (minReplicas: number, maxReplicas: number) => {
    const patch = JSON.stringify({ spec: { minReplicas, maxReplicas } });
    return pool.kubectl('patch', 'hpa', 'openhands-runtime', '--type=merge', `--patch=${patch}`);
  };
  /** The fewest that served while something happened. */
  const fewestDuring = async (act: Promise<unknown>) => {
    let [fewest, isOver] = [Infinity, false];
    const watch = async () => {
      for (; !isOver; await setTimeout(250)) fewest = Math.min(fewest, await size());
    };
    const watching = watch();
    await act.finally(() => (isOver = true));
    await watching;
    return fewest;
  };

  afterAll(() => Promise.all([manifests.cleanUp(), remove(namespace(FILLER))]));

  step('applies without a warning', async () => {
    const { stderr } = await manifests.apply();

    expect(stderr.replace(WARNING_OF_THE_DEFAULT_ACCOUNT, '')).toBe('');
  });

  step(
    'starts with the two that its autoscaler asks for, in two zones, where their label and toleration lead',
    async () => {
      await pool.ready(2);

      expect(zonesOf(await pods())).toEqual([1, 1]);
      expect((await pods()).every(({ node }) => node!.startsWith(NAME))).toBe(true);
    },
  );

  step('grows to ten under load, at most twofold in 15 s, even over zones and hosts', async () => {
    const started = performance.now();
    for (const { name } of await pods()) {
      await pool.kubectl('annotate', 'pod', name, 'openhands.dev/simulated-cpu=6');
    }
    expect(await eventually(size, 10, 240)).toBe(10);
    report(`from 2 to 10 in ${secondsSince(started)} s`);

    expect(zonesOf(await pods())).toEqual([4, 3, 3]);
    expect(hostsOf(await pods())).toEqual([2, 2, 2, 2, 1, 1]);
  });

  step('leaves a drained node one by one', async () => {
    const hosts = (await pods()).map(({ node }) => node!);
    const node = hosts.find((host, index) => hosts.indexOf(host) !== index);
    const started = performance.now();
    const fewest = await fewestDuring(drain(node!));
    report(`a node of two sandboxes drained in ${secondsSince(started)} s`);
    await kubectl('uncordon', node!);

    // Its budget lets one go at a time.
    expect(fewest).toBe(9);
    expect(await eventually(size, 10, 60)).toBe(10);
    expect((await pods()).map((it) => it.node)).not.toContain(node);
  });

  step('is even after an update of every sandbox', async () => {
    const started = performance.now();
    await pool.kubectl('set', 'env', 'deployment/openhands-runtime', 'DEBUG=true');
    // One after the other: each has to be ready for ten seconds before the next.
    await pool.kubectl('rollout', 'status', 'deployment/openhands-runtime', '--timeout=600s');
    report(`ten sandboxes updated in ${secondsSince(started)} s`);

    const zones = zonesOf(await pods());
    expect(zones).toHaveLength(ZONES.length);
    expect(zones[0]! - zones.at(-1)!).toBeLessThanOrEqual(1);
  });

  step('leaves a node that dies, and is whole on the others after what its sandboxes tolerate', async () => {
    const { node } = (await pods())[0]!;
    const started = performance.now();
    await nodes.kill(node!);
    const isAlive = async () => (await nodes.ready()).includes(node!);
    expect(await eventually(isAlive, false, 90)).toBe(false);
    report(`a dead node was noticed after ${secondsSince(started)} s`);
    const isWhole = async () => {
      const wanted = await pool.kubectl('get', 'deployment', 'openhands-runtime', '-o=jsonpath={.spec.replicas}');
      return (await pods()).filter((it) => it.node !== node).length >= Number(wanted);
    };
    expect(await eventually(isWhole, true, 120)).toBe(true);
    report(`its sandboxes were Ready elsewhere after ${secondsSince(started)} s`);

    // Its kubelet would have to end them.
    expect((await podsOf(pool.namespace, POOL)).filter((it) => it.node === node && it.isEnding)).not.toEqual([]);
    await nodes.revive(node!);
    expect(await eventually(isAlive, true, 60)).toBe(true);
  });

  step('loses a sandbox that has failed to the descheduler, and no other', async () => {
    const before = await pods();
    const failed = before[0]!.name;
    const patch = '--patch={"status":{"phase":"Failed"}}';
    await pool.kubectl('patch', 'pod', failed, '--subresource=status', '--type=merge', patch);
    const system = `--namespace=${pool.namespace}-system`;
    await kubectl('create', 'job', 'drill', '--from=cronjob/openhands-descheduler', system);
    await kubectl('wait', 'job/drill', '--for=condition=Complete', '--timeout=180s', system);
    const said = (await kubectl('logs', 'job/drill', system)).stdout;

    expect([...said.matchAll(/"Evicted pod" pod="[^/]*\/([^"]*)"/g)].map(([, name]) => name)).toEqual([failed]);
    await pool.gone(failed);
  });

  step('pushes out what matters less when the nodes are full, and is pushed out by none of it', async () => {
    const fillers = () => podsOf(FILLER, 'app=filler');
    const running = async () => serving(await fillers()).length;
    const withoutNode = async () => waiting(await fillers()).length;
    // A size that no autoscaler changes meanwhile: beyond its bounds it goes at once.
    await bound(4, 4);
    expect(await eventually(size, 4, 90)).toBe(4);
    await create(namespace(FILLER), filler);
    expect(await eventually(async () => (await running()) + (await withoutNode()), filler.spec.replicas, 120)).toBe(
      filler.spec.replicas,
    );
    const before = await running();
    expect(await withoutNode()).toBeGreaterThan(0);

    const started = performance.now();
    await bound(10, 10);
    expect(await eventually(size, 10, 120)).toBe(10);
    report(`full nodes made room for six sandboxes more in ${secondsSince(started)} s`);

    expect(await running()).toBeLessThan(before);
    const { stdout } = await kubectl(
      'get',
      'events',
      `--namespace=${FILLER}`,
      '--field-selector=reason=Preempted',
      '-o=name',
    );
    expect(stdout).not.toBe('');
    // Those that wait for a place have not taken a sandbox's.
    expect(await withoutNode()).toBeGreaterThan(0);
    expect(await size()).toBe(10);
    await remove(filler, namespace(FILLER));
  });

  step('comes back to two without load, one a minute', async () => {
    // What it has added within a minute it takes away again at once.
    await setTimeout(60_000);
    const started = performance.now();
    await bound(2, 10);
    expect(await eventually(size, 2, 600)).toBe(2);
    const seconds = secondsSince(started);
    report(`from 10 to 2 in ${seconds} s`);
    // Eight, the first of them at once.
    expect(Number(seconds)).toBeGreaterThan(7 * 60 - 15);
  });
});

describe("production's pool, whose volumes are of a zone each", () => {
  const manifests = profile('nodes-production');
  const pool = new Pool('parts-nodes-production', 'statefulset');
  const step = stepsIn(pool.namespace);
  const all = () => podsOf(pool.namespace, POOL);
  const pods = async () => serving(await all());
  const size = async () => (await pods()).length;
  const at = async (name: string) => (await all()).find((it) => it.name === name);
  /** The zone of the volume of each sandbox, by its name. */
  const volumes = async () => {
    const { stdout } = await kubectl('get', 'pv', '-o=json');
    const { items } = JSON.parse(stdout) as {
      items: { metadata: { name: string }; spec: { claimRef?: { name: string; namespace: string } } }[];
    };
    return new Map(
      items
        .filter(({ spec }) => spec.claimRef?.namespace === pool.namespace)
        .map(({ metadata, spec }) => [spec.claimRef!.name.replace('workspace-volume-', ''), zoneOf(metadata.name)]),
    );
  };

  afterAll(async () => {
    await manifests.cleanUp();
    // A StatefulSet's claims stay, for its next life.
    await pool.kubectl('delete', 'pvc', '--all', '--ignore-not-found').catch(() => undefined);
  });

  step(
    'is even over three zones, with the selector, the toleration and the priority of the shipped profile',
    async () => {
      const { stderr } = await manifests.apply();
      await pool.rolledOut();

      expect(stderr.replace(WARNING_OF_THE_DEFAULT_ACCOUNT, '')).toBe('');
      expect(zonesOf(await pods())).toEqual([2, 2, 2]);
      expect(hostsOf(await pods())).toEqual([1, 1, 1, 1, 1, 1]);
    },
  );

  step('has each volume in the zone of its sandbox', async () => {
    const zones = await volumes();

    expect(zones.size).toBe(6);
    for (const { name, node } of await pods()) expect(zones.get(name)).toBe(zoneOf(node!));
  });

  step('comes back in the zone of its volume when its node is drained', async () => {
    const { name, node } = (await pods())[0]!;
    await drain(node!);
    expect(await eventually(size, 6, 90)).toBe(6);

    const now = (await at(name))!.node!;
    expect(now).not.toBe(node);
    expect(zoneOf(now)).toBe(zoneOf(node!));
    await kubectl('uncordon', node!);
  });

  step('waits on a dead node until somebody says that it is off, and then comes back in its zone', async () => {
    const { name, node, uid } = (await pods())[0]!;
    await nodes.kill(node!);
    const isAlive = async () => (await nodes.ready()).includes(node!);
    expect(await eventually(isAlive, false, 90)).toBe(false);
    expect(await eventually(async () => (await at(name))?.isEnding, true, 90)).toBe(true);
    // Nobody makes another one of its name while that one may still run.
    await setTimeout(10_000);
    expect(await at(name)).toMatchObject({ uid, node });

    const started = performance.now();
    const taint = 'node.kubernetes.io/out-of-service=nodeshutdown:NoExecute';
    await kubectl('taint', 'node', node!, taint);
    expect(await eventually(size, 6, 90)).toBe(6);
    report(`a dead node said to be off: its sandboxes Ready after ${secondsSince(started)} s`);
    const now = (await at(name))!.node!;
    expect(now).not.toBe(node);
    expect(zoneOf(now)).toBe(zoneOf(node!));
    await kubectl('taint', 'node', node!, `${taint}-`);
    await nodes.revive(node!);
    expect(await eventually(isAlive, true, 60)).toBe(true);
  });
});
