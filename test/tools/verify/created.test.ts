import { ApiError } from '../../../tools/cluster/api-error';
import { checkCreated, driftOf, RefusedByServer } from '../../../tools/verify/created';
import { clusterOf } from './cluster';

const file = (data: Record<string, string> = { a: '1' }) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'demo', namespace: 'here' },
  data,
});

describe('an object', () => {
  test('that is what its file says is well, whatever the API server adds', async () => {
    const live = { ...file(), metadata: { ...file().metadata, uid: 'u', resourceVersion: '7' } };

    await expect(checkCreated(clusterOf([live]), file())).resolves.toBeUndefined();
  });

  test('that is not there may have to be applied, and another try may find it', async () => {
    await expect(checkCreated(clusterOf([]), file())).rejects.toMatchObject({
      step: 'created',
      message: 'ConfigMap/demo is not there: was it applied?',
      mayPass: true,
    });
  });

  test('of a kind that the cluster does not know will never be there', async () => {
    const cluster = clusterOf([], { knows: async () => false });

    await expect(checkCreated(cluster, file())).rejects.toMatchObject({
      message: 'ConfigMap/demo is not there: the cluster does not know ConfigMap of v1',
      mayPass: false,
    });
  });

  test('that was changed is told with what the file says, three fields and how many more', async () => {
    const live = file({ a: '1', b: '2', c: '3', d: '4' });
    const changed = (...keys: string[]) =>
      checkCreated(clusterOf([live]), file({ ...live.data, ...Object.fromEntries(keys.map((key) => [key, 'x'])) }));
    const three = ['a', 'b', 'c'].map((key, index) => `data.${key} is "${index + 1}", the file says "x"`).join('; ');

    await expect(changed('a', 'b', 'c')).rejects.toMatchObject({
      message: `ConfigMap/demo is not what the file says: ${three}`,
      mayPass: false,
    });
    await expect(changed('a', 'b', 'c', 'd')).rejects.toThrow(`${three}; and 1 more`);
  });

  test('that a controller has just changed is looked at again', async () => {
    const answers = [file({ a: 'old' }), file()];
    const get = async () => answers.shift();

    await expect(checkCreated(clusterOf([], { get }), file())).resolves.toBeUndefined();
    expect(answers).toEqual([]);
  });

  test('that goes away meanwhile is told as it was', async () => {
    const answers = [file({ a: 'old' })];
    const get = async () => answers.shift();

    await expect(checkCreated(clusterOf([], { get }), file())).rejects.toThrow('data.a is "old", the file says "1"');
  });
});

describe('what applying would change', () => {
  const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

  test('is what the cluster would then hold, and not what the file leaves to it', async () => {
    const live = { ...file(), immutable: false };
    const cluster = clusterOf([live], { dryRun: async (it) => ({ ...it, immutable: false }) });

    expect(await driftOf(cluster, file(), live)).toEqual([]);
  });

  test('is also a field that an earlier file had set', async () => {
    const annotations = { [LAST_APPLIED]: JSON.stringify(file({ a: '1', b: '2' })) };
    const live = { ...file({ a: '1', b: '2' }), metadata: { ...file().metadata, annotations } };
    // Applying does not take away what another manager has set.
    const cluster = clusterOf([live], { dryRun: async () => live });

    expect(await driftOf(cluster, file(), live)).toEqual([{ path: 'data.b', before: '2' }]);
  });

  const driftWhen = (error: Error) => driftOf(clusterOf([], { dryRun: () => Promise.reject(error) }), file(), file());

  test('is nothing that the API server refuses: its sentence is told, and another try does not help', async () => {
    const refused = driftWhen(new ApiError(422, 'data: Invalid value'));

    await expect(refused).rejects.toBeInstanceOf(RefusedByServer);
    await expect(refused).rejects.toMatchObject({
      step: 'created',
      message: 'ConfigMap/demo is refused by the API server: data: Invalid value',
      sentence: 'data: Invalid value',
      mayPass: false,
    });
  });

  test('cannot be told of a cluster that is away', async () => {
    const away = new Error('connect ECONNREFUSED');

    await expect(driftWhen(away)).rejects.toBe(away);
  });
});
