import { agentServerWithKey } from '../e2e/agent-server';
import { command } from '../e2e/command';
import { Client } from '../e2e/conversations';
import { eventually } from '../e2e/eventually';
import { stepsIn } from '../e2e/in-order';
import { kubectl } from '../e2e/kubectl';
import { Manifests, WARNING_OF_THE_DEFAULT_ACCOUNT } from '../e2e/manifests';
import { API_KEY, create, namespace, remove, sessionKeys } from '../e2e/objects';
import { Peer } from '../e2e/peer';
import { withPortForward, type Target } from '../e2e/port-forward';
import { Sandbox } from '../e2e/sandbox';
import { StandInModel } from '../e2e/stand-in-model';
import { measured, type Cost } from './gvisor/cost';
import { FilesHost } from './gvisor/files-host';
import { Relay } from './gvisor/relay';

const METADATA = '169.254.169.254';
const METADATA_PORT = 18081;
const FILE = '/workspace/project/kept.txt';

const program = agentServerWithKey(API_KEY);
const OTHERS = 'parts-isolation-others';
/** A client of the profile's: kubectl's port-forward does not come into gVisor. */
const relay = new Relay(OTHERS, 'openhands-runtime-demo-svc.parts-gvisor.svc.cluster.local', program.port);
const sandboxIn = (it: string, through?: Target) =>
  new Sandbox({ namespace: it, session: 'demo', workload: 'Deployment', program, through });

const runtimes = {
  runc: { manifests: Manifests.ofTestProfile('isolation-runc.toml'), sandbox: sandboxIn('parts-runc') },
  gVisor: { manifests: Manifests.ofTestProfile('isolation-gvisor.toml'), sandbox: sandboxIn('parts-gvisor', relay) },
};
const { manifests, sandbox } = runtimes.gVisor;

const model = new StandInModel('parts-isolation-model');
const files = new FilesHost('parts-isolation-files');

/** Under no policy of ours; what it reaches is there to be reached, out of gVisor too. */
const guest = new Peer({ namespace: OTHERS, name: 'guest', serves: [8080], runtimeClass: 'parts-gvisor' });
const metadata = new Peer({ namespace: OTHERS, name: 'metadata', nodeAddress: METADATA, serves: [METADATA_PORT] });

const asClient = <T>(use: (client: Client) => Promise<T>): Promise<T> =>
  withPortForward(relay, (url) => use(new Client(url)));

async function bringUp(of: keyof typeof runtimes): Promise<string> {
  const { manifests, sandbox } = runtimes[of];
  const { stderr } = await manifests.apply();
  await create(sessionKeys(sandbox.namespace, 'demo'), {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'llm', namespace: sandbox.namespace },
    stringData: { 'api-key': 'a-key' },
  });
  await sandbox.ready();
  return stderr.replace(WARNING_OF_THE_DEFAULT_ACCOUNT, '');
}

beforeAll(async () => {
  await create(namespace(OTHERS));
  await Promise.all([model.start(), files.start(), metadata.start(), relay.start()]);
});

afterAll(async () => {
  await Promise.all([model.stop(), files.stop(), remove(namespace(OTHERS))]);
  for (const it of Object.values(runtimes)) await it.manifests.cleanUp();
});

describe('a restricted sandbox in gVisor', () => {
  const step = stepsIn(sandbox.namespace);
  let conversation: string;
  const answer = () => asClient((client) => client.answer(conversation));
  const saysInTheEnd = (line: string) => eventually(async () => (await answer()).includes(line), true, 120);

  step('applies without a warning, and is Ready', async () => {
    expect(await bringUp('gVisor')).toBe('');
  });

  step("asks gVisor's kernel and not the node's", async () => {
    const [node] = (
      await kubectl('get', 'nodes', '-o=jsonpath={.items[*].status.nodeInfo.kernelVersion}')
    ).stdout.split(' ');

    expect((await sandbox.run('dmesg')).stdout).toContain('Starting gVisor');
    expect((await sandbox.run('uname -r')).stdout).not.toBe(node);
  });

  step('counts what gVisor itself takes in the quota, which has room for it and nothing more', async () => {
    const status = '-o=jsonpath={.status.used.requests\\.memory} {.status.hard.requests\\.memory}';
    const inNamespace = `--namespace=${sandbox.namespace}`;
    const { stdout } = await kubectl('get', 'resourcequota/openhands-runtime', inNamespace, status);

    expect(stdout).toBe('576Mi 576Mi');
  });

  step('runs a command as its user', async () => {
    expect(await sandbox.run('id -u')).toEqual({ exitCode: 0, stdout: '10001' });
  });

  step('lets an agent make a file', async () => {
    conversation = await asClient((client) => client.start('hello'));

    expect(await saysInTheEnd('message 1')).toBe(true);
  });

  step('keeps files and the conversation when its Pod is deleted', async () => {
    await sandbox.writeFile(FILE, 'kept\n');
    await sandbox.deletePod();
    await sandbox.ready();

    expect(await sandbox.readFile(FILE)).toBe('kept\n');
    await asClient((client) => client.goOn(conversation, 'go on'));
    expect(await saysInTheEnd('message 2')).toBe(true);
  });

  describe('under its NetworkPolicies', () => {
    const reaches = async (host: string, port: number) =>
      (await sandbox.run(`timeout 3 bash -c '</dev/tcp/${host}/${port}'`)).exitCode === 0;

    step('reaches nobody that the profile does not name', async () => {
      await guest.start();
      const address = await guest.address();
      expect(await eventually(() => guest.reaches(METADATA, METADATA_PORT), true)).toBe(true);
      expect(await guest.reaches(address, 8080)).toBe(true);

      expect(await reaches(METADATA, METADATA_PORT)).toBe(false);
      expect(await reaches(address, 8080)).toBe(false);
      expect(await reaches('kubernetes.default.svc.cluster.local', 443)).toBe(false);
    });

    step('reaches those that it names, by their names', async () => {
      expect(await reaches('host.parts-isolation-files.svc.cluster.local', 8080)).toBe(true);
    });

    step('is reached by nobody', async () => {
      expect(await guest.reaches(await sandbox.podAddress(), 8000)).toBe(false);
      expect(await guest.reaches(await sandbox.serviceAddress(), 8000)).toBe(false);
    });
  });

  step('passes npm run verify, whose way in is no port-forward', async () => {
    const { status, output } = await command('verify', manifests.folder, ['--timeout', '2m']);

    expect({ status, output }).toMatchObject({ status: 0 });
    expect(output).toContain('Deployment/openhands-runtime-demo');
  });

  step('is changed by nothing when it is applied again', async () => {
    await manifests.areInEffect();
  });
});

describe('what gVisor costs, beside runc in one run', () => {
  const step = stepsIn(runtimes.runc.sandbox.namespace);
  const costs: Partial<Record<keyof typeof runtimes, Cost>> = {};

  step('runc comes up', async () => {
    await bringUp('runc');
  });

  for (const runtime of Object.keys(runtimes) as (keyof typeof runtimes)[]) {
    step(`${runtime} is measured`, async () => {
      costs[runtime] = await measured(runtimes[runtime].sandbox, files.url);
    });
  }

  step('is told, and is no more than people would work in', async () => {
    const { runc, gVisor } = costs as Required<typeof costs>;
    const names = Object.keys(runc) as (keyof Cost)[];
    const rows = names.map((name) => `    ${name}: runc ${runc[name].toFixed(2)}, gVisor ${gVisor[name].toFixed(2)}`);
    process.stderr.write(`${rows.join('\n')}\n`);

    for (const name of names) expect(gVisor[name]).toBeLessThan(10 * runc[name] + 10);
  });
});
