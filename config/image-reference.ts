import type { ImagesConfig } from './schema/images';

/**
 * An image with its registry and its folder: `ubuntu:22.04` is `docker.io/library/ubuntu:22.04`.
 * https://github.com/distribution/reference
 */
export function canonicalImage(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const registry = hasRegistry && first !== 'index.docker.io' ? first : 'docker.io';
  const path = hasRegistry ? rest : [first, ...rest];
  return [registry, ...(registry === 'docker.io' && path.length === 1 ? ['library'] : []), ...path].join('/');
}

/** Whether an image lies in a registry, or in a folder of one. Both are canonical. */
const isBelow = (prefix: string, image: string): boolean =>
  image.startsWith(prefix) && /^[/:@]/.test(image.slice(prefix.length));

/** The mirror that stands for the registry of an image: the one of the longest prefix. */
function mirrorOf({ mirrors }: ImagesConfig, image: string): readonly [prefix: string, mirror: string] | undefined {
  const [longest] = Object.entries(mirrors)
    .filter(([prefix]) => isBelow(prefix, image))
    .sort(([a], [b]) => b.length - a.length);
  return longest;
}

/** The digest that a profile gives for an image by its tag. */
const digestOf = ({ digests }: ImagesConfig, reference: string): string | undefined =>
  Object.entries(digests).find(([image]) => canonicalImage(image) === canonicalImage(reference))?.[1];

/**
 * The reference that a container is given: with the profile's digest, and from the profile's mirror. An image that
 * neither is about stays as it was written.
 */
export function imageFrom(images: ImagesConfig, reference: string): string {
  const digest = digestOf(images, reference);
  const pinned = digest === undefined ? reference : `${reference}@${digest}`;
  const canonical = canonicalImage(pinned);
  const mirror = mirrorOf(images, canonical);
  return mirror === undefined ? pinned : mirror[1] + canonical.slice(mirror[0].length);
}

/** The registry, or its folder, whose mirror an image passes by; nothing when it comes from a mirror or has none. */
export function bypassedMirror(images: ImagesConfig, reference: string): string | undefined {
  const canonical = canonicalImage(reference);
  if (Object.values(images.mirrors).some((mirror) => isBelow(mirror, canonical))) return undefined;
  return mirrorOf(images, canonical)?.[0];
}

/** How an image would be called without the digest that the profile gives for it: as written, and in its mirror. */
export const withoutDigests = (images: ImagesConfig): ReadonlySet<string> =>
  new Set(
    Object.keys(images.digests)
      .flatMap((image) => [image, imageFrom({ ...images, digests: {} }, image)])
      .map(canonicalImage),
  );
