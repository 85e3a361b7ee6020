import type { Manifest } from '../policy/objects';

/** As most are: cdk8s has the fields of every kind in this order, and a sort takes longer than a look. */
const isInOrder = (keys: readonly string[]): boolean =>
  keys.every((key, index) => index === 0 || keys[index - 1]! < key);

/** A copy with its keys in order, as cdk8s writes them. What is undefined or null is left out. */
function sorted(value: Manifest): Manifest {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) {
    throw new TypeError(`expected plain JSON, got a ${value.constructor.name}`);
  }
  const copy: Manifest = {};
  const keys = Object.keys(value);
  for (const key of isInOrder(keys) ? keys : keys.sort()) {
    const inner = value[key];
    if (inner !== undefined && inner !== null) copy[key] = sorted(inner);
  }
  return copy;
}

const isEmpty = (value: unknown): boolean => typeof value === 'object' && Object.keys(value!).length === 0;

const withoutEmpty = (metadata: Manifest): Manifest =>
  Object.fromEntries(Object.entries(metadata).filter(([, value]) => !isEmpty(value)));

/** An object as it is written: apiVersion, kind and metadata first, every other key in the order of the alphabet. */
export function inKeyOrder(object: Manifest): Manifest {
  const { apiVersion, kind, metadata, ...rest } = sorted(object);
  return { apiVersion, kind, metadata: withoutEmpty(metadata), ...rest };
}
