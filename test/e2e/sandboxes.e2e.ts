import { actionExecutionServer } from './action-execution-server';
import { agentServer, agentServerWithKey } from './agent-server';
import { stepsIn } from './in-order';
import { Manifests, WARNING_OF_THE_DEFAULT_ACCOUNT } from './manifests';
import { API_KEY, create, sessionKeys } from './objects';
import { Sandbox, type SandboxProps } from './sandbox';

interface Scenario extends SandboxProps {
  readonly manifests: Manifests;
  /** Whether it starts only with its keys. */
  readonly needsKeys?: boolean;
  /** The user that its commands run as. */
  readonly user: string;
}

const scenarios: Record<string, Scenario> = {
  'dist/': {
    manifests: Manifests.committed(),
    namespace: 'openhands',
    session: 'demo',
    workload: 'Deployment',
    program: agentServerWithKey(API_KEY),
    needsKeys: true,
    user: '10001',
  },
  'the profile openhands-0.62': {
    manifests: Manifests.ofProfile('openhands-0.62'),
    namespace: 'default',
    session: 'default',
    workload: 'Pod',
    program: actionExecutionServer,
    user: '0',
  },
  'the agent-server, restricted': {
    manifests: Manifests.ofTestProfile('restricted-agent-server.toml'),
    namespace: 'e2e-restricted',
    session: 'demo',
    workload: 'Deployment',
    program: agentServer,
    user: '10001',
  },
  'the action execution server, restricted': {
    manifests: Manifests.ofTestProfile('restricted-action-execution-server.toml'),
    namespace: 'e2e-restricted-0-62',
    session: 'demo',
    workload: 'Deployment',
    program: actionExecutionServer,
    user: '1000',
  },
  "OpenHands's own config.toml": {
    manifests: Manifests.ofTestProfile('openhands-config.toml'),
    namespace: 'e2e-openhands-config',
    session: 'default',
    workload: 'Deployment',
    program: actionExecutionServer,
    user: '0',
  },
};

const FILE = '/workspace/e2e.txt';
const TEXT = 'written before the Pod was deleted\n';

describe.each(Object.entries(scenarios))('%s', (title, { manifests, user, needsKeys, ...props }) => {
  const sandbox = new Sandbox(props);
  const step = stepsIn(props.namespace);
  let applied: number;

  afterAll(() => manifests.cleanUp());

  step('applies without a warning', async () => {
    applied = performance.now();
    const { stderr } = await manifests.apply();

    expect(stderr.replace(WARNING_OF_THE_DEFAULT_ACCOUNT, '')).toBe('');
    if (needsKeys) await create(sessionKeys(props.namespace, props.session));
  });

  step('brings up a sandbox', async () => {
    await sandbox.ready();

    const seconds = (performance.now() - applied) / 1000;
    process.stderr.write(`    ${title}: Ready ${seconds.toFixed(1)} s after kubectl apply\n`);
  });

  step(`runs a command as user ${user}`, async () => {
    expect(await sandbox.run('id -u')).toEqual({ exitCode: 0, stdout: user });
  });

  step('tells how a command failed', async () => {
    expect(await sandbox.run('(exit 3)')).toMatchObject({ exitCode: 3 });
  });

  step('keeps a file', async () => {
    await sandbox.writeFile(FILE, TEXT);

    expect(await sandbox.readFile(FILE)).toBe(TEXT);
  });

  step('brings up another Pod after the first is deleted', async () => {
    const first = await sandbox.podUid();
    await sandbox.deletePod();
    // Nothing else makes a bare Pod again.
    if (props.workload === 'Pod') await manifests.apply();
    await sandbox.ready();

    expect(await sandbox.podUid()).not.toBe(first);
  });

  step('still has the file', async () => {
    expect(await sandbox.readFile(FILE)).toBe(TEXT);
  });

  step('is changed by nothing when it is applied again', async () => {
    await manifests.areInEffect();
    const { stdout } = await manifests.apply();

    // kubectl says "configured" of every bare Pod, for the token's volume that Kubernetes puts into its lists.
    const said = props.workload === 'Pod' ? stdout.replace(/^pod\/.* configured\n/m, '') : stdout;
    expect(said.replaceAll(/^.* unchanged\n/gm, '')).toBe('');
  });

  step('leaves nothing behind when it is deleted', async () => {
    await manifests.delete();
    await manifests.areAbsent();
  });
});
