import { containersOf, Manifests, nameOf, type Manifest } from '../../constructs/policy/objects';

/** Every image of some objects, with the names of those whose Pods run it. */
export function imagesOf(objects: readonly Manifest[]): Map<string, string[]> {
  const images = new Map<string, string[]>();
  for (const pod of new Manifests(objects).pods) {
    for (const { image } of containersOf(pod)) {
      const by = images.get(image) ?? [];
      const name = nameOf(pod.object);
      images.set(image, by.includes(name) ? by : [...by, name]);
    }
  }
  return images;
}
