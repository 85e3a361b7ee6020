import { asAskedFor, changesBetween, leftovers } from '../../../tools/verify/fields';

test('what is the same is no change', () => {
  expect(changesBetween({ a: [{ name: 'x', b: 1 }] }, { a: [{ name: 'x', b: 1 }] })).toEqual([]);
});

test('a change is told with its path, its keys instead of numbers', () => {
  const pod = (image: string) => ({ spec: { containers: [{ name: 'runtime', image }] } });
  expect(changesBetween(pod('a'), pod('b'))).toEqual([
    { path: 'spec.containers[runtime].image', before: 'a', after: 'b' },
  ]);
});

test('an item that is added does not make the others look changed', () => {
  const env = (...names: string[]) => ({ env: names.map((name) => ({ name, value: name })) });
  expect(changesBetween(env('B', 'C'), env('A', 'B', 'C'))).toEqual([
    { path: 'env[A]', after: { name: 'A', value: 'A' } },
  ]);
});

test('a command is shown whole', () => {
  expect(changesBetween({ args: ['a', 'b'] }, { args: ['a', 'c'] })).toEqual([
    { path: 'args', before: ['a', 'b'], after: ['a', 'c'] },
  ]);
});

test('a key that is no word is quoted', () => {
  expect(changesBetween({ labels: { 'a.b/c': '1' } }, { labels: {} })).toEqual([
    { path: 'labels."a.b/c"', before: '1' },
  ]);
});

test("the API server's, kubectl's and controllers' own fields are not what was asked for", () => {
  const asked = { kind: 'Deployment', metadata: { name: 'a', labels: { x: '1' } }, spec: {} };
  const live = {
    ...asked,
    metadata: {
      ...asked.metadata,
      uid: 'u',
      resourceVersion: '1',
      managedFields: [],
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
        'deployment.kubernetes.io/revision': '2',
      },
    },
    status: { replicas: 1 },
  };
  expect(asAskedFor(live)).toEqual(asked);
});

describe('a field that the file no longer has', () => {
  const file = { kind: 'Service', metadata: { name: 'a' }, spec: { type: 'ClusterIP' } };
  const live = (spec: object) => ({
    ...file,
    metadata: {
      name: 'a',
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
          ...file,
          spec: { type: 'ClusterIP', externalIPs: ['192.0.2.1'] },
        }),
      },
    },
    spec,
  });

  test('is told while the cluster has it', () => {
    expect(leftovers(file, live({ type: 'ClusterIP', externalIPs: ['192.0.2.1'] }))).toEqual([
      { path: 'spec.externalIPs', before: ['192.0.2.1'] },
    ]);
  });

  test('is forgotten when the cluster has not', () => {
    expect(leftovers(file, live({ type: 'ClusterIP' }))).toEqual([]);
  });
});

test('whose name is on an object as its manager is not what was asked for: Helm writes its own', () => {
  const managedBy = (manager: string) => ({
    kind: 'Service',
    metadata: { name: 'a', labels: { app: 'x', 'app.kubernetes.io/managed-by': manager } },
  });
  expect(changesBetween(asAskedFor(managedBy('Helm')), asAskedFor(managedBy('cdk8s')))).toEqual([]);
  expect(asAskedFor(managedBy('Helm')).metadata.labels).toEqual({ app: 'x' });
});
