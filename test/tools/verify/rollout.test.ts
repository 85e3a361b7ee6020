import { missingOf } from '../../../tools/verify/rollout';

const deployment = (status: object, replicas = 2) => ({
  kind: 'Deployment',
  metadata: { generation: 2 },
  spec: { replicas },
  status: { observedGeneration: 2, ...status },
});

describe('a Deployment', () => {
  test('is rolled out when all Pods are new and available', () => {
    expect(missingOf(deployment({ replicas: 2, updatedReplicas: 2, availableReplicas: 2 }))).toBeUndefined();
  });

  test.each([
    ['the controller has not seen the change yet', { observedGeneration: 1 }],
    ['1 of 2 Pods made', { updatedReplicas: 1 }],
    ['1 of 2 Pods ready', { updatedReplicas: 2, availableReplicas: 1 }],
    ['1 Pods of the earlier revision still there', { updatedReplicas: 2, availableReplicas: 2, replicas: 3 }],
  ])('is not when: %s', (missing, status) => {
    expect(missingOf(deployment(status))).toBe(missing);
  });
});

test('a StatefulSet is rolled out when its new Pods are available', () => {
  const set = (status: object) => ({ ...deployment(status), kind: 'StatefulSet' });
  const old = { updateRevision: 'b', currentRevision: 'a', replicas: 2 };

  expect(missingOf(set({ observedGeneration: 1, ...old, updatedReplicas: 2, availableReplicas: 2 }))).toBe(
    'the controller has not seen the change yet',
  );
  expect(missingOf(set({ ...old, updatedReplicas: 1, availableReplicas: 2 }))).toBe('1 of 2 Pods made');
  expect(missingOf(set({ ...old, updatedReplicas: 2, availableReplicas: 1 }))).toBe('1 of 2 Pods ready');
  expect(missingOf(set({ ...old, updatedReplicas: 2, availableReplicas: 2 }))).toBeUndefined();
  expect(
    missingOf(set({ updateRevision: 'a', currentRevision: 'a', replicas: 2, availableReplicas: 2 })),
  ).toBeUndefined();
});

test('a warm pool is when its sandboxes are ready', () => {
  const pool = (readyReplicas: number) => ({
    kind: 'SandboxWarmPool',
    spec: { replicas: 2 },
    status: { readyReplicas },
  });
  expect(missingOf(pool(1))).toBe('1 of 2 Pods ready');
  expect(missingOf(pool(2))).toBeUndefined();
});

test('a Pod is when it says so, a Sandbox also while it is suspended', () => {
  const ready = { conditions: [{ type: 'Ready', status: 'True' }] };
  expect(missingOf({ kind: 'Pod', metadata: {}, spec: {}, status: ready })).toBeUndefined();
  for (const status of [undefined, {}, { conditions: [{ type: 'Initialized', status: 'True' }] }]) {
    expect(missingOf({ kind: 'Pod', metadata: {}, spec: {}, status })).toBe('its Pod is not ready');
  }
  expect(missingOf({ kind: 'Sandbox', metadata: {}, spec: { operatingMode: 'Suspended' } })).toBeUndefined();
});
