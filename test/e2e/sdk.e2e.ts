import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AccountKubeconfig } from './account';
import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests, WARNING_OF_THE_DEFAULT_ACCOUNT } from './manifests';
import { API_KEY, create, discard, namespace, sessionKeys } from './objects';
import { StandInModel } from './stand-in-model';

const execute = promisify(execFile);

/** What runs Python with the OpenHands SDK: `python SCRIPT ARGUMENT…`. `.ci/run` sets it. */
const { OPENHANDS_SDK_PYTHON } = process.env;

const NAMESPACE = 'e2e-sdk';
const APP = 'e2e-sdk-app';
const POOL = 'openhands-pool';
const ACCOUNT = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'openhands', namespace: APP } };

const inNamespace = async (...args: string[]) => (await kubectl(...args, `--namespace=${NAMESPACE}`)).stdout;

const waiting = () => inNamespace('get', 'sandboxwarmpool', POOL, '-o=jsonpath={.status.readyReplicas}');

/** Everything that a claim brings, the session's own left out. */
const claimed = () => inNamespace('get', 'sandboxclaims', '-o=name');

(OPENHANDS_SDK_PYTHON ? describe : describe.skip)('the OpenHands SDK, as a manager and nothing more,', () => {
  const manifests = Manifests.ofTestProfile('sdk.toml');
  const model = new StandInModel('e2e-sdk-model');
  const step = stepsIn(NAMESPACE);
  let account: AccountKubeconfig;
  const facts = new Map<string, unknown>();

  /** Run the client, and keep what it tells. @throws Error with what it said otherwise */
  async function client(...args: string[]): Promise<void> {
    facts.clear();
    const options = { env: { ...process.env, KUBECONFIG: account.file }, maxBuffer: 64 * 1024 ** 2, timeout: 450_000 };
    const line = [join(__dirname, 'sdk-client.py'), ...args];
    const { stdout } = await execute(OPENHANDS_SDK_PYTHON!, line, options).catch(
      (error: Error & { stdout?: string }) => {
        throw new Error(`${error.message}\n${error.stdout}`, { cause: error });
      },
    );
    for (const said of stdout.split('\n').filter((it) => it.startsWith('{"fact"'))) {
      const { fact, value } = JSON.parse(said) as { fact: string; value: unknown };
      facts.set(fact, value);
    }
  }

  afterAll(async () => {
    account?.cleanUp();
    await Promise.all([manifests.cleanUp(), model.stop()]);
    await discard(namespace(APP));
  });

  step('finds a pool that waits for it', async () => {
    await Promise.all([create(namespace(APP), ACCOUNT), model.start()]);
    const { stderr } = await manifests.apply();
    await create(sessionKeys(NAMESPACE, POOL));
    account = await AccountKubeconfig.of(APP, 'openhands');

    expect(stderr.replace(WARNING_OF_THE_DEFAULT_ACCOUNT, '')).toBe('');
    expect(await eventually(waiting, '2', 240)).toBe('2');
  });

  step('claims a sandbox and works in it until it gives it up', async () => {
    await client('conversation', NAMESPACE, POOL, API_KEY, model.model, model.baseUrl);
    const seconds = (fact: string) => `${String(facts.get(fact))} s`;
    process.stderr.write(`    the SDK: usable after ${seconds('usable')}, resumed after ${seconds('resumed')}\n`);

    expect(facts.get('done')).toBe(true);
  });

  step('ran a command as the unprivileged user', async () => {
    expect(facts.get('command')).toBe('0 10001');
  });

  step('got a mebibyte back as it was', async () => {
    expect(facts.get('megabyte')).toBe(true);
  });

  step('had an agent talk with a model and use its terminal', async () => {
    expect(facts.get('conversation')).toBe('finished');
    expect(facts.get('written')).toBe('0 message 1');
  });

  step('did not reach the Kubernetes API', async () => {
    expect(facts.get('network')).toMatch(/timed out|refused|unreachable/i);
  });

  step('found its files again when it resumed right after the pause', async () => {
    expect(facts.get('kept')).toBe('0 message 1');
  });

  step('left nothing behind', async () => {
    const left = async () =>
      (await claimed()) + (await inNamespace('get', 'pvc', `--selector=pool=${POOL}`, '-o=name'));
    const two = async () => (await left()).split('\n').filter(Boolean).length;

    // Those of the two that wait.
    expect(await eventually(two, 2, 120)).toBe(2);
    expect(await claimed()).toBe('');
  });

  step('gets ten usable sandboxes at the same time from a pool of two', async () => {
    expect(await eventually(waiting, '2', 120)).toBe('2');
    await client('claims', NAMESPACE, POOL, API_KEY, '10');
    const usable = facts.get('usable') as number[];
    process.stderr.write(`    ten claims at once: usable after ${usable.join(', ')} s\n`);

    expect(new Set(facts.get('hosts') as string[]).size).toBe(10);
  });
});
