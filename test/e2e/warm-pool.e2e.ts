import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { agentServerWithKey } from './agent-server';
import { command } from './command';
import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests, WARNING_OF_THE_DEFAULT_ACCOUNT } from './manifests';
import { API_KEY, create, createAs, sessionKeys, type Manifest } from './objects';
import { withPortForward, type Target } from './port-forward';
import { Sandbox } from './sandbox';

const NAMESPACE = 'e2e-pool-warm';
const MANAGER = 'system:serviceaccount:e2e-pool-app:openhands';
const SESSION = 'openhands-runtime-demo';
const FILE = '/workspace/e2e.txt';
const TEXT = 'written before the sandbox was suspended\n';

const program = agentServerWithKey(API_KEY);

const claim = {
  apiVersion: 'extensions.agents.x-k8s.io/v1beta1',
  kind: 'SandboxClaim',
  metadata: { name: 'conversation', namespace: NAMESPACE },
  spec: { warmPoolRef: { name: 'openhands-runtime' } },
} satisfies Manifest;

const inNamespace = async (...args: string[]) => (await kubectl(...args, `--namespace=${NAMESPACE}`)).stdout;

const waiting = () => inNamespace('get', 'sandboxwarmpool', 'openhands-runtime', '-o=jsonpath={.status.readyReplicas}');

/** Change a Sandbox as a manager does. @throws Error with what the API server said */
const patchAsManager = (spec: object, name = SESSION) =>
  inNamespace('patch', 'sandbox', name, '--type=merge', `--patch=${JSON.stringify({ spec })}`, `--as=${MANAGER}`);

/**
 * As OpenHands's client does: it asks for health until there is an answer, because the Sandbox says for a moment that the
 * Pod that ends is Ready. What it does from then on must not be cut off.
 */
async function whenHealthy<T>(target: Target, use: (url: string) => Promise<T>): Promise<T> {
  for (const giveUp = Date.now() + 120_000; ;) {
    let isHealthy = false;
    try {
      return await withPortForward(target, async (url) => {
        // A Pod that ends takes a connection and answers nothing.
        isHealthy = (await fetch(`${url}/health`, { signal: AbortSignal.timeout(3_000) })).ok;
        if (!isHealthy) throw new Error('not healthy yet');
        return await use(url);
      });
    } catch (error) {
      if (isHealthy || Date.now() > giveUp) throw error;
      await setTimeout(100);
    }
  }
}

describe('sandboxes of agent-sandbox', () => {
  const manifests = Manifests.ofProfile(join(__dirname, 'profiles/pool-warm.toml'));
  const step = stepsIn(NAMESPACE);
  const session = new Sandbox({ namespace: NAMESPACE, session: 'demo', workload: 'Sandbox', program });
  /** How long a start takes, in ms. */
  let start: number;
  let claimed: string;
  let running: string;

  afterAll(() => manifests.cleanUp());

  step('apply without a warning', async () => {
    const { stderr } = await manifests.apply();
    await create(sessionKeys(NAMESPACE, 'demo', 'openhands-runtime'));

    expect(stderr.replace(WARNING_OF_THE_DEFAULT_ACCOUNT, '')).toBe('');
  });

  step('wait in the pool, two of them', async () => {
    const began = performance.now();
    expect(await eventually(waiting, '2', 180)).toBe('2');
    start = performance.now() - began;
  });

  step('are Ready at once when a manager claims one', async () => {
    const began = performance.now();
    await createAs(MANAGER, claim);
    await inNamespace('wait', 'sandboxclaim/conversation', '--for=condition=Ready', '--timeout=60s');
    const milliseconds = Math.round(performance.now() - began);
    process.stderr.write(`    a claim: Ready after ${milliseconds} ms, two starts of kubectl included\n`);
    claimed = await inNamespace('get', 'sandboxclaim', 'conversation', '-o=jsonpath={.status.sandbox.name}');

    expect(milliseconds).toBeLessThan(start / 3);
  });

  step('run a command for whoever claimed one', async () => {
    const target = { namespace: NAMESPACE, resource: `pod/${claimed}`, port: program.port };

    expect(await withPortForward(target, (url) => program.run(url, 'id -u'))).toEqual({ exitCode: 0, stdout: '10001' });
  });

  step('are as many in the pool as before the claim', async () => {
    expect(await eventually(waiting, '2', 120)).toBe('2');
  });

  step('run a command for a client that resumes as soon as its pause has begun, ten times', async () => {
    const target = { namespace: NAMESPACE, resource: `pod/${claimed}`, port: program.port };
    const begun = () =>
      inNamespace('get', 'pod', claimed, '--ignore-not-found', '-o=jsonpath={.metadata.deletionTimestamp}');
    const times: number[] = [];
    for (let round = 1; round <= 10; round++) {
      await patchAsManager({ operatingMode: 'Suspended' }, claimed);
      for (const giveUp = Date.now() + 30_000; (await begun()) === '' && Date.now() < giveUp;);
      const start = performance.now();
      await patchAsManager({ operatingMode: 'Running' }, claimed);
      await inNamespace('wait', 'sandbox', claimed, '--for=condition=Ready', '--timeout=120s');
      const finished = await whenHealthy(target, (url) => program.run(url, `echo round ${round}`));
      times.push(Math.round((performance.now() - start) / 100) / 10);
      expect(finished).toEqual({ exitCode: 0, stdout: `round ${round}` });
    }
    process.stderr.write(`    a resume: a command has run after ${times.join(', ')} s\n`);
  });

  step('take no variables from a claim, where the profile has no app server', async () => {
    const withEnv = { ...claim.spec, env: [{ name: 'OH_SESSION_API_KEYS_0', value: 'mine' }] };
    await createAs(MANAGER, { ...claim, metadata: { ...claim.metadata, name: 'with-env' }, spec: withEnv });
    const reason = () =>
      inNamespace('get', 'sandboxclaim', 'with-env', '-o=jsonpath={.status.conditions[?(@.type=="Ready")].reason}');

    expect(await eventually(reason, 'EnvVarsInjectionRejected', 60)).toBe('EnvVarsInjectionRejected');
    await inNamespace('delete', 'sandboxclaim', 'with-env', `--as=${MANAGER}`);
  });

  step('are gone when a manager gives up the claim', async () => {
    const left = () => inNamespace('get', 'sandbox,pod', claimed, '--ignore-not-found', '-o=name');
    expect(await left()).toMatch(/^sandbox.*\npod\//);
    await inNamespace('delete', 'sandboxclaim', 'conversation', '--wait=false', `--as=${MANAGER}`);

    expect(await eventually(left, '', 90)).toBe('');
  });

  step('keep a file of a session', async () => {
    await session.ready();
    await session.writeFile(FILE, TEXT);

    expect(await session.readFile(FILE)).toBe(TEXT);
  });

  step('have no Pod when a manager suspends them', async () => {
    running = await session.podUid();
    expect(running).not.toBe('');
    await patchAsManager({ operatingMode: 'Suspended' });

    expect(await eventually(() => session.podUid(), '', 90)).toBe('');
  });

  step('cannot be changed by a manager into something else', async () => {
    await expect(patchAsManager({ podTemplate: { spec: { serviceAccountName: 'another' } } })).rejects.toThrow(
      /Forbidden.*a sandbox manager may not change the podTemplate of a Sandbox/,
    );
  });

  step('have the file when a manager resumes them', async () => {
    await patchAsManager({ operatingMode: 'Running' });
    await session.ready();

    expect(await session.podUid()).not.toBe(running);
    expect(await session.readFile(FILE)).toBe(TEXT);
  });

  step('leave nothing behind when they are deleted', async () => {
    await manifests.delete();
    await manifests.areAbsent();
  });
});

describe('a pool that no node has room for', () => {
  const namespace = 'e2e-pool-without-room';
  const manifests = Manifests.ofTestProfile('pool-without-room.toml');
  const step = stepsIn(namespace);

  afterAll(() => manifests.cleanUp());

  const sandboxes = async () =>
    (await kubectl('get', 'sandboxes', `--namespace=${namespace}`, '-o=name')).stdout.split('\n').filter(Boolean)
      .length;

  step('has as many sandboxes as it should have, all waiting for a node', async () => {
    await manifests.apply();

    expect(await eventually(sandboxes, 2, 60)).toBe(2);
  });

  step('is told by verify, with the reason', async () => {
    const { status, output } = await command('verify', manifests.folder, ['--timeout', '15s', '--retries', '0']);

    expect(status).toBe(1);
    expect(output).toMatch(
      /^FAILED SandboxWarmPool\/openhands-pool: ready: unschedulable: 0\/\d+ nodes are available: .*Insufficient memory/m,
    );
  });

  // agent-sandbox#1215: it once made more and more of them.
  step('has not grown meanwhile', async () => {
    expect(await sandboxes()).toBe(2);
  });
});
