import { bytesOf, serverSideNotices, storable } from '../../../constructs/policy/size';
import { Manifests, type Manifest } from '../../../constructs/policy/objects';

const configMap = (data: Record<string, string>): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'big', namespace: 'sandboxes' },
  data,
});

/** An object of that many bytes as JSON. */
function ofBytes(bytes: number): Manifest {
  const empty = {
    apiVersion: 'example.com/v1',
    kind: 'Example',
    metadata: { name: 'big', namespace: 'sandboxes' },
    spec: '',
  };
  return { ...empty, spec: 'x'.repeat(bytes - bytesOf(empty)) };
}

const texts = (object: Manifest) => [...storable(new Manifests([object]))].map(({ text }) => text);

test('an object of 1.5 MiB can be stored, and no larger one', () => {
  expect(texts(ofBytes(1_572_864))).toEqual([]);
  expect(texts(ofBytes(1_572_865))).toEqual(['has 1572865 bytes as JSON, more than the 1572864 that etcd takes']);
});

test('a ConfigMap of 1 MiB of data can be stored, and no larger one', () => {
  expect(texts(configMap({ a: 'x'.repeat(524_288), b: 'x'.repeat(524_288) }))).toEqual([]);
  expect(texts(configMap({ a: 'x'.repeat(524_288), b: 'x'.repeat(524_289) }))).toEqual([
    'has 1048577 bytes of data, and a ConfigMap may have 1048576',
  ]);
});

test('bytes are counted and not characters', () => {
  expect(texts(configMap({ a: 'ö'.repeat(524_289) }))).toEqual([
    'has 1048578 bytes of data, and a ConfigMap may have 1048576',
  ]);
});

test('what kubectl apply cannot keep in an annotation is told', () => {
  expect(serverSideNotices([ofBytes(262_144)])).toEqual([]);
  expect(serverSideNotices([ofBytes(262_145)])).toEqual([
    'Example/big in sandboxes has 262145 bytes as JSON: only kubectl apply --server-side can apply it (docs/scale.md)',
  ]);
});
