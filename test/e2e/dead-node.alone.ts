import { agentServer as program } from './agent-server';
import { Drills } from './drill';
import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests } from './manifests';
import { NodeShell } from './node';
import { Sandbox } from './sandbox';

const NAMESPACE = 'e2e-dead-node';
const SESSION = 'session=drill';
const FILE = '/workspace/e2e.txt';
const TEXT = 'written before the node was dead\n';

/** Longer than the cluster takes a node for alive (20 s here) and the sandbox tolerates a dead one (20 s). */
const STOPPED_SECONDS = 55;

describe('a sandbox', () => {
  const manifests = Manifests.ofTestProfile('dead-node.toml');
  const step = stepsIn(NAMESPACE);
  const drills = new Drills(NAMESPACE);
  const node = new NodeShell('e2e-dead-node-shell');
  const session = new Sandbox({ namespace: NAMESPACE, session: 'drill', workload: 'Deployment', program });

  afterAll(async () => {
    process.stderr.write(drills.table());
    await Promise.all([manifests.cleanUp(), node.close()]);
  });

  step('is Ready', async () => {
    await manifests.apply();
    await node.open();
    await session.ready();
    await session.writeFile(FILE, TEXT);
  });

  step('whose node is dead for longer than it tolerates is deleted, and comes back with the node', async () => {
    const name = await node.name();
    const isReadyNode = async () => {
      const path = '-o=jsonpath={.status.conditions[?(@.type=="Ready")].status}';
      return (await kubectl('get', 'node', name, path)).stdout;
    };
    const title = {
      drill: `the node is dead for ${STOPPED_SECONDS} s`,
      by: 'node lifecycle controller and Deployment',
    };
    let deleted = false;
    await drills.recover(title, SESSION, async () => {
      await node.stopKubelet(STOPPED_SECONDS);
      expect(await eventually(isReadyNode, 'Unknown', 45)).toBe('Unknown');
      const isDeleted = async () =>
        (await drills.pods(SESSION)).some(({ metadata }) => metadata.deletionTimestamp !== undefined);
      deleted = await eventually(isDeleted, true, 40);
    });

    expect(deleted).toBe(true);
    expect(await eventually(isReadyNode, 'True', 30)).toBe('True');
    expect(await session.readFile(FILE)).toBe(TEXT);
  });
});
