import { agentServer as program } from './agent-server';
import { Drills, isReady, nameOf } from './drill';
import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests, WARNING_OF_THE_DEFAULT_ACCOUNT } from './manifests';
import { NodeShell } from './node';
import { create, evict, remove, type Manifest } from './objects';
import { withPortForward } from './port-forward';
import { Sandbox } from './sandbox';
import { withSecondNode } from './stand-in-node';

const NAMESPACE = 'e2e-recovery';
const SESSION = 'session=drill';
const POOL = 'pool=openhands-runtime';
const POOL_POD = 'openhands-runtime-0';
const FILE = '/workspace/e2e.txt';
const TEXT = 'written before anything broke\n';

/** Longer than the cluster takes a node for alive (20 s here) and the sandboxes tolerate a dead one (20 s). */
const STOPPED_SECONDS = 55;

const inNamespace = async (...args: string[]) => (await kubectl(`--namespace=${NAMESPACE}`, ...args)).stdout;

/** A signal to the server, which is the one child of the container's first process. */
const signal = (pod: string, name: string) =>
  inNamespace('exec', pod, '--', 'sh', '-c', `kill -${name} $(cat /proc/1/task/1/children)`);

const sessionPod = () => inNamespace('get', 'pod', `--selector=${SESSION}`, '-o=name').then((it) => it.trim());

/** A sandbox that ends as soon as it starts, whatever is tried. */
const crashing: Manifest = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'crashing', namespace: NAMESPACE },
  spec: {
    selector: { matchLabels: { app: 'openhands-runtime', session: 'crashing' } },
    template: {
      metadata: { labels: { app: 'openhands-runtime', session: 'crashing' } },
      spec: {
        securityContext: { runAsUser: 10001, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'runtime',
            image: 'busybox:1.35',
            command: ['false'],
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    },
  },
};

describe('a sandbox', () => {
  const manifests = Manifests.ofTestProfile('recovery.toml');
  const step = stepsIn(NAMESPACE);
  const drills = new Drills(NAMESPACE);
  const node = new NodeShell('e2e-recovery-node');
  const session = new Sandbox({ namespace: NAMESPACE, session: 'drill', workload: 'Deployment', program });
  let hung: Promise<void>;

  /** Whatever happened, the file is what it was. */
  const keepsTheSessionsFile = async () => expect(await session.readFile(FILE)).toBe(TEXT);
  const usePool = <T>(use: (url: string) => Promise<T>) =>
    withPortForward({ namespace: NAMESPACE, resource: `pod/${POOL_POD}`, port: program.port }, use);
  const keepsThePoolsFile = async () => expect(await usePool((url) => program.readFile(url, FILE))).toBe(TEXT);

  afterAll(async () => {
    process.stderr.write(drills.table());
    await remove(crashing);
    await Promise.all([manifests.cleanUp(), node.close()]);
  });

  step('applies without a warning, and is Ready', async () => {
    const { stderr } = await manifests.apply();
    await node.open();
    await session.ready();
    await inNamespace('rollout', 'status', 'statefulset/openhands-runtime', '--timeout=180s');
    await session.writeFile(FILE, TEXT);
    await usePool((url) => program.writeFile(url, FILE, TEXT));

    expect(stderr.replace(WARNING_OF_THE_DEFAULT_ACCOUNT, '')).toBe('');
  });

  step('that hangs is found out meanwhile', async () => {
    const title = { drill: 'the server hangs', by: 'kubelet, by the liveness probe' };
    hung = drills.recover(title, POOL, () => signal(POOL_POD, 'STOP'));
    // Awaited further down.
    hung.catch(() => undefined);
  });

  step('whose server is killed is started again, in the same Pod', async () => {
    const before = await session.podUid();
    const title = { drill: 'the server is killed', by: 'kubelet, by restartPolicy' };
    await drills.recover(title, SESSION, async () => signal(await sessionPod(), 'KILL'));

    expect(await session.podUid()).toBe(before);
    await keepsTheSessionsFile();
  });

  step('whose Pod is deleted comes back in another', async () => {
    await drills.recover({ drill: 'the Pod is deleted', by: 'Deployment' }, SESSION, () => session.deletePod());

    await keepsTheSessionsFile();
  });

  step('that fills its share of the node is evicted by the kubelet, and comes back in another Pod', async () => {
    const fill = ['--', 'dd', 'if=/dev/zero', 'of=/tmp/big', 'bs=1M', 'count=100'];
    const title = { drill: "the node's disk is filled", by: 'kubelet, which evicts, and Deployment' };
    await drills.recover(title, SESSION, async () => inNamespace('exec', await sessionPod(), ...fill));

    const [failed] = (await drills.pods(SESSION)).filter(({ status }) => status.phase === 'Failed');
    expect(failed?.status).toMatchObject({ reason: 'Evicted' });
    await keepsTheSessionsFile();
  });

  step('that hangs is started again', async () => {
    await hung;

    await keepsThePoolsFile();
  });

  step('that a drain evicts comes back under the same name', async () => {
    const title = { drill: 'the Pod is evicted', by: 'StatefulSet' };
    await drills.recover(title, POOL, () => evict(NAMESPACE, POOL_POD));

    await keepsThePoolsFile();
  });

  step('that crashes on and on, or has failed, is removed by the descheduler; a healthy one stays', async () => {
    await create(crashing);
    const isGivenUp = async () => {
      const [pod] = await drills.pods('session=crashing');
      const [status] = pod?.status.containerStatuses ?? [];
      return (status?.restartCount ?? 0) >= 2 && status?.state.waiting?.reason === 'CrashLoopBackOff';
    };
    expect(await eventually(isGivenUp, true, 90)).toBe(true);
    const names = async () => (await drills.pods('app=openhands-runtime')).map(({ metadata }) => metadata.name);
    const before = await drills.pods('app=openhands-runtime');
    const [broken, healthy] = [false, true].map((is) => before.filter((it) => isReady(it) === is).map(nameOf));

    const said = await withSecondNode(deschedule);

    const evicted = [...said.matchAll(/"Evicted pod" pod="[^/]*\/([^"]*)"/g)].map(([, name]) => name!);
    expect(evicted.sort()).toEqual(broken!.sort());
    expect(broken).toHaveLength(2);
    expect(await names()).toEqual(expect.arrayContaining(healthy!));
    expect(await eventually(async () => (await names()).some((name) => evicted.includes(name)), false, 60)).toBe(false);
    await remove(crashing);
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
    await keepsTheSessionsFile();
  });

  step('leaves nothing behind when it is deleted', async () => {
    await manifests.delete();
    await manifests.areAbsent();
  });
});

/** Run the CronJob now, and wait until it has ended. @returns what it said */
async function deschedule(): Promise<string> {
  const system = `--namespace=${NAMESPACE}-system`;
  await kubectl('create', 'job', 'drill', '--from=cronjob/openhands-descheduler', system);
  await kubectl('wait', 'job/drill', '--for=condition=Complete', '--timeout=60s', system);
  return (await kubectl('logs', 'job/drill', system)).stdout;
}
