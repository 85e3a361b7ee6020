import { rowOf, showBytes, tableOf } from '../../../tools/sessions/row';
import { deployment, pod, sandbox, sandboxClaim, sessionAmong, statefulSet } from './objects';

const NOW = Date.parse('2026-11-28T05:00:00Z');

const GI = 1024 ** 3;

test('a row has what a person decides by', () => {
  const object = sandbox('openhands-pool-x', { by: sandboxClaim('mine') });
  const row = rowOf(sessionAmong(object, pod('openhands-pool-x', object)), {
    idleSeconds: 2700,
    volumes: [{ claim: 'c', usedBytes: 1.25 * GI, capacityBytes: 10 * GI }],
  });

  expect(tableOf([row], NOW)).toEqual([
    'NAME              KIND     STATE    IDLE  AGE  NODE    VOLUME         OWNER',
    'openhands-pool-x  Sandbox  Running  45m   5h   node-1  1.3Gi of 10Gi  SandboxClaim/mine',
  ]);
});

test('what is not known is a dash', () => {
  const volumes = [{ claim: 'c', capacityBytes: GI }];
  const rows = [
    rowOf(sessionAmong(deployment('a')), { volumes }),
    rowOf(sessionAmong(deployment('b')), { volumes: [{ claim: 'not bound yet' }] }),
  ];

  expect(tableOf(rows, NOW).slice(1)).toEqual([
    'a     Deployment  Starting  -     5h   -     - of 1Gi  -',
    'b     Deployment  Starting  -     5h   -     -         -',
  ]);
});

test('a pool tells how many of its Pods are ready, and its volumes together', () => {
  const pool = statefulSet();
  const volumes = [1, 2].map((usedBytes) => ({ claim: 'c', usedBytes: usedBytes * GI, capacityBytes: 10 * GI }));
  const [, line] = tableOf([rowOf(sessionAmong(pool, pod('openhands-runtime-0', pool)), { volumes })], NOW);

  expect(line).toMatch(/Starting 1\/2 .* 3Gi of 20Gi/);
});

test('namespaces are told where there are several', () => {
  const row = rowOf(sessionAmong(deployment('a')), { volumes: [] });

  expect(tableOf([row, { ...row, namespace: 'other' }], NOW).map((it) => it.split(' ')[0])).toEqual([
    'NAMESPACE',
    'team',
    'other',
  ]);
});

test.each([
  [0, '0'],
  [1023, '1023'],
  [1024, '1Ki'],
  [312 * 1024 ** 2, '312Mi'],
  [1.25 * GI, '1.3Gi'],
  [20 * 1024 * GI, '20Ti'],
])('%d bytes are %s', (bytes, text) => {
  expect(showBytes(bytes)).toBe(text);
});
