import { resume, suspend, waitFor } from '../../../tools/sessions/suspend';
import { ClusterOfSandboxes } from './cluster-of-sandboxes';
import { deployment, pod, sandbox, sandboxClaim, sessionAmong, statefulSet, warmPool } from './objects';

const live = async (cluster: ClusterOfSandboxes, { kind, metadata }: ReturnType<typeof sandbox>) =>
  (await cluster.get({ apiVersion: '', kind, metadata }))!;

test('a Sandbox is suspended and resumed by its operating mode, a claimed one too', async () => {
  for (const by of [undefined, sandboxClaim('mine')]) {
    const object = sandbox('x', { by });
    const cluster = new ClusterOfSandboxes(object);

    expect(await suspend(cluster, sessionAmong(object), false)).toBe(true);
    const suspended = await live(cluster, object);
    expect(suspended.spec.operatingMode).toBe('Suspended');

    expect(await resume(cluster, sessionAmong(suspended))).toBe(true);
    expect(await live(cluster, object)).toEqual(object);
  }
});

test('a Deployment and a StatefulSet have 0 Pods, and then as many as before', async () => {
  for (const object of [deployment('a'), statefulSet()]) {
    const cluster = new ClusterOfSandboxes(object);

    await suspend(cluster, sessionAmong(object), false);
    const suspended = await live(cluster, object);
    expect(suspended.spec.replicas).toBe(0);

    await resume(cluster, sessionAmong(suspended));
    const resumed = await live(cluster, object);
    expect(resumed.spec).toEqual(object.spec);
    expect(resumed.metadata.annotations).toEqual({});
  }
});

test('a Deployment that somebody else scaled to 0 has one Pod again', async () => {
  const object = deployment('a', { spec: { replicas: 0 } });
  const cluster = new ClusterOfSandboxes(object);

  await resume(cluster, sessionAmong(object));

  expect((await live(cluster, object)).spec.replicas).toBe(1);
});

test('what is so already is not changed', async () => {
  const suspended = sandbox('x', { spec: { operatingMode: 'Suspended' } });
  const cluster = new ClusterOfSandboxes(suspended);

  expect(await suspend(cluster, sessionAmong(suspended), false)).toBe(false);
  expect(await resume(cluster, sessionAmong(deployment('a')))).toBe(false);
  expect(cluster.writes).toEqual([]);
});

describe('is not suspended', () => {
  const refused = async (object: ReturnType<typeof sandbox>, mayLoseFiles = false) => {
    const cluster = new ClusterOfSandboxes(object);
    const error = await suspend(cluster, sessionAmong(object), mayLoseFiles).catch((it: Error) => it.message);
    expect(cluster.writes).toEqual([]);
    return error;
  };

  test('a bare Pod', async () => {
    expect(await refused(pod('bare'))).toBe(
      'bare is a bare Pod, which cannot be suspended: delete it with --keep-volume',
    );
  });

  test('what waits in a pool', async () => {
    expect(await refused(sandbox('x', { by: warmPool }))).toBe(
      'x waits in SandboxWarmPool/openhands-pool, which would make another one: scale the pool',
    );
  });

  const scratch = deployment('a', { template: { volumes: [{ name: 'scratch', ephemeral: {} }] } });

  test('what would lose its files', async () => {
    expect(await refused(scratch)).toBe('the files of a go with its Pods: add --yes to lose them');
  });

  test('unless they may be lost', async () => {
    expect(await suspend(new ClusterOfSandboxes(scratch), sessionAmong(scratch), true)).toBe(true);
  });
});

test('a Sandbox whose time has passed is not resumed', async () => {
  const expired = sandbox('x', { status: { conditions: [{ type: 'Ready', reason: 'SandboxExpired' }] } });

  await expect(resume(new ClusterOfSandboxes(expired), sessionAmong(expired))).rejects.toThrow(
    'the shutdownTime of demo has passed',
  );
});

describe('a wait', () => {
  test('ends when the state has come', async () => {
    const object = deployment('a');
    const running = pod('a-1', object);

    await waitFor(new ClusterOfSandboxes(object, running), sessionAmong(object), 'Running', 0);
  });

  test('gives up with the cause', async () => {
    const object = sandbox('x');
    const waiting = pod('x', object, {
      ready: false,
      status: {
        conditions: [
          { type: 'PodScheduled', status: 'False', message: '0/1 nodes are available: 1 Insufficient memory.' },
        ],
      },
    });

    await expect(waitFor(new ClusterOfSandboxes(object, waiting), sessionAmong(object), 'Running', 0)).rejects.toThrow(
      'demo: unschedulable: 0/1 nodes are available: 1 Insufficient memory.; not Running within 0.0 s',
    );
  });

  test('gives up with the state, when nothing else is known', async () => {
    const object = sandbox('x', { spec: { operatingMode: 'Suspended' } });

    await expect(
      waitFor(new ClusterOfSandboxes(object, pod('x', object)), sessionAmong(object), 'Suspended', 0),
    ).rejects.toThrow('demo: it is Suspending; not Suspended within 0.0 s');
  });

  test('ends when the session is gone', async () => {
    await expect(waitFor(new ClusterOfSandboxes(), sessionAmong(sandbox('x')), 'Running', 0)).rejects.toThrow(
      'Sandbox/x is gone',
    );
  });
});
