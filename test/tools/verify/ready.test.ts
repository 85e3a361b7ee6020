import type { Workload } from '../../../tools/verify/plan';
import { readyPodsOf, waitUntilReady } from '../../../tools/verify/ready';
import type { Rendered } from '../../render';
import { clusterOf } from './cluster';
import { event, pod, podWith } from './evidence';

const IN_NAMESPACE = { namespace: 'here', labels: { app: 'demo' } };

const deployment = (availableReplicas: number): Rendered => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'demo', namespace: 'here', uid: 'uid-of-demo' },
  spec: {},
  status: { replicas: 1, updatedReplicas: 1, availableReplicas },
});

const workload = {
  title: 'Deployment/demo',
  namespace: 'here',
  selector: { app: 'demo' },
  object: deployment(0),
} as Partial<Workload> as Workload;

const CRASHED = podWith(
  { restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 1 } } },
  { metadata: IN_NAMESPACE },
);

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** What came of waiting for up to a minute, what was said meanwhile, and after how many seconds. */
async function waited(cluster: ReturnType<typeof clusterOf>, of = workload) {
  const began = Date.now();
  const said: string[] = [];
  const ended = (outcome?: object) => ({ ...outcome, said, seconds: (Date.now() - began) / 1000 });
  const outcome = waitUntilReady(cluster, of, 60_000, (text) => said.push(text)).then(
    () => ended(),
    ({ step, message, mayPass }) => ended({ step, message, mayPass }),
  );
  await jest.runAllTimersAsync();
  return outcome;
}

describe('a workload', () => {
  test('that is rolled out is not waited for', async () => {
    expect(await waited(clusterOf([deployment(1)]))).toEqual({ said: [], seconds: 0 });
  });

  test('is waited for, and every second it is said what is missing', async () => {
    let looks = 0;
    const cluster = clusterOf([], { get: async () => deployment(++looks > 2 ? 1 : 0) });

    expect(await waited(cluster)).toEqual({ said: Array(2).fill('0 of 1 Pods ready'), seconds: 2 });
  });

  test('that is not ready in time is told with its cause, and may be tried again', async () => {
    const { said, ...outcome } = await waited(clusterOf([deployment(0), CRASHED]));

    expect(outcome).toEqual({
      step: 'ready',
      message: 'CrashLoop: container runtime exited with 1, 3 restarts; not ready within 1 min 0 s',
      mayPass: true,
      seconds: 60,
    });
    expect(said[0]).toBe('0 of 1 Pods ready: CrashLoop: container runtime exited with 1, 3 restarts');
  });

  test('of which no cause is known is told with what is missing', async () => {
    expect(await waited(clusterOf([deployment(0)]))).toMatchObject({
      message: '0 of 1 Pods ready; not ready within 1 min 0 s',
    });
  });

  test('that somebody deletes is told at once, and may be made again', async () => {
    expect(await waited(clusterOf([]))).toEqual({
      step: 'ready',
      message: 'Deployment/demo is gone: it was deleted',
      mayPass: true,
      said: [],
      seconds: 0,
    });
  });
});

describe('the cause', () => {
  const causeOf = async (...args: Parameters<typeof clusterOf>) =>
    ((await waited(clusterOf(...args))) as { message?: string }).message;

  test('has the last lines of the container, as it was before it was restarted', async () => {
    const asked: unknown[] = [];
    const logs = async (...args: unknown[]) => {
      asked.push(args);
      return 'no such file\n';
    };

    expect(await causeOf([deployment(0), CRASHED], { logs })).toMatch(/its last lines: no such file; not ready/);
    expect(asked[0]).toEqual([CRASHED, 'runtime', { tailLines: 5, previous: true }]);
  });

  test('is that of its own Pods, from the events and the claims of its namespace', async () => {
    const elsewhere = { ...CRASHED, metadata: { ...CRASHED.metadata, namespace: 'there' } };
    const other = { ...CRASHED, metadata: { ...CRASHED.metadata, labels: { app: 'other' } } };
    const volumes = [{ name: 'w', persistentVolumeClaim: { claimName: 'work' } }];
    const mounting = pod({ metadata: IN_NAMESPACE, spec: { volumes } });
    const said = (namespace: string, message: string) => ({
      kind: 'Event',
      metadata: { namespace },
      ...event(mounting, 'FailedMount', message),
    });
    const claim = {
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'work', namespace: 'here' },
      status: { phase: 'Bound' },
    };
    const objects = [elsewhere, other, mounting, said('here', 'no such device'), said('there', 'another')];

    expect(await causeOf([deployment(0), ...objects, claim])).toMatch(/^volume: no such device;/);
    expect(
      await causeOf([deployment(0), ...objects, { ...claim, metadata: { name: 'work', namespace: 'there' } }]),
    ).toMatch(/^volume: PersistentVolumeClaim work does not exist;/);
  });

  test('of a bare Pod is its own', async () => {
    const bare = { ...CRASHED, metadata: { ...CRASHED.metadata, labels: {} } };
    const { message } = (await waited(clusterOf([bare]), { ...workload, object: bare })) as { message?: string };

    expect(message).toMatch(/^CrashLoop: /);
  });
});

test('requests go to Pods that are ready and stay', async () => {
  const ready = { conditions: [{ type: 'Ready', status: 'True' }] };
  const named = (name: string, status: object, metadata: object = {}) =>
    pod({ name, status, metadata: { ...IN_NAMESPACE, ...metadata } });
  const going = named('going', ready, { deletionTimestamp: '2026-01-01T00:00:00Z' });
  const cluster = clusterOf([named('starting', {}), going, named('well', ready)]);

  expect((await readyPodsOf(cluster, workload)).map(({ metadata }) => metadata.name)).toEqual(['well']);
});
