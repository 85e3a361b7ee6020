import { refusalOf, type RefusedChange } from '../../../tools/diff/refusal';
import type { ObjectChange } from '../../../tools/review/change';
import type { Rendered } from '../../render';

const BY_LIMIT_RANGE =
  'persistentvolumeclaims "a" is forbidden: maximum storage usage per PersistentVolumeClaim is 10Gi, but request is 15Gi';
const BY_QUOTA = 'persistentvolumeclaims "a" is forbidden: exceeded quota: openhands-runtime, requested: …';
const BY_CLASS =
  'persistentvolumeclaims "a" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';

const live = (over: Rendered = {}): Rendered => ({
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'a', namespace: 'here' },
  spec: { storageClassName: 'fast' },
  ...over,
});

const size = (before: string, after: string): RefusedChange['fields'] => [
  { path: 'spec.resources.requests.storage', before, after },
];

const bound = (
  kind: string,
  namespace = 'here',
  action: ObjectChange['action'] = 'changed',
): RefusedChange['earlier'] => [{ action, object: { kind, metadata: { name: 'b', namespace } }, fields: [] }];

/** A cluster whose class `fast` lets volumes grow, or does not; it has no other. */
const cluster = (allowVolumeExpansion?: boolean) => ({
  get: ({ kind, metadata }: Rendered) =>
    Promise.resolve(
      kind === 'StorageClass' && metadata.name === 'fast' ? { kind, metadata, allowVolumeExpansion } : undefined,
    ),
});

const CHANGE: RefusedChange = { live: live(), fields: size('10Gi', '15Gi'), earlier: bound('LimitRange') };
const ask = (of: ReturnType<typeof cluster>, sentence: string, over: Partial<RefusedChange> = {}) =>
  refusalOf(of, { ...CHANGE, ...over }, sentence);

test.each([undefined, false])(
  'a claim whose StorageClass lets none grow (%s) is refused for that, whatever is said of it first',
  async (allowed) => {
    const why =
      /^StorageClass fast lets no volume grow \(allowVolumeExpansion\)\. A claim keeps .* bring them back \(docs\/upgrading\.md\)$/;

    expect(await ask(cluster(allowed), BY_LIMIT_RANGE)).toMatch(why);
    expect(await ask(cluster(allowed), BY_CLASS, { earlier: [] })).toMatch(why);
  },
);

test('one that shrinks is refused in the words of the API server', async () => {
  const sentence = 'field can not be less than status.capacity';

  expect(await ask(cluster(false), sentence, { fields: size('15Gi', '10Gi') })).toBe(`It says: ${sentence}`);
});

test.each([
  ['LimitRange', BY_LIMIT_RANGE],
  ['ResourceQuota', BY_QUOTA],
])('a %s that the same apply changes before it does not count', async (kind, sentence) => {
  expect(await ask(cluster(true), sentence, { earlier: bound(kind) })).toBeUndefined();
});

test.each([
  ['stays as it is', []],
  ['is of another namespace', bound('LimitRange', 'there')],
  ['is only made', bound('LimitRange', 'here', 'created')],
  ['is something else', bound('NetworkPolicy')],
])('what bounds it counts where what is changed %s', async (_, earlier) => {
  expect(await ask(cluster(true), BY_LIMIT_RANGE, { earlier })).toBe(`It says: ${BY_LIMIT_RANGE}`);
});

test('so does anything else that the API server says of it', async () => {
  expect(await ask(cluster(true), BY_CLASS)).toBe(`It says: ${BY_CLASS}`);
});

test('a claim of no class, or of one that is gone, is refused in the words of the API server', async () => {
  expect(await ask(cluster(), BY_CLASS, { live: live({ spec: {} }) })).toBe(`It says: ${BY_CLASS}`);
  expect(await ask(cluster(), BY_CLASS, { live: live({ spec: { storageClassName: 'gone' } }) })).toBe(
    `It says: ${BY_CLASS}`,
  );
});

test('another kind is refused in the words of the API server', async () => {
  expect(await ask(cluster(true), 'exceeded quota', { live: live({ kind: 'Service' }) })).toBe(
    'It says: exceeded quota',
  );
});
