import { keepsFiles, ownerOf, stateOf, wantedPods } from '../../../tools/sessions/session';
import {
  claim,
  deployment,
  pod,
  sandbox,
  sandboxClaim,
  sessionAmong,
  sessionsAmong,
  statefulSet,
  warmPool,
} from './objects';

describe('a session', () => {
  test('is a Sandbox, a Deployment, a StatefulSet or a bare Pod that runs a sandbox', () => {
    const objects = [statefulSet(), sandbox('x', { by: sandboxClaim('mine') }), deployment('a'), pod('b')];

    expect(sessionsAmong(...objects).map(({ name, workload }) => `${workload.kind} ${name}`)).toEqual([
      'Deployment a',
      'Pod bare',
      'StatefulSet openhands-runtime',
      'Sandbox x',
    ]);
  });

  test('is no Canvas, and no Pod of somebody else', () => {
    const canvas = deployment('demo', {
      spec: { template: { metadata: { labels: { app: 'openhands-canvas' } }, spec: {} } },
    });

    expect(sessionsAmong(canvas, pod('other', undefined, { metadata: { labels: {} } }))).toEqual([]);
  });

  test('has its own Pods and claims, those that are not mounted too', () => {
    const [one, two] = [sandbox('openhands-runtime-demo'), sandbox('other')];
    const session = sessionsAmong(
      ...[one, two, pod('other', two), pod('openhands-runtime-demo', one)],
      ...[claim('workspace-volume-openhands-runtime-demo', one), claim('workspace-volume-other', two)],
    ).find(({ workload }) => workload.metadata.name === 'openhands-runtime-demo')!;

    expect(session.pods.map(({ metadata }) => metadata.name)).toEqual(['openhands-runtime-demo']);
    expect(session.claims.map(({ metadata }) => metadata.name)).toEqual(['workspace-volume-openhands-runtime-demo']);
  });

  test('of a StatefulSet has the claims of every ordinal, of those that were scaled down too', () => {
    const names = [0, 1, 2].map((ordinal) => `workspace-volume-openhands-runtime-${ordinal}`);
    const { claims } = sessionAmong(
      statefulSet(),
      ...names.map((it) => claim(it)),
      claim('workspace-volume-openhands-runtime-demo'),
    );

    expect(claims.map(({ metadata }) => metadata.name)).toEqual(names);
  });

  test('of a Deployment pool has the scratch volumes of its Pods', () => {
    const pool = deployment('a', { template: { volumes: [{ name: 'scratch', ephemeral: {} }] } });
    const { claims } = sessionAmong(pool, pod('a-1', pool), claim('a-1-scratch'), claim('b-1-scratch'));

    expect(claims.map(({ metadata }) => metadata.name)).toEqual(['a-1-scratch']);
  });

  test('is owned by the claim that has it, or by the pool in which it waits', () => {
    expect(ownerOf(sessionAmong(sandbox('x', { by: sandboxClaim('mine') })))).toBe('SandboxClaim/mine');
    expect(ownerOf(sessionAmong(sandbox('x', { by: warmPool })))).toBe('SandboxWarmPool/openhands-pool');
    expect(ownerOf(sessionAmong(deployment('a')))).toBeUndefined();
  });
});

describe('its state is', () => {
  const suspended = { spec: { operatingMode: 'Suspended' } };

  test.each([
    ['Running', {}, [{}]],
    ['Starting', {}, []],
    ['Starting', {}, [{ ready: false }]],
    ['Starting', {}, [{ metadata: { deletionTimestamp: 'now' } }]],
    ['Waiting', { by: warmPool }, [{}]],
    ['Starting', { by: warmPool }, []],
    ['Running', { by: sandboxClaim('mine') }, [{}]],
    ['Suspended', suspended, []],
    ['Suspending', suspended, [{}]],
    ['Failed', {}, [{ status: { phase: 'Failed' } }]],
    ['Expired', { status: { conditions: [{ type: 'Ready', status: 'False', reason: 'SandboxExpired' }] } }, []],
    ['Deleting', { metadata: { deletionTimestamp: 'now' } }, [{}]],
  ])('%s of a Sandbox with %j and Pods %j', (state, over, pods) => {
    const workload = sandbox('it', over);
    expect(stateOf(sessionAmong(workload, ...pods.map((it) => pod('it', workload, it))))).toBe(state);
  });

  test('Starting of a pool until every Pod is ready', () => {
    const pool = statefulSet();
    const one = pod('openhands-runtime-0', pool);

    expect(wantedPods(sessionAmong(pool, one))).toBe(2);
    expect(stateOf(sessionAmong(pool, one))).toBe('Starting');
    expect(stateOf(sessionAmong(pool, one, pod('openhands-runtime-1', pool)))).toBe('Running');
  });

  test('Suspended of a Deployment that is scaled to 0', () => {
    expect(stateOf(sessionAmong(deployment('a', { spec: { replicas: 0 } })))).toBe('Suspended');
  });
});

describe('its files outlive its Pods', () => {
  test.each([
    ['in a Sandbox with a claim template', sandbox('x'), true],
    ['in a Sandbox without one', sandbox('x', { spec: { volumeClaimTemplates: [] } }), false],
    ['in a Deployment with a claim', deployment('a'), true],
    ['in a Deployment with scratch volumes', deployment('a', { template: { volumes: [{ ephemeral: {} }] } }), false],
    ['in a StatefulSet', statefulSet(), true],
    [
      'in a StatefulSet that deletes what it scales down',
      statefulSet({ persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete' } }),
      false,
    ],
  ])('%s: %#', (_, workload, isKept) => {
    expect(keepsFiles(sessionAmong(workload))).toBe(isKept);
  });
});
