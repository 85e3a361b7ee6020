import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests } from './manifests';

const NAMESPACE = 'e2e-headroom';
const SYSTEM = `${NAMESPACE}-system`;
/** Of which a sandbox of the profile asks for one, and nobody else on this cluster for any. */
const SLOT = 'nvidia.com/gpu';
const SLOTS = 4;
const BURST = 3;

interface Pod {
  readonly metadata: { readonly name: string; readonly creationTimestamp: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    /** The node on which others make way for it. */
    readonly nominatedNodeName?: string;
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const podsOf = async (namespace: string, selector: string): Promise<readonly Pod[]> => {
  const { stdout } = await kubectl('get', 'pods', `--namespace=${namespace}`, `--selector=${selector}`, '-o=json');
  return (JSON.parse(stdout) as { items: readonly Pod[] }).items;
};

const placeholders = () => podsOf(SYSTEM, 'app.kubernetes.io/name=openhands-headroom');
const sandboxes = () => podsOf(NAMESPACE, 'pool=openhands-runtime');
const placed = (pods: readonly Pod[]) => pods.filter(({ spec }) => spec.nodeName !== undefined).length;
/** Those that have a node, or one that is made free for them: their volumes may still be made. */
const promised = (pods: readonly Pod[]) =>
  pods.filter(({ spec, status }) => (spec.nodeName ?? status.nominatedNodeName) !== undefined).length;

/** A real node: others, which only say that they are, run nothing. */
async function realNode(): Promise<string> {
  const { stdout } = await kubectl('get', 'nodes', '-o=json');
  const { items } = JSON.parse(stdout) as { items: readonly { metadata: { name: string; annotations: object } }[] };
  return items.find(({ metadata }) => !('kwok.x-k8s.io/node' in metadata.annotations))!.metadata.name;
}

/** Say how many slots a node has. */
async function setSlots(node: string, slots: number | null): Promise<void> {
  const patch = JSON.stringify({ status: { capacity: { [SLOT]: slots === null ? null : String(slots) } } });
  await kubectl('patch', 'node', node, '--subresource=status', '--type=merge', `--patch=${patch}`);
}

const scale = (replicas: number) =>
  kubectl('scale', 'deployment/openhands-runtime', `--namespace=${NAMESPACE}`, `--replicas=${replicas}`);

describe('room that is held for sandboxes', () => {
  const manifests = Manifests.ofTestProfile('headroom.toml');
  const step = stepsIn(SYSTEM);
  let node: string;

  beforeAll(async () => {
    node = await realNode();
    await setSlots(node, SLOTS);
  });

  afterAll(async () => {
    await manifests.cleanUp();
    await setSlots(node, null);
  });

  step('fills the node, beside the sandboxes that are there', async () => {
    await manifests.apply();

    expect(await eventually(async () => placed(await sandboxes()), 1, 150)).toBe(1);
    expect(await eventually(async () => placed(await placeholders()), BURST, 120)).toBe(BURST);
  });

  step('has the images of sandboxes pulled, and then does nothing', async () => {
    const init = async () =>
      (
        await kubectl(
          ...['get', 'pods', `--namespace=${SYSTEM}`, '--selector=app.kubernetes.io/name=openhands-prepull'],
          ...[`--field-selector=spec.nodeName=${node}`],
          '-o=jsonpath={.items[0].status.initContainerStatuses[0].state.terminated.reason} {.items[0].status.phase}',
        )
      ).stdout;

    expect(await eventually(init, 'Completed Running', 120)).toBe('Completed Running');
  });

  step('makes way at once for a burst of as many as it holds', async () => {
    const started = performance.now();
    await scale(1 + BURST);

    expect(await eventually(async () => promised(await sandboxes()), 1 + BURST, 90)).toBe(1 + BURST);
    const seconds = (performance.now() - started) / 1000;
    process.stderr.write(`    ${BURST} sandboxes had room ${seconds.toFixed(1)} s after they were asked for\n`);
    expect(await eventually(async () => placed(await placeholders()), 0)).toBe(0);
  });

  step('is the node of that burst, once it has its volumes', async () => {
    expect(await eventually(async () => placed(await sandboxes()), 1 + BURST, 240)).toBe(1 + BURST);
  });

  step('waits then for the node that an autoscaler would make', async () => {
    const isWaiting = ({ status }: Pod) =>
      status.phase === 'Pending' &&
      status.conditions?.some((it) => it.type === 'PodScheduled' && it.status === 'False');
    const waiting = async () => (await placeholders()).filter(isWaiting).length;

    expect(await eventually(waiting, BURST, 60)).toBe(BURST);
  });

  step('is held again when the sandboxes go', async () => {
    await scale(1);

    expect(await eventually(async () => placed(await placeholders()), BURST, 180)).toBe(BURST);
  });
});
