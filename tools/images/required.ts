import { canonicalImage, imageFrom } from '../../config/image-reference';
import { PROBE_IMAGE } from '../../config/images';
import type { Profile } from '../../config/schema/profile';
import { objectsIn } from '../../constructs/output/manifest-file';
import { manifestsOf } from '../../main';
import { imagesOf } from './used';

/** An image that must be there before a profile's Pods can start. */
export interface RequiredImage {
  /** As the manifests name it: in its mirror, if it has one. */
  readonly image: string;
  /** Where its publisher has it, as this program or the profile names it. */
  readonly source: string;
  /** `Kind/name` of those whose Pods run it, or the command that does. */
  readonly by: readonly string[];
}

const AS_PUBLISHED = { mirrors: {}, digests: {} };

/** Every image that this program names in a profile, as its publisher has it. */
function publishedImages(profile: Profile): string[] {
  const published = { ...profile, deploy: { ...profile.deploy, images: AS_PUBLISHED, patches: [] } };
  return [...imagesOf(objectsIn(manifestsOf(published))).keys(), PROBE_IMAGE];
}

/** The images of a profile's Pods, and the one that `npm run verify` asks from, in the order of their names. */
export function requiredImages(profile: Profile): RequiredImage[] {
  const { images } = profile.deploy;
  const sources = new Map(publishedImages(profile).map((source) => [imageFrom(images, source), source]));
  const used = imagesOf(objectsIn(manifestsOf(profile)));
  const probe = imageFrom(images, PROBE_IMAGE);
  used.set(probe, [...(used.get(probe) ?? []), 'npm run verify']);
  return (
    [...used]
      // An image that a patch names is that one: no mirror stands for it.
      .map(([image, by]) => ({ image, source: sources.get(image) ?? image, by }))
      .sort((a, b) => a.image.localeCompare(b.image, 'en'))
  );
}

const withoutTag = (reference: string) => reference.replace(/:[^/:@]+(?=@)/, '');

/**
 * From where to where the images of mirrors are copied. `crane copy` and `skopeo copy` take a tag or a digest, not both:
 * an image is read by its digest when it is known, and written under its tag when it has one.
 */
export function copiesOf(
  images: readonly Pick<RequiredImage, 'image' | 'source'>[],
): [source: string, target: string][] {
  return images.flatMap(({ image, source }): [string, string][] => {
    const [published] = canonicalImage(source).split('@');
    const [tagged, digest] = canonicalImage(image).split('@');
    if (published === tagged) return [];
    const hasTag = /:[^/:]+$/.test(tagged!);
    const suffix = digest === undefined ? '' : `@${digest}`;
    return [[withoutTag(published + suffix), hasTag ? tagged! : tagged + suffix]];
  });
}
