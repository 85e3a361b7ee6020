import { bypassedMirror, canonicalImage, withoutDigests } from '../../config/image-reference';
import type { Profile } from '../../config/schema/profile';
import { containersOf, type Finding, type Manifests } from './objects';

/** Every image comes from the profile's mirror of its registry, and with the digest that the profile gives for it. */
export function* imageSources(manifests: Manifests, { deploy: { images } }: Profile): Generator<Finding> {
  const unpinned = withoutDigests(images);
  for (const pod of manifests.pods) {
    for (const { name, image } of containersOf(pod)) {
      const registry = bypassedMirror(images, image);
      if (registry !== undefined) {
        const text = `container ${name} has the image ${image}, which passes by the mirror of ${registry}`;
        yield { rule: 'mirrored-image', object: pod.object, text };
      }
      if (unpinned.has(canonicalImage(image))) {
        const text = `container ${name} has the image ${image} without its digest`;
        yield { rule: 'image-digest', object: pod.object, text };
      }
    }
  }
}
