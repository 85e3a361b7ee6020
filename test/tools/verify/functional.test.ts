import { ApiError } from '../../../tools/cluster/api-error';
import { isLasting, keyOf, lastingFolders } from '../../../tools/verify/functional';
import type { ProgramName, Workload } from '../../../tools/verify/plan';
import { objectsOfToml, podOf } from '../../render';
import { clusterOf } from './cluster';

const foldersOf = (toml: string) => lastingFolders({ pod: podOf(objectsOfToml(toml)).spec });

describe('where verify looks for files that last', () => {
  test('the agent-server keeps its workspace and its home', () => {
    expect(foldersOf('[deploy]\ncontract = "agent-server"')).toEqual(['/workspace', '/home/openhands']);
  });

  test('the action execution server keeps its workspace', () => {
    expect(foldersOf('')).toEqual(['/workspace']);
  });

  test('a workspace somewhere else is looked at there', () => {
    expect(foldersOf('[core]\nworkspace_mount_path_in_sandbox = "/work"')).toEqual(['/work']);
  });

  test('a home that is a volume of the profile is not ours to write to', () => {
    const toml = '[sandbox]\nvolumes = "mine:/home/openhands"\n[deploy]\ncontract = "agent-server"';

    expect(foldersOf(toml)).toEqual(['/workspace']);
  });
});

describe('the key that a sandbox wants to see', () => {
  const sandbox = (variable: object, program: ProgramName = 'agent-server') =>
    ({
      namespace: 'here',
      program,
      pod: { containers: [{ env: [{ name: 'OTHER', value: 'x' }, variable] }] },
    }) as Partial<Workload> as Workload;
  const fromSecret = sandbox({
    name: 'OH_SESSION_API_KEYS_0',
    valueFrom: { secretKeyRef: { name: 'keys', key: 'demo' } },
  });
  const secret = (namespace: string, data?: object) => ({
    kind: 'Secret',
    metadata: { name: 'keys', namespace },
    data,
  });

  test.each<[ProgramName, string]>([
    ['agent-server', 'OH_SESSION_API_KEYS_0'],
    ['action-execution-server', 'SESSION_API_KEY'],
  ])('is in the variable of its program: %s', async (program, name) => {
    expect(await keyOf(clusterOf([]), sandbox({ name, value: 'a-key' }, program))).toEqual({ value: 'a-key' });
  });

  test('is in the Secret of its namespace that the variable names', async () => {
    const data = { other: 'eA==', demo: Buffer.from('a-key').toString('base64') };

    expect(await keyOf(clusterOf([secret('there'), secret('here', data)]), fromSecret)).toEqual({ value: 'a-key' });
  });

  test('is none where no variable has one, and where its Secret has none', async () => {
    const bare = { ...fromSecret, pod: { containers: [{}] } };

    expect(await keyOf(clusterOf([]), bare)).toEqual({ value: undefined });
    expect(await keyOf(clusterOf([]), fromSecret)).toEqual({ value: undefined });
    expect(await keyOf(clusterOf([secret('here')]), fromSecret)).toEqual({ value: undefined });
    expect(await keyOf(clusterOf([secret('here', { other: 'eA==' })]), fromSecret)).toEqual({ value: undefined });
  });

  test('may be one that one may not read, and that is noted', async () => {
    const forbidden = clusterOf([], { get: () => Promise.reject(new ApiError(403, 'forbidden')) });

    expect(await keyOf(forbidden, fromSecret)).toEqual({
      note: 'only its health is checked: you may not read Secret keys, which has its key',
    });
  });

  test.each([new ApiError(500, 'no disk'), new Error('connect ECONNREFUSED')])(
    'cannot be told of a cluster that does not answer: %s',
    async (error) => {
      await expect(keyOf(clusterOf([], { get: () => Promise.reject(error) }), fromSecret)).rejects.toBe(error);
    },
  );
});

test.each<[boolean, string, object, object[] | undefined]>([
  [true, 'whose StatefulSet gives each a volume', { volumeClaimTemplates: [{}] }, undefined],
  [true, 'that mounts a claim', {}, [{ emptyDir: {} }, { persistentVolumeClaim: { claimName: 'c' } }]],
  [false, 'that has scratch volumes alone', { volumeClaimTemplates: [] }, [{ emptyDir: {} }]],
  [false, 'without volumes', {}, undefined],
])('it is %s that files outlive a Pod %s', (expected, _, spec, volumes) => {
  expect(isLasting({ object: { spec }, pod: { volumes } })).toBe(expected);
});
