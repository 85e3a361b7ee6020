import { measure, type Sources } from '../../../tools/sessions/measures';
import { claim, deployment, pod, sandbox, sessionAmong, statefulSet } from './objects';

const silent: Sources = { summaryOf: async () => undefined, idleSecondsOf: async () => undefined };

const summary = (name: string, namespace = 'team') => ({
  pods: [{ volume: [{ name: 'scratch' }, { pvcRef: { name, namespace }, usedBytes: 300, capacityBytes: 1000 }] }, {}],
});

const object = sandbox('x');
const claimed = claim('workspace-volume-x', object);
const running = sessionAmong(object, pod('x', object), claimed);

test('a volume is as full as the kubelet of its node says', async () => {
  const asked: string[] = [];
  const summaryOf = async (node: string) => {
    asked.push(node);
    return summary('workspace-volume-x');
  };

  expect(await measure([running], { ...silent, summaryOf })).toEqual([
    { idleSeconds: undefined, volumes: [{ claim: 'workspace-volume-x', usedBytes: 300, capacityBytes: 1000 }] },
  ]);
  expect(asked).toEqual(['node-1']);
});

test.each([
  ['the kubelet may not be asked', undefined],
  ['it tells of a volume of that name elsewhere', summary('workspace-volume-x', 'other')],
])('a volume is only as large as its claim when %s', async (_, told) => {
  const [measures] = await measure([running], { ...silent, summaryOf: async () => told });

  expect(measures!.volumes).toEqual([{ claim: 'workspace-volume-x', usedBytes: undefined, capacityBytes: 1024 ** 3 }]);
});

test('a session is as idle as the busiest of its Pods that answer', async () => {
  const pool = statefulSet();
  const idle: Record<string, number | undefined> = { a: 300, b: 20, c: undefined };
  const session = sessionAmong(pool, ...Object.keys(idle).map((name) => pod(name, pool)));
  const idleSecondsOf = async ({ metadata }: typeof pool) => idle[metadata.name];

  expect((await measure([session], { ...silent, idleSecondsOf }))[0]!.idleSeconds).toBe(20);
});

test('a Pod that is not ready is not asked', async () => {
  const workload = deployment('a');
  const idleSecondsOf = jest.fn();
  await measure([sessionAmong(workload, pod('a-1', workload, { ready: false }))], { ...silent, idleSecondsOf });

  expect(idleSecondsOf).not.toHaveBeenCalled();
});
