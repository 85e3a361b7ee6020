import { ApiError } from '../../../tools/cluster/api-error';
import type { ListProps } from '../../../tools/cluster/cluster';
import { leftBehind } from '../../../tools/diff/left-behind';
import { titleOf } from '../../../constructs/policy/objects';
import type { Rendered } from '../../render';

const LABELS = { 'app.kubernetes.io/managed-by': 'cdk8s', 'app.kubernetes.io/part-of': 'openhands' };

const object = (kind: string, name: string, more: object = {}): Rendered => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'a', labels: LABELS, ...more },
});

const clusterOf = (objects: readonly Rendered[], forbidden?: string) => ({
  list: (_: string, kind: string, { namespace, labels = {} }: ListProps = {}) =>
    kind === forbidden
      ? Promise.reject(new ApiError(403, `you may not list ${kind}`))
      : Promise.resolve(
          objects.filter(
            (it) =>
              it.kind === kind &&
              it.metadata.namespace === namespace &&
              Object.entries(labels).every(([key, value]) => it.metadata.labels?.[key] === value),
          ),
        ),
});

const service = object('Service', 'kept');

const titlesLeftBehind = async (live: readonly Rendered[], files: readonly Rendered[]) =>
  (await leftBehind(clusterOf(live), files)).map(titleOf);

test('what a file has is not left behind', async () => {
  expect(await leftBehind(clusterOf([service]), [service])).toEqual([]);
});

test('an object of ours that no file has is', async () => {
  expect(await titlesLeftBehind([service, object('Service', 'old')], [service])).toEqual(['Service/old in a']);
});

test('also when no file has one of its kind any more', async () => {
  const live = [service, object('PersistentVolumeClaim', 'files'), object('Sandbox', 'demo')];
  expect(await titlesLeftBehind(live, [service])).toEqual(['PersistentVolumeClaim/files in a', 'Sandbox/demo in a']);
});

test.each([
  ['another namespace', { namespace: 'b' }],
  ['a controller', { ownerReferences: [{}] }],
  ['somebody else', { labels: {} }],
])('an object of %s is not ours', async (_, metadata) => {
  expect(await leftBehind(clusterOf([object('Service', 'other', metadata)]), [service])).toEqual([]);
});

describe('a claim that a StatefulSet has made', () => {
  const template = { metadata: { name: 'files' } };
  const pool = { ...object('StatefulSet', 'pool'), spec: { volumeClaimTemplates: [template] } };
  const claim = (name: string) => object('PersistentVolumeClaim', name);

  test('is not left behind while there is the StatefulSet, whatever its ordinal', async () => {
    expect(await titlesLeftBehind([claim('files-pool-0'), claim('files-pool-12')], [pool])).toEqual([]);
  });

  test.each(['files-pool', 'files-other-0', 'files-pool-demo', 'files-pool-0-1'])('is not %s', async (name) => {
    expect(await titlesLeftBehind([claim(name)], [pool])).toEqual([`PersistentVolumeClaim/${name} in a`]);
  });

  test('is, when there is none any more', async () => {
    expect(await titlesLeftBehind([claim('files-pool-0')], [service])).toEqual([
      'PersistentVolumeClaim/files-pool-0 in a',
    ]);
  });

  test("is not one of another namespace's StatefulSet", async () => {
    const elsewhere = { ...pool, metadata: { ...pool.metadata, namespace: 'b' } };

    expect(await titlesLeftBehind([claim('files-pool-0')], [service, elsewhere])).toEqual([
      'PersistentVolumeClaim/files-pool-0 in a',
    ]);
  });
});

test('a kind that may not be listed is passed over, unless a file has one', async () => {
  expect(await leftBehind(clusterOf([], 'Sandbox'), [service])).toEqual([]);
  await expect(leftBehind(clusterOf([], 'Service'), [service])).rejects.toThrow('you may not list Service');
});
