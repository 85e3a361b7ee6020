import { shippedProfiles } from '../../../config/load';
import { clashes } from '../../../constructs/output/clashes';
import { objectsOf, objectsOfToml, type Rendered } from '../../render';

const map = (namespace: string | undefined, data: Rendered = {}, over: Rendered = {}): Rendered => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', ...(namespace && { namespace }) },
  data,
  ...over,
});

const between = (one: readonly Rendered[], other: readonly Rendered[]) =>
  clashes([
    { name: 'one', objects: one },
    { name: 'other', objects: other },
  ]);

const REMEDY = 'give each its own kubernetes.namespace, or render them one by one if they are for two clusters';

test('an object that two profiles write differently is refused with both names', () => {
  expect(between([map('x', { a: '1' })], [map('x', { a: '2' })])).toEqual([
    `one and other: must not write the same object differently, got ConfigMap/a in x: ${REMEDY}`,
  ]);
});

test('one of the cluster is, too', () => {
  expect(between([map(undefined, { a: '1' })], [map(undefined, { a: '2' })])).toEqual([
    `one and other: must not write the same object differently, got ConfigMap/a: ${REMEDY}`,
  ]);
});

test('one in another version of its API is the same object', () => {
  expect(between([map('x')], [map('x', {}, { apiVersion: 'v2' })])).toHaveLength(1);
});

test.each([
  ['that is the same', map('x', { a: '1', b: '2' }), map('x', { b: '2', a: '1' })],
  ['in another namespace', map('x', { a: '1' }), map('y', { a: '2' })],
  ['of another kind', map('x', { a: '1' }), map('x', {}, { kind: 'Secret' })],
  ['of another group', map('x', { a: '1' }), map('x', {}, { apiVersion: 'example.com/v1' })],
  ['of another name', map('x', { a: '1' }), map('x', {}, { metadata: { name: 'b', namespace: 'x' } })],
])('an object %s is nobody’s mistake', (_, one, other) => {
  expect(between([one], [other])).toEqual([]);
});

test('two profiles in one namespace are one line, which counts the objects', () => {
  const profile = (more: string) => objectsOfToml(`[deploy]\nextends = "staging"\n${more}`);

  expect(between(profile(''), profile('autoscaling = { max_replicas = 9 }\nsecurity.host_users = false'))).toEqual([
    expect.stringMatching(/^one and other: must not write the same object differently, got \S+ and \d+ more: /),
  ]);
});

test('the shipped profiles can be rendered together', () => {
  expect(clashes(shippedProfiles().map((name) => ({ name, objects: objectsOf(name) })))).toEqual([]);
});
