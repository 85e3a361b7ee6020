import { agentServer as program } from './agent-server';
import { Drills, isReady, nameOf } from './drill';
import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests, WARNING_OF_THE_DEFAULT_ACCOUNT } from './manifests';
import { NodeShell } from './node';
import { apply, create, discard, evict, namespace, remove, type Manifest } from './objects';
import { withPortForward } from './port-forward';
import { Sandbox } from './sandbox';
import { withSecondNode } from './stand-in-node';

const NAMESPACE = 'e2e-recovery';
const SESSION = 'session=drill';
const POOL = 'pool=openhands-runtime';
const POOL_POD = 'openhands-runtime-0';
const FILE = '/workspace/e2e.txt';
const TEXT = 'written before anything broke\n';

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
  const session = new Sandbox({ namespace: NAMESPACE, session: 'drill', workload: 'Deployment', program });
  let hung: Promise<void>;

  /** Whatever happened, the file is what it was. */
  const keepsTheSessionsFile = async () => expect(await session.readFile(FILE)).toBe(TEXT);
  const usePool = <T>(use: (url: string) => Promise<T>) =>
    withPortForward({ namespace: NAMESPACE, resource: `pod/${POOL_POD}`, port: program.port }, use);
  const keepsThePoolsFile = async () => expect(await usePool((url) => program.readFile(url, FILE))).toBe(TEXT);

  afterAll(async () => {
    process.stderr.write(drills.table());
    await discard(crashing);
    await manifests.cleanUp();
  });

  step('applies without a warning, and is Ready', async () => {
    const { stderr } = await manifests.apply();
    await session.ready();
    await inNamespace('rollout', 'status', 'statefulset/openhands-runtime', '--timeout=240s');
    await session.writeFile(FILE, TEXT);
    await usePool((url) => program.writeFile(url, FILE, TEXT));

    expect(stderr.replace(WARNING_OF_THE_DEFAULT_ACCOUNT, '')).toBe('');
  });

  step('that crashes on and on does so meanwhile', async () => {
    await create(crashing);
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
    const isGivenUp = async () => {
      const [pod] = await drills.pods('session=crashing');
      const [status] = pod?.status.containerStatuses ?? [];
      return (status?.restartCount ?? 0) >= 2 && status?.state.waiting?.reason === 'CrashLoopBackOff';
    };
    expect(await eventually(isGivenUp, true, 90)).toBe(true);
    const names = async () => (await drills.pods('app=openhands-runtime')).map(({ metadata }) => metadata.name);
    const before = await drills.pods('app=openhands-runtime');
    const [broken, healthy] = [false, true].map((is) => before.filter((it) => isReady(it) === is).map(nameOf));

    const evicted = await deschedule(NAMESPACE);

    expect(evicted).toEqual(broken!.sort());
    expect(broken).toHaveLength(2);
    expect(await names()).toEqual(expect.arrayContaining(healthy!));
    expect(await eventually(async () => (await names()).some((name) => evicted.includes(name)), false, 120)).toBe(
      false,
    );
    await remove(crashing);
  });

  step('leaves nothing behind when it is deleted', async () => {
    await manifests.delete();
    await manifests.areAbsent();
  });
});

/** Run the descheduler now, in a cluster of two nodes, and wait until it has ended. @returns the Pods that it evicted */
async function deschedule(sandboxes: string): Promise<string[]> {
  const system = `--namespace=${sandboxes}-system`;
  const said = await withSecondNode(async () => {
    await kubectl('create', 'job', 'drill', '--from=cronjob/openhands-descheduler', system);
    await kubectl('wait', 'job/drill', '--for=condition=Complete', '--timeout=120s', system);
    return (await kubectl('logs', 'job/drill', system)).stdout;
  });
  return [...said.matchAll(/"Evicted pod" pod="[^/]*\/([^"]*)"/g)].map(([, name]) => name!).sort();
}

describe('a workspace that is full', () => {
  const FOLDER = '/var/tmp/e2e-small';
  const manifests = Manifests.ofTestProfile('recovery-small.toml');
  const step = stepsIn('e2e-recovery-small');
  const node = new NodeShell('e2e-recovery-node-small');
  const session = new Sandbox({ namespace: 'e2e-recovery-small', session: 'drill', workload: 'Deployment', program });
  const exec = (command: string) =>
    kubectl('exec', `deployment/${session.name}`, `--namespace=${session.namespace}`, '--', 'sh', '-c', command);

  /** Of 16 MiB in all. */
  const volume = async (): Promise<Manifest> => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'e2e-small' },
    spec: {
      capacity: { storage: '16Mi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'e2e-small',
      local: { path: FOLDER },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [await node.name()] }] },
          ],
        },
      },
    },
  });

  afterAll(async () => {
    // Its volume is in use until its Pod has ended.
    await manifests.delete();
    await manifests.cleanUp();
    await remove({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'e2e-small' } });
    await node.runOnNode(`umount ${FOLDER} && rmdir ${FOLDER}`).finally(() => node.close());
  });

  step('is one of 16 MiB', async () => {
    await node.open();
    await node.runOnNode(`mkdir ${FOLDER} && mount -t tmpfs -o size=16m e2e-small ${FOLDER}`);
    await create(await volume());
    await manifests.apply();
    await session.ready();
    await session.writeFile(FILE, TEXT);

    await expect(exec('dd if=/dev/zero of=/workspace/big bs=1M count=64')).rejects.toThrow('No space left on device');
  });

  step('leaves the sandbox Ready, also after a restart, and without a command', async () => {
    const drills = new Drills(session.namespace);
    const title = { drill: 'killed with a full workspace', by: 'kubelet' };
    await drills.recover(title, SESSION, () => exec('kill -KILL $(cat /proc/1/task/1/children)'));

    await expect(session.run('true')).rejects.toThrow('No space left on device');
  });

  step('works again as soon as something is removed', async () => {
    await exec('rm /workspace/big');

    expect(await session.run('echo hello')).toEqual({ exitCode: 0, stdout: 'hello' });
    expect(await session.readFile(FILE)).toBe(TEXT);
  });
});

describe('a sandbox that waits in a warm pool', () => {
  const WARM = 'e2e-recovery-warm';
  const manifests = Manifests.ofTestProfile('recovery-warm.toml');
  const step = stepsIn(WARM);
  const drills = new Drills(WARM);
  const claim: Manifest = {
    apiVersion: 'extensions.agents.x-k8s.io/v1beta1',
    kind: 'SandboxClaim',
    metadata: { name: 'conversation', namespace: WARM },
    spec: { warmPoolRef: { name: 'openhands-runtime' } },
  };
  const ready = async () => (await drills.pods(POOL)).filter(isReady).map(nameOf).sort();
  const waiting = () => drills.pods(`${POOL},agents.x-k8s.io/warm-pool-sandbox`);

  afterAll(() => manifests.cleanUp());

  step('is one of two, one of which is claimed', async () => {
    await manifests.apply();
    expect(await eventually(async () => (await ready()).length, 2, 240)).toBe(2);
    await create(claim);

    expect(await eventually(async () => (await ready()).length, 3, 240)).toBe(3);
    expect((await waiting()).filter(isReady)).toHaveLength(2);
  });

  step('is made anew when it is old; the claimed one stays', async () => {
    const idle = (await waiting()).map(nameOf).sort();
    const claimed = (await drills.pods(POOL)).filter((pod) => !idle.includes(nameOf(pod)));

    expect(await deschedule(WARM)).toEqual(idle);
    expect(await drills.pods(POOL)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ metadata: expect.objectContaining({ uid: claimed[0]!.metadata.uid }) }),
      ]),
    );
    expect(await eventually(async () => (await ready()).length, 3, 240)).toBe(3);
  });
});

describe('a claim from a snapshot', () => {
  const home = namespace('e2e-recovery-claim');
  const claim = (source?: string): Manifest => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'workspace', namespace: 'e2e-recovery-claim' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Mi' } },
      ...(source && { dataSourceRef: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: source } }),
    },
  });

  beforeAll(() => create(home));
  afterAll(() => discard(home));

  test('is made once: its line may be taken out of the profile afterwards, but not changed', async () => {
    await apply(claim('nightly'));

    await expect(apply(claim('other'))).rejects.toThrow('spec is immutable after creation');
    expect((await apply(claim())).stdout).toMatch(/persistentvolumeclaim\/workspace (configured|unchanged)/);
  });
});
