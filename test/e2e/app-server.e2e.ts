import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests, WARNING_OF_THE_DEFAULT_ACCOUNT } from './manifests';
import { create, evict, sessionKeys } from './objects';
import { StandInAppServer, type Conversation } from './stand-in-app-server';

const NAMESPACE = 'e2e-app-server';
const POOL = 'openhands-pool';

/** An agent that is asked nothing: making its conversation is enough for a webhook. */
const CONVERSATION = {
  agent: { llm: { model: 'openai/nobody', api_key: 'none' }, tools: [] },
  workspace: { working_dir: '/workspace/project' },
};

const inNamespace = async (...args: string[]) => (await kubectl(...args, `--namespace=${NAMESPACE}`)).stdout;

describe('the app server, as a stand-in that makes its calls,', () => {
  const manifests = Manifests.ofTestProfile('app-server.toml');
  const server = new StandInAppServer({ namespace: 'e2e-app-server-app', sandboxes: NAMESPACE, pool: POOL });
  const step = stepsIn(NAMESPACE);
  let conversation: Conversation;
  let sandbox: string;

  /** What a command printed, or else what came instead. */
  async function run(command: string): Promise<string> {
    const path = '/api/bash/execute_bash_command';
    const { status, text } = await server.call(sandbox, conversation.key, 'POST', path, { command, timeout: 30 });
    if (status !== 200) return `${status} ${text}`;
    const { exit_code, stdout, stderr } = JSON.parse(text) as Record<'exit_code' | 'stdout' | 'stderr', unknown>;
    return exit_code === 0 ? String(stdout).trimEnd() : `exit code ${String(exit_code)}: ${String(stderr)}`;
  }

  /** Everything that a claim brings. */
  const left = () => inNamespace('get', 'sandboxclaims,sandboxes,pods,pvc,services', '-o=name');

  /** Seconds until a sandbox's API answers. */
  async function answers(): Promise<number> {
    const started = performance.now();
    const health = async () => (await server.call(sandbox, conversation.key, 'GET', '/health')).status;
    expect(await eventually(health, 200, 180)).toBe(200);
    return Math.round((performance.now() - started) / 100) / 10;
  }

  afterAll(async () => {
    await Promise.all([manifests.cleanUp(), server.stop()]);
  });

  step('is let in by its profile, which applies without a warning', async () => {
    const [{ stderr }] = await Promise.all([manifests.apply(), server.start()]);
    await create(sessionKeys(NAMESPACE, POOL));

    expect(stderr.replace(WARNING_OF_THE_DEFAULT_ACCOUNT, '')).toBe('');
  });

  step('claims a sandbox with variables of its own', async () => {
    const started = performance.now();
    const { answer, ...claimed } = await server.claim();
    expect(answer).toMatchObject({ status: 201 });
    conversation = claimed;
    expect(await eventually(() => server.isClaimReady(conversation), true, 180)).toBe(true);
    process.stderr.write(`    its claim: Ready after ${Math.round((performance.now() - started) / 1000)} s\n`);

    sandbox = await server.sandboxOf(conversation);
    expect(sandbox).not.toBe('');
  });

  step('finds its claim again by its label', async () => {
    expect(await server.claims()).toEqual([conversation.claim]);
  });

  step("reaches the sandbox by its Service's name, with the key of that conversation and no other", async () => {
    await answers();

    expect(await eventually(() => run('id -u'), '10001', 30)).toBe('10001');
    expect((await server.call(sandbox, 'a-key-for-tests', 'GET', '/api/conversations/count')).status).toBe(401);
  });

  step('is told by a webhook that a conversation has begun', async () => {
    const { status, text } = await server.call(sandbox, conversation.key, 'POST', '/api/conversations', CONVERSATION);
    expect({ status, text }).toMatchObject({ status: 201 });
    const isTold = async () => (await server.webhooks()).some((it) => it.startsWith('/api/v1/webhooks/conversations'));

    expect(await eventually(isTold, true, 60)).toBe(true);
  });

  step('may not change what the template sets, nor take its Secrets, nor leave the key out', async () => {
    const forbidden: Record<string, string>[] = [
      { OH_TELEMETRY_EXPORTER: 'otlp' },
      { OH_SECRET_KEY: 'mine' },
      { OH_SESSION_API_KEYS_0: '' },
    ];
    const refusals = await Promise.all(forbidden.map((it) => server.claim(it)));

    expect(refusals.map(({ answer }) => answer.status)).toEqual([403, 403, 403]);
    expect(refusals.map(({ answer }) => answer.text)).toEqual([
      expect.stringContaining("a claim may not change a variable that the pool's template sets"),
      expect.stringContaining("a claim may not replace a Secret that the pool's template refers to"),
      expect.stringContaining('which would let everybody in'),
    ]);
  });

  step('reaches nothing else: no other namespace, no Secret, no Pod', async () => {
    const paths = [
      '/apis/extensions.agents.x-k8s.io/v1beta1/namespaces/default/sandboxclaims',
      `/api/v1/namespaces/${NAMESPACE}/secrets`,
      `/api/v1/namespaces/${NAMESPACE}/pods`,
    ];
    const answers = await Promise.all(paths.map((url) => server.ask({ method: 'GET', url })));

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  });

  step('goes on after a drain has taken the Pod, with its files; its claim is not Ready meanwhile', async () => {
    const write = () => run('echo kept > /workspace/kept.txt && cat /workspace/kept.txt');
    expect(await eventually(write, 'kept', 60)).toBe('kept');
    const before = await inNamespace('get', 'pod', sandbox, '-o=jsonpath={.metadata.uid}');
    const started = performance.now();
    await evict(NAMESPACE, sandbox);

    expect(await eventually(() => server.isClaimReady(conversation), false, 60)).toBe(false);
    expect(await eventually(() => server.isClaimReady(conversation), true, 180)).toBe(true);
    expect(await eventually(() => run('cat /workspace/kept.txt'), 'kept', 60)).toBe('kept');
    process.stderr.write(`    after a drain: back after ${Math.round((performance.now() - started) / 1000)} s\n`);
    expect(await inNamespace('get', 'pod', sandbox, '-o=jsonpath={.metadata.uid}')).not.toBe(before);
  });

  step('pauses and resumes it, and finds its files', async () => {
    await server.pause(sandbox);
    const pods = () => inNamespace('get', 'pod', sandbox, '--ignore-not-found', '-o=name');
    expect(await eventually(pods, '', 90)).toBe('');
    await server.resume(sandbox);
    process.stderr.write(`    a resume: answers after ${await answers()} s\n`);

    expect(await eventually(() => run('cat /workspace/kept.txt'), 'kept', 30)).toBe('kept');
  });

  step('leaves nothing of it when it gives up the claim', async () => {
    expect(await left()).toContain(sandbox);
    await server.delete(conversation);
    const ofIt = async () => (await left()).split('\n').filter((it) => it.includes(sandbox)).length;

    expect(await eventually(ofIt, 0, 90)).toBe(0);
    expect(await server.claims()).toEqual([]);
  });
});
