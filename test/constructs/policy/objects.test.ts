import { identityOf, Manifests, selects, walk, type Manifest } from '../../../constructs/policy/objects';

const pod = (name: string, labels?: Record<string, string>, namespace = 'a'): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels },
  spec: { containers: [] },
});

describe('a label selector', () => {
  const labels = { app: 'x', tier: 'back' };
  const expression = (operator: string, values?: string[], key = 'app') => ({
    matchExpressions: [{ key, operator, values }],
  });

  test.each([
    ['that is empty', {}],
    ['that is not there', undefined],
    ['by a label', { matchLabels: { app: 'x' } }],
    ['by several', { matchLabels: { app: 'x', tier: 'back' } }],
    ['In', expression('In', ['y', 'x'])],
    ['NotIn', expression('NotIn', ['y'])],
    ['NotIn, of a label that is not there', expression('NotIn', ['x'], 'zone')],
    ['Exists', expression('Exists')],
    ['DoesNotExist', expression('DoesNotExist', undefined, 'zone')],
  ])('%s selects', (_, selector) => {
    expect(selects(selector, labels)).toBe(true);
  });

  test.each([
    ['by another value', { matchLabels: { app: 'x', tier: 'front' } }],
    ['In', expression('In', ['y'])],
    ['In, of a label that is not there', expression('In', ['x'], 'zone')],
    ['NotIn', expression('NotIn', ['x'])],
    ['Exists', expression('Exists', undefined, 'zone')],
    ['DoesNotExist', expression('DoesNotExist')],
    ['by a label and an expression', { matchLabels: { app: 'x' }, ...expression('In', ['y']) }],
  ])('%s does not select', (_, selector) => {
    expect(selects(selector, labels)).toBe(false);
  });

  test('selects Pods of its namespace', () => {
    const pods = [pod('one', { app: 'x' }), pod('two', { app: 'y' }), pod('three', { app: 'x' }, 'b'), pod('four')];
    const selected = (selector: Manifest) =>
      new Manifests(pods).podsSelected('a', selector).map(({ object }) => object.metadata.name);

    expect(selected({ matchLabels: { app: 'x' } })).toEqual(['one']);
    expect(selected({ matchLabels: { app: 'z' } })).toEqual([]);
    expect(selected({})).toEqual(['one', 'two', 'four']);
  });
});

test.each([
  ['group', { ...pod('x'), apiVersion: 'example.com/v1' }],
  ['namespace', pod('x', {}, 'b')],
  ['name', pod('y')],
])('objects of another %s are others to the API server', (_, other) => {
  expect(identityOf(other)).not.toBe(identityOf(pod('x')));
});

test('objects of another version are the same', () => {
  expect(identityOf({ ...pod('x'), apiVersion: 'v2' })).toBe(identityOf(pod('x')));
});

test('a group has one object in all its versions', () => {
  const versions = ['apps/v1', 'apps/v1beta1'].map((apiVersion) => identityOf({ ...pod('x'), apiVersion }));

  expect(versions[0]).toBe(versions[1]);
});

test('a walk comes by every value, whatever it is', () => {
  const seen: unknown[] = [];
  walk({ a: null, b: [1, { c: 'text' }] }, (value, key) => seen.push([key, typeof value === 'object' ? '…' : value]));

  expect(seen).toEqual([
    ['', '…'],
    ['a', '…'],
    ['b', '…'],
    ['0', 1],
    ['1', '…'],
    ['c', 'text'],
  ]);
});
