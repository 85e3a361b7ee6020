import { asAskedFor, changesBetween, leftovers, showField } from '../../../tools/verify/fields';

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

test.each(['mountPath', 'host', 'key'])('items without a name are told apart by their %s', (key) => {
  const list = (...values: string[]) => ({ list: values.map((value) => ({ [key]: value, of: value })) });

  expect(changesBetween(list('/b'), list('/a', '/b'))).toEqual([
    { path: 'list[/a]', after: { [key]: '/a', of: '/a' } },
  ]);
});

test.each([
  ['without any key', [{ port: 1 }, { port: 2 }], [{ port: 1 }, { port: 3 }]],
  ['of which one has no key', [{ name: 'a' }, { port: 2 }], [{ name: 'a' }, { port: 3 }]],
  ['whose keys are no words', [{ name: 'a' }, { name: 7, port: 2 }], [{ name: 'a' }, { name: 7, port: 3 }]],
  ['two of which have one key', [{ key: 'a' }, { key: 'a', port: 2 }], [{ key: 'a' }, { key: 'a', port: 3 }]],
])('items %s are told apart by their place', (_, before, after) => {
  expect(changesBetween({ list: before }, { list: after })).toEqual([{ path: 'list[1].port', before: 2, after: 3 }]);
});

test.each([
  ['a list that is no list any more', ['a'], 'a'],
  ['an object that is a list now', { 0: 'a' }, ['a']],
  ['plain values that are objects now', ['a'], [{ name: 'a' }]],
  ['objects that are plain values now', [{ name: 'a' }], ['a']],
  ['nothing that is an object now', null, { a: 1 }],
  ['objects of which there are none now', [{ name: 'a' }], null],
  ['a list that is one object now', [{ name: 'a' }], { name: 'a' }],
  ['one object that is a list now', { name: 'a' }, [{ name: 'a' }]],
])('%s is shown whole', (_, before, after) => {
  expect(changesBetween({ field: before }, { field: after })).toEqual([{ path: 'field', before, after }]);
});

test.each([
  ['what is not there', undefined, 'nothing'],
  ['a line of 160 letters', 'x'.repeat(158), `"${'x'.repeat(158)}"`],
  ['a longer one', 'x'.repeat(159), `"${'x'.repeat(156)}...`],
])('a reader sees %s', (_, value, shown) => {
  expect(showField(value)).toBe(shown);
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

test('annotations of volumes are the controllers’, other annotations are not', () => {
  const metadata = (annotations: object) => ({ kind: 'PersistentVolumeClaim', metadata: { name: 'a', annotations } });
  const own = { 'example.com/owner': 'me', 'example.com/pv.kubernetes.io/bound': 'mine' };
  const theirs = { 'pv.kubernetes.io/bind-completed': 'yes', 'volume.kubernetes.io/selected-node': 'n' };

  expect(asAskedFor(metadata({ ...own, ...theirs }))).toEqual(metadata(own));
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

  test('is told, whatever the cluster has besides', () => {
    const more = live({ type: 'LoadBalancer', externalIPs: ['192.0.2.1'], sessionAffinity: 'None' });

    expect(leftovers(file, more)).toEqual([{ path: 'spec.externalIPs', before: ['192.0.2.1'] }]);
  });

  test('is told, also when somebody has changed it since', () => {
    expect(leftovers(file, live({ type: 'ClusterIP', externalIPs: ['192.0.2.9'] }))).toEqual([
      { path: 'spec.externalIPs', before: ['192.0.2.1'] },
    ]);
  });

  test('is not one that the file says otherwise, or for the first time', () => {
    const other = { ...file, spec: { type: 'NodePort', externalIPs: ['192.0.2.2'], sessionAffinity: 'None' } };

    expect(leftovers(other, live({ type: 'ClusterIP', externalIPs: ['192.0.2.1'] }))).toEqual([]);
  });

  test('is not known of an object that kubectl apply did not make', () => {
    expect(leftovers(file, { ...file, spec: { externalIPs: ['192.0.2.1'] } })).toEqual([]);
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
