import { agentServer, agentServerWithKey } from './agent-server';
import { Background } from './background';
import { command } from './command';
import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests } from './manifests';
import { API_KEY, create, sessionKeys, type Manifest } from './objects';
import { withPortForward } from './port-forward';
import { Sandbox } from './sandbox';

const NAMESPACE = 'e2e-sessions';
const POOL = 'openhands-pool';
const FILE = '/workspace/e2e.txt';
const TEXT = 'written before it was suspended\n';

const program = agentServerWithKey(API_KEY);

const claim: Manifest = {
  apiVersion: 'extensions.agents.x-k8s.io/v1beta1',
  kind: 'SandboxClaim',
  metadata: { name: 'reviews', namespace: NAMESPACE },
  spec: { warmPoolRef: { name: POOL } },
};

/** What `list --json` tells, as far as it is asked here. */
interface Listed {
  readonly name: string;
  readonly state: string;
  readonly object: string;
  readonly idleSeconds?: number;
  readonly nodes: readonly string[];
  readonly volumes: readonly { readonly claim: string; readonly capacityBytes: number }[];
  readonly owner?: string;
}

const inNamespace = async (...args: string[]) => (await kubectl(...args, `--namespace=${NAMESPACE}`)).stdout;

/** `npm run sessions -- …` on some manifests. */
const sessionsOf = (manifests: Manifests) => {
  const sessions = (...args: string[]) => command('sessions', manifests.folder, args);
  const listed = async () => JSON.parse((await sessions('list', '--json')).output) as Listed[];
  return {
    sessions,
    listed,
    /** The state of one; empty while it is not listed. */
    stateOf: async (name: string) => (await listed()).find((it) => it.name === name)?.state ?? '',
  };
};

describe('of a profile with agent-sandbox', () => {
  const manifests = Manifests.ofTestProfile('sessions.toml');
  const { sessions, listed, stateOf } = sessionsOf(manifests);
  const step = stepsIn(NAMESPACE);
  const demo = new Sandbox({ namespace: NAMESPACE, session: 'demo', workload: 'Sandbox', program });
  /** The Sandbox that the claim has. */
  let claimed: string;

  const claimedSandbox = () => ({ namespace: NAMESPACE, resource: `pod/${claimed}`, port: program.port });
  const owners = (pvc: string) => inNamespace('get', 'pvc', pvc, '-o=jsonpath={.metadata.ownerReferences}');

  /** The CPU and memory of a Pod, as its kubelet measures them; none while it has not. */
  async function usedBy(name: string): Promise<string | undefined> {
    const node = await demo.nodeName();
    const { stdout } = await kubectl('get', '--raw', `/api/v1/nodes/${node}/proxy/stats/summary`);
    const { pods } = JSON.parse(stdout) as {
      pods: {
        podRef: { name: string; namespace: string };
        cpu?: { usageNanoCores?: number };
        memory?: { workingSetBytes?: number };
      }[];
    };
    const used = pods.find(({ podRef }) => podRef.name === name && podRef.namespace === NAMESPACE);
    const [cores, bytes] = [used?.cpu?.usageNanoCores, used?.memory?.workingSetBytes];
    if (cores === undefined || bytes === undefined) return undefined;
    return `${Math.round(cores / 1e6)}m of CPU and ${Math.round(bytes / 1024 ** 2)}Mi of memory`;
  }

  afterAll(() => manifests.cleanUp());

  step('a session and what waits are listed', async () => {
    await manifests.apply();
    await create(sessionKeys(NAMESPACE, 'demo', POOL));
    expect(await eventually(() => stateOf('demo'), 'Running', 180)).toBe('Running');
    const waiting = async () => (await listed()).find(({ owner }) => owner === `SandboxWarmPool/${POOL}`)?.state;
    expect(await eventually(waiting, 'Waiting', 120)).toBe('Waiting');

    expect((await listed()).find(({ name }) => name === 'demo')).toMatchObject({
      object: 'Sandbox/openhands-runtime-demo',
      idleSeconds: expect.any(Number),
      nodes: [await demo.nodeName()],
      volumes: [{ claim: 'workspace-volume-openhands-runtime-demo', capacityBytes: 100 * 1024 ** 2 }],
    });
  });

  step('a person sees a table', async () => {
    const { status, output } = await sessions('list');

    expect(status).toBe(0);
    expect(output).toMatch(/^NAME +KIND +STATE +IDLE +AGE +NODE +VOLUME +OWNER$/m);
    expect(output).toMatch(/^demo +Sandbox +Running +\d+[smh] +\d+[smh] +\S+ +(- |\S+ )of 100Mi +-$/m);
  });

  step('one that is claimed is listed with its claim', async () => {
    await create(claim);
    await inNamespace('wait', 'sandboxclaim/reviews', '--for=condition=Ready', '--timeout=120s');
    claimed = await inNamespace('get', 'sandboxclaim', 'reviews', '-o=jsonpath={.status.sandbox.name}');

    expect((await listed()).find(({ name }) => name === claimed)?.owner).toBe('SandboxClaim/reviews');
  });

  step('what waits in a pool is not suspended', async () => {
    const waiting = async () => (await listed()).find(({ owner }) => owner?.startsWith('SandboxWarmPool/'))?.name ?? '';
    for (const giveUp = Date.now() + 60_000; (await waiting()) === '' && Date.now() < giveUp;);
    const { status, output } = await sessions('suspend', await waiting());

    expect(output).toContain(`waits in SandboxWarmPool/${POOL}, which would make another one`);
    expect(status).toBe(2);
  });

  step('a suspended one has no Pod', async () => {
    await demo.writeFile(FILE, TEXT);
    process.stderr.write(`    a session that nobody uses has ${await usedBy('openhands-runtime-demo')}\n`);

    expect(await sessions('suspend', 'demo', '--wait')).toEqual({ status: 0, output: 'demo is suspended\n' });
    expect(await demo.podUid()).toBe('');
    expect(await stateOf('demo')).toBe('Suspended');
  });

  step('it is not opened before it is resumed', async () => {
    expect(await sessions('open', 'demo')).toEqual({
      status: 2,
      output: 'demo has no Pod that is ready, it is Suspended: npm run sessions -- resume demo --wait\n',
    });
  });

  step('it has its files when it is resumed', async () => {
    const { status, output } = await sessions('resume', 'demo', '--wait');
    process.stderr.write(`    ${output}`);

    expect(status).toBe(0);
    expect(output).toMatch(/^demo runs, after [\d.]+ s\n$/);
    expect(await demo.readFile(FILE)).toBe(TEXT);
  });

  step('it is opened on a port of this machine', async () => {
    const open = await Background.start(
      process.execPath,
      'run.js',
      'tools/sessions.ts',
      'open',
      'demo',
      '--namespace',
      NAMESPACE,
    );
    try {
      const [address] = await open.says(/http:\/\/127\.0\.0\.1:\d+/, 60);

      expect((await fetch(`${address}/health`)).status).toBe(200);
      await open.says(/It asks for this key: kubectl .*demo\.api-key/);
    } finally {
      await open.stop();
    }
  });

  step('a claimed one is deleted, and its volume is kept without an owner', async () => {
    await withPortForward(claimedSandbox(), (url) => program.writeFile(url, FILE, TEXT));
    const pvc = `workspace-volume-${claimed}`;
    expect(await owners(pvc)).toContain('"kind":"Sandbox"');

    expect(await sessions('delete', 'reviews', '--keep-volume')).toEqual({
      status: 0,
      output: `${claimed} is deleted, and its files are kept: PersistentVolumeClaim ${pvc} in ${NAMESPACE}\n`,
    });
    expect(await inNamespace('get', 'sandboxclaims', '-o=name')).toBe('');
    expect(await inNamespace('get', 'sandbox,pod', claimed, '--ignore-not-found', '-o=name')).toBe('');
    expect(await owners(pvc)).toBe('');
  });

  step('a session whose volume was kept has its files when it is applied again', async () => {
    const { status } = await sessions('delete', 'demo', '--keep-volume');
    expect(status).toBe(0);
    await kubectl('apply', '-f', manifests.folder);
    await demo.ready();

    expect(await demo.readFile(FILE)).toBe(TEXT);
  });

  step('with --yes its files go too', async () => {
    expect((await sessions('delete', 'demo', '--yes')).output).toBe('demo and its files are deleted\n');
    const left = () =>
      inNamespace('get', 'pvc', 'workspace-volume-openhands-runtime-demo', '--ignore-not-found', '-o=name');

    expect(await eventually(left, '', 90)).toBe('');
  });
});

describe('of a Deployment', () => {
  const manifests = Manifests.ofTestProfile('sessions-deployment.toml');
  const { sessions, stateOf } = sessionsOf(manifests);
  const namespace = 'e2e-sessions-deployment';
  const step = stepsIn(namespace);
  const demo = new Sandbox({ namespace, session: 'demo', workload: 'Deployment', program: agentServer });

  afterAll(() => manifests.cleanUp());

  step('a session has no Pod when it is suspended', async () => {
    await manifests.apply();
    await demo.ready();
    await demo.writeFile(FILE, TEXT);

    expect(await sessions('suspend', 'demo', '--wait')).toEqual({ status: 0, output: 'demo is suspended\n' });
    expect(await demo.podUid()).toBe('');
    expect(await stateOf('demo')).toBe('Suspended');
  });

  step('it has its files when it is resumed', async () => {
    expect((await sessions('resume', 'demo', '--wait')).output).toMatch(/^demo runs, after [\d.]+ s\n$/);

    expect(await demo.readFile(FILE)).toBe(TEXT);
  });

  step('it leaves its volume when it is deleted with it kept', async () => {
    expect((await sessions('delete', 'demo', '--keep-volume')).output).toBe(
      `demo is deleted, and its files are kept: PersistentVolumeClaim openhands-runtime-demo-pvc in ${namespace}\n`,
    );
    const left = kubectl('get', 'pvc,deployments', `--namespace=${namespace}`, '-o=name');
    expect((await left).stdout).toBe('persistentvolumeclaim/openhands-runtime-demo-pvc\n');
  });
});
