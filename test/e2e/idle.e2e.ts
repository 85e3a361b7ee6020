import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { agentServerWithKey } from './agent-server';
import { Client } from './conversations';
import { eventually } from './eventually';
import { IdleSuspender } from './idle-round';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests, WARNING_OF_THE_DEFAULT_ACCOUNT } from './manifests';
import { API_KEY, create, sessionKeys, type Manifest } from './objects';
import { forwardApi, withPortForward } from './port-forward';
import { ask } from './program';
import { Sandbox } from './sandbox';
import { StandInModel } from './stand-in-model';

const execute = promisify(execFile);

const NAMESPACE = 'e2e-idle';
const SYSTEM = `${NAMESPACE}-system`;
const SUSPENDER = `system:serviceaccount:${SYSTEM}:openhands-idle-suspender`;
const LEFT = 'openhands-runtime-left';
const BUSY = 'openhands-runtime-busy';
const POLICY = 'networkpolicy/openhands-runtime-allow-idle-suspender';
const FILE = '/workspace/e2e.txt';
const TEXT = 'written before nobody used it\n';

const program = agentServerWithKey(API_KEY);

const claim: Manifest = {
  apiVersion: 'extensions.agents.x-k8s.io/v1beta1',
  kind: 'SandboxClaim',
  metadata: { name: 'conversation', namespace: NAMESPACE },
  spec: { warmPoolRef: { name: 'openhands-runtime' } },
};

const inNamespace = async (...args: string[]) => (await kubectl(...args, `--namespace=${NAMESPACE}`)).stdout;

const seconds = (since: number) => Math.round((performance.now() - since) / 100) / 10;

/** Whether each sandbox runs, by its name. */
async function modes(): Promise<Record<string, string>> {
  const path = '-o=jsonpath={range .items[*]}{.metadata.name} {.spec.operatingMode}{"\\n"}{end}';
  const lines = (await inNamespace('get', 'sandboxes', path)).trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split(' ') as [string, string]));
}

const modeOf = async (name: string) => (await modes())[name];

/** For how long nobody has used it, as it says itself. */
const idleSeconds = (name: string): Promise<number> =>
  withPortForward({ namespace: NAMESPACE, resource: `pod/${name}`, port: program.port }, async (url) => {
    const { idle_time } = (await (await ask(`${url}/server_info`)).json()) as { idle_time: number };
    return idle_time;
  });

/** Wait until nobody has used it for longer than the ten seconds. */
const untilIdle = (name: string) => eventually(async () => (await idleSeconds(name)) > 11, true, 120);

/** The reasons of the Events on a Sandbox. */
const reasons = (name: string): Promise<string> => {
  const selector = `--field-selector=involvedObject.name=${name},involvedObject.kind=Sandbox`;
  return inNamespace('get', 'events', selector, '-o=jsonpath={.items[*].reason}');
};

/** What the Pods of a namespace request. */
async function requested(...names: string[]): Promise<string> {
  const path =
    '-o=jsonpath={.spec.containers[0].resources.requests.cpu} CPU, {.spec.containers[0].resources.requests.memory}';
  const pods = await Promise.all(names.map((name) => inNamespace('get', 'pod', name, '--ignore-not-found', path)));
  return pods.join('; ') || 'nothing';
}

describe('the idle suspender', () => {
  const manifests = Manifests.ofTestProfile('idle.toml');
  const model = new StandInModel('e2e-idle-model');
  const suspender = new IdleSuspender(NAMESPACE);
  const step = stepsIn(NAMESPACE);
  const [left, busy] = ['left', 'busy'].map(
    (session) => new Sandbox({ namespace: NAMESPACE, session, workload: 'Sandbox', program }),
  ) as [Sandbox, Sandbox];
  let claimed: string;

  const copyKeys = () =>
    execute('node', ['run.js', 'tools/keys.ts', '--dir', manifests.folder], { cwd: join(__dirname, '../..') });

  /** Its agent's command would hold up its end. */
  const endBusy = () => inNamespace('delete', 'sandbox,pod', BUSY, '--ignore-not-found', '--grace-period=0', '--force');

  afterAll(async () => {
    await endBusy();
    await manifests.cleanUp();
    await model.stop();
  });

  step('is applied without a warning, beside sandboxes whose keys it gets', async () => {
    await model.start();
    const { stderr } = await manifests.apply();
    await create(sessionKeys(NAMESPACE, 'left', 'busy', 'openhands-runtime'), {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'llm', namespace: NAMESPACE },
      stringData: { 'api-key': 'key' },
    });
    const { stdout } = await copyKeys();
    await Promise.all([left.ready(), busy.ready()]);

    expect(stderr.replace(WARNING_OF_THE_DEFAULT_ACCOUNT, '')).toBe('');
    expect(stdout).toContain(
      `Secret/openhands-idle-keys in ${SYSTEM}: copied busy.api-key, left.api-key, openhands-runtime.api-key`,
    );
  });

  step('is beside one that is left alone, and one whose agent waits for a silent command', async () => {
    await left.writeFile(FILE, TEXT);
    const target = { namespace: NAMESPACE, resource: `pod/${BUSY}`, port: program.port };
    const running = await withPortForward(target, async (url) => {
      const client = new Client(url);
      // The LLM of [llm] is there some seconds after its Pod is Ready.
      await eventually(async () => (await client.llm()).api_key, 'key', 60);
      await client.start('run: sleep 3600');
      return eventually(() => client.request<number>('GET', '/api/conversations/count?status=running'), 1, 60);
    });

    expect(running).toBe(1);
  });

  step('suspends nobody who does not answer, nobody when it is killed, and nobody without the API server', async () => {
    await inNamespace('delete', POLICY);
    await Promise.all([untilIdle(LEFT), untilIdle(BUSY)]);
    const [killed, unanswered, alone] = await Promise.all([
      suspender.begin(),
      suspender.begin(),
      suspender.begin({ KUBERNETES_SERVICE_HOST: '127.0.0.1' }),
    ]);
    await suspender.kill(killed);
    const { decisions } = await suspender.end(unanswered);

    expect(decisions[LEFT]).toMatch(/^unknown: it could not be asked/);
    expect(decisions[BUSY]).toMatch(/^unknown: it could not be asked/);
    expect((await suspender.end(alone)).decisions).toEqual({
      round: expect.stringContaining('ECONNREFUSED') as unknown,
    });
    expect(Object.values(await modes())).not.toContain('Suspended');
  });

  step('says so on the Sandbox', async () => {
    expect(await eventually(async () => (await reasons(LEFT)).includes('IdleUnknown'), true)).toBe(true);
  });

  step('suspends nobody whose key it has not, nor whose agent waits', async () => {
    await kubectl('apply', '-f', manifests.folder);
    const wrong = JSON.stringify({ stringData: { 'left.api-key': 'wrong' } });
    await kubectl('patch', 'secret', 'openhands-idle-keys', `--namespace=${SYSTEM}`, `--patch=${wrong}`);
    const { decisions } = await suspender.run();

    expect(decisions[LEFT]).toBe('unknown: it could not be asked: the answer 401');
    expect(decisions[BUSY]).toBe('keep: 1 of its conversations run');
    expect(Object.values(await modes())).not.toContain('Suspended');
  });

  step('counts from the claim, however long a sandbox has waited in its pool', async () => {
    const ready = '-o=jsonpath={.status.readyReplicas}';
    const readyReplicas = () => inNamespace('get', 'sandboxwarmpool', 'openhands-runtime', ready);
    expect(await eventually(readyReplicas, '1', 180)).toBe('1');
    await untilIdle(Object.keys(await modes()).find((it) => ![LEFT, BUSY].includes(it))!);
    await create(claim);
    await inNamespace('wait', 'sandboxclaim/conversation', '--for=condition=Ready', '--timeout=60s');
    const path = '-o=jsonpath={.status.sandbox.name} {.metadata.creationTimestamp}';
    const [name, created] = (await inNamespace('get', 'sandboxclaim', 'conversation', path)).split(' ');
    claimed = name!;
    const { decisions, times } = await suspender.run({ SUSPEND_AFTER_SECONDS: '3600' });
    const [, used] = /^keep: it was used (\d+) s ago$/.exec(decisions[claimed] ?? '') ?? [];

    expect(Math.abs(times[claimed]!.getTime() - Number(used) * 1000 - Date.parse(created!))).toBeLessThan(5000);
    // The one that waits in its place is no business of the suspender.
    expect(Object.keys(decisions).sort()).toEqual([BUSY, LEFT, claimed].sort());
  });

  step('suspends by its schedule whom nobody uses: not who has an editor open, nor whose agent waits', async () => {
    await copyKeys();
    const editor =
      'import socket,time;s=socket.create_server(("127.0.0.1",8001));' +
      'c=socket.create_connection(("127.0.0.1",8001));time.sleep(600)';
    const open = `setsid python3 -c '${editor}' >/dev/null 2>&1 &`;
    await kubectl('exec', claimed, `--namespace=${NAMESPACE}`, '-c=runtime', '--', 'sh', '-c', open);
    await untilIdle(claimed);
    const before = await requested(LEFT);
    await suspender.schedule('* * * * *');
    const mode = await eventually(() => modeOf(LEFT), 'Suspended', 120);
    const start = performance.now();
    await suspender.schedule('0 0 1 1 *', true);
    const pod = await eventually(() => left.podUid(), '', 120);
    process.stderr.write(
      `    suspended: requested ${before}, and ${await requested(LEFT)} ${seconds(start)} s later; its volume stays\n`,
    );

    expect(mode).toBe('Suspended');
    expect(pod).toBe('');
    expect(await modeOf(BUSY)).toBe('Running');
    expect(await modeOf(claimed)).toBe('Running');
  });

  step('has told so, on the Sandbox', async () => {
    expect(await eventually(async () => (await reasons(LEFT)).includes('IdleSuspended'), true)).toBe(true);
  });

  step('is not overruled when the manifests are applied again', async () => {
    await kubectl('apply', '-f', manifests.folder);

    expect(await modeOf(LEFT)).toBe('Suspended');
  });

  step('cannot do anything else to a Sandbox', async () => {
    // kubectl would read it first, which the suspender may not do either.
    const api = await forwardApi();
    const patch = async (spec: object) => {
      const path = `/apis/agents.x-k8s.io/v1beta1/namespaces/${NAMESPACE}/sandboxes/${LEFT}`;
      const response = await fetch(`http://${api.address}${path}`, {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/merge-patch+json', 'Impersonate-User': SUSPENDER },
        body: JSON.stringify({ spec }),
      });
      return ((await response.json()) as { message?: string }).message ?? 'accepted';
    };

    expect(await patch({ operatingMode: 'Running' })).toContain('the idle suspender may only suspend a Sandbox');
    expect(await patch({ shutdownPolicy: 'Delete' })).toContain("may change nothing of a Sandbox's spec");
    expect(await patch({ operatingMode: 'Suspended' })).toBe('accepted');
    await api.stop();
  });

  step('leaves the file where it was for whoever resumes the sandbox', async () => {
    const start = performance.now();
    await inNamespace('patch', 'sandbox', LEFT, '--type=merge', '--patch={"spec":{"operatingMode":"Running"}}');
    await left.ready();
    process.stderr.write(`    resumed: Ready after ${seconds(start)} s, requests ${await requested(LEFT)}\n`);

    expect(await left.readFile(FILE)).toBe(TEXT);
  });

  step('leaves nothing behind', async () => {
    await endBusy();
    await manifests.delete();
    await manifests.areAbsent();
  });
});
