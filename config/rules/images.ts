import { canonicalImage } from '../image-reference';
import * as own from '../images';
import { didYouMean } from '../refusal';
import type { ProfileTables } from '../schema/profile';
import { broken, type BrokenRule } from './rule';

/** A digest of an image that nothing runs pins nothing: after an update of the tag, for example. */
export function* digests({ sandbox, deploy }: ProfileTables): Generator<BrokenRule> {
  const { runtime_container_image, base_container_image } = sandbox;
  const known: readonly string[] = [
    ...Object.values(own),
    ...[runtime_container_image, base_container_image].filter((it) => it !== undefined && !it.includes('@')),
  ].map((it) => canonicalImage(it!));
  const seen = new Set<string>();
  for (const image of Object.keys(deploy.images.digests)) {
    const path = ['deploy', 'images', 'digests', image];
    const canonical = canonicalImage(image);
    const others = [
      ['sandbox', 'runtime_container_image'],
      ['sandbox', 'base_container_image'],
    ];
    if (!known.includes(canonical)) {
      const hint = didYouMean(canonical, known);
      yield broken(
        path,
        `must name an image of this program or of the sandboxes, with its tag alone${hint}`,
        ...others,
      );
    } else if (seen.has(canonical)) {
      yield broken(path, `must differ from the others, got ${canonical} twice`);
    }
    seen.add(canonical);
  }
}
