import { titleOf, type Finding, type Manifest, type Manifests } from './objects';

/** What annotations may have together. `kubectl apply` without `--server-side` keeps all that it applied in one. */
export const ANNOTATION_BYTES = 262_144;

/** What etcd takes in one request, by default: 1.5 MiB. */
export const ETCD_BYTES = 1.5 * 2 ** 20;

/** What the values of a ConfigMap or a Secret may have together: 1 MiB. */
export const DATA_BYTES = 2 ** 20;

/** An object's size, as `kubectl apply` and the API server count it: as JSON. */
export const bytesOf = (object: Manifest): number => Buffer.byteLength(JSON.stringify(object));

const dataOf = ({ kind, data = {}, binaryData = {} }: Manifest): number =>
  kind === 'ConfigMap' || kind === 'Secret'
    ? Object.values<string>({ ...data, ...binaryData }).reduce((sum, it) => sum + Buffer.byteLength(it), 0)
    : 0;

/** The cluster can store every object. */
export function* storable(manifests: Manifests): Generator<Finding> {
  for (const object of manifests.all) {
    const bytes = bytesOf(object);
    if (bytes > ETCD_BYTES) {
      yield {
        rule: 'storable',
        object,
        text: `has ${bytes} bytes as JSON, more than the ${ETCD_BYTES} that etcd takes`,
      };
    } else if (bytes > DATA_BYTES && dataOf(object) > DATA_BYTES) {
      yield {
        rule: 'storable',
        object,
        text: `has ${dataOf(object)} bytes of data, and a ${object.kind} may have ${DATA_BYTES}`,
      };
    }
  }
}

/** One line for each object that `kubectl apply` alone cannot apply. */
export const serverSideNotices = (objects: readonly Manifest[]): string[] =>
  objects
    .map((object) => ({ object, bytes: bytesOf(object) }))
    .filter(({ bytes }) => bytes > ANNOTATION_BYTES)
    .map(
      ({ object, bytes }) =>
        `${titleOf(object)} has ${bytes} bytes as JSON: only kubectl apply --server-side can apply it (docs/scale.md)`,
    );
