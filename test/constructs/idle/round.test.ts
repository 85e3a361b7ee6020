import { setTimeout as sleep } from 'node:timers/promises';
import type { Verdict } from '../../../constructs/idle/program/decide';
import type { Kubernetes, Notice } from '../../../constructs/idle/program/kubernetes-api';
import { round } from '../../../constructs/idle/program/round';
import { verdictOf } from '../../../constructs/idle/program/sandbox-api';
import type { Rendered } from '../../render';
import { standIn } from './stand-in-sandbox';

const HOUR_AGO = new Date(Date.now() - 5_000_000).toISOString();

const sandbox = (name: string): Rendered => ({
  metadata: { name, uid: name, resourceVersion: '1' },
  spec: { podTemplate: { metadata: { labels: { app: 'openhands-runtime' } }, spec: { containers: [] } } },
});

const pod = (name: string): Rendered => ({
  metadata: { name, uid: `pod-${name}`, ownerReferences: [{ kind: 'Sandbox', name, uid: name, controller: true }] },
  status: {
    podIP: '127.0.0.1',
    startTime: HOUR_AGO,
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'runtime', state: { running: { startedAt: HOUR_AGO } } }],
  },
});

/** A cluster with sandboxes of these names. */
function cluster(...names: string[]) {
  const suspended: string[] = [];
  const told: Record<string, Notice> = {};
  const kubernetes: Kubernetes = {
    sandboxes: async () => names.map(sandbox),
    pods: async () => names.map(pod),
    claims: async () => [],
    suspend: async ({ metadata: { name } }) => suspended.push(name) > 0,
    tell: async ({ metadata: { name } }, notice) => void (told[name] = notice),
  };
  return { kubernetes, suspended, told };
}

const SUSPEND: Verdict = { decision: 'suspend', because: 'nobody has used it for 3600 s' };

/** A round over a cluster in which everybody gets the same verdict. */
function play(kubernetes: Kubernetes, verdict: Verdict = SUSPEND, isDryRun = false) {
  const lines: Rendered[] = [];
  const log = (level: string, message: string, details?: object) => lines.push({ level, message, ...details });
  return { done: round({ kubernetes, ask: async () => verdict, isDryRun, log }), lines };
}

test('what nobody uses is suspended, told on the Sandbox and logged', async () => {
  const { kubernetes, suspended, told } = cluster('a', 'b');
  const { done, lines } = play(kubernetes);

  expect(await done).toBe(true);
  expect(suspended).toEqual(['a', 'b']);
  expect(told.a).toEqual({
    type: 'Normal',
    reason: 'IdleSuspended',
    note: 'Suspended, its volume stays: nobody has used it for 3600 s',
  });
  expect(lines).toContainEqual({ level: 'INFO', message: SUSPEND.because, sandbox: 'a', decision: 'suspend' });
  expect(lines.at(-1)).toMatchObject({ message: 'a round is over', suspend: 2, keep: 0, unknown: 0 });
});

test('what is used is logged, and nothing else', async () => {
  const { kubernetes, suspended, told } = cluster('a');
  const { done, lines } = play(kubernetes, { decision: 'keep', because: 'it was used 3 s ago' });

  expect(await done).toBe(true);
  expect([suspended, told]).toEqual([[], {}]);
  expect(lines[0]).toMatchObject({ level: 'INFO', decision: 'keep' });
});

test('what is unknown is left running, which is told as a warning', async () => {
  const { kubernetes, suspended, told } = cluster('a');

  expect(await play(kubernetes, { decision: 'unknown', because: 'the answer 401' }).done).toBe(true);
  expect(suspended).toEqual([]);
  expect(told.a).toEqual({ type: 'Warning', reason: 'IdleUnknown', note: 'Left running: the answer 401' });
});

test('a dry run suspends nothing and says what it would', async () => {
  const { kubernetes, suspended, told } = cluster('a');
  await play(kubernetes, SUSPEND, true).done;

  expect(suspended).toEqual([]);
  expect(told.a).toMatchObject({ reason: 'IdleWouldSuspend' });
});

test('what somebody has changed meanwhile is left running', async () => {
  const { kubernetes, told } = cluster('a');
  const { done, lines } = play({ ...kubernetes, suspend: async () => false });

  expect(await done).toBe(true);
  expect(told).toEqual({});
  expect(lines[0]).toMatchObject({ decision: 'keep' });
});

test.each(['sandboxes', 'pods', 'claims'] as const)('without the list of %s nothing happens', async (list) => {
  const { kubernetes, suspended } = cluster('a');
  const { done } = play({ ...kubernetes, [list]: () => Promise.reject(new Error('no API server')) });

  await expect(done).rejects.toThrow('no API server');
  expect(suspended).toEqual([]);
});

test('a refusal is said, and the others go on', async () => {
  const { kubernetes, suspended } = cluster('a', 'b');
  const suspend: Kubernetes['suspend'] = (it) =>
    it.metadata.name === 'a' ? Promise.reject(new Error('forbidden')) : kubernetes.suspend(it);
  const { done, lines } = play({ ...kubernetes, suspend });

  expect(await done).toBe(false);
  expect(lines).toContainEqual({ level: 'ERROR', message: 'forbidden', sandbox: 'a' });
  expect(suspended).toEqual(['b']);
});

test('no more than 25 sandboxes are asked at the same time', async () => {
  let [now, most] = [0, 0];
  const ask = async () => {
    most = Math.max(most, ++now);
    await sleep(5);
    now--;
    return SUSPEND;
  };
  const names = Array.from({ length: 60 }, (_, index) => `s${index}`);
  const { kubernetes, suspended } = cluster(...names);
  await round({ kubernetes, ask, isDryRun: false, log: () => undefined });

  expect(most).toBe(25);
  expect(suspended).toHaveLength(60);
});

test('a round asks many sandboxes at a time: it is done with 50 of them sooner than one after the other', async () => {
  const answerMs = 200;
  const server = await standIn({
    '/api/bash/execute_bash_command': (_, response) => {
      const stat = '7 (node) S 1 7 7 0 -1 4194304 100 0 0 0 100 0 0 0 20 0 1 0 100 1000 10\n';
      setTimeout(() => response.end(JSON.stringify({ exit_code: 0, stdout: `${stat}=\n${stat}=\n0\n` })), answerMs);
    },
  });
  const { kubernetes, suspended } = cluster(...Array.from({ length: 50 }, (_, index) => `s${index}`));
  const settings = { suspendAfter: 1800, apiPort: server.port, editorPort: 8001, keysFolder: '/nowhere' };
  const began = performance.now();
  await round({ kubernetes, ask: (it) => verdictOf(it, settings), isDryRun: false, log: () => undefined });
  server.stop();

  expect(suspended).toHaveLength(50);
  expect(performance.now() - began).toBeLessThan(50 * answerMs);
});
