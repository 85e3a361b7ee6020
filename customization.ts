import { byPlace, problemAt, Refused } from './config/refusal';
import type { Profile } from './config/schema/profile';
import { inKeyOrder } from './constructs/output/key-order';
import { addMetadata } from './constructs/customization/metadata';
import { applyPatches } from './constructs/customization/patches';
import { objectsIn, type ManifestFile } from './constructs/output/manifest-file';

/**
 * A profile's manifests with what it says about all of them, `[deploy.metadata]`, and then about some, `[[deploy.patches]]`.
 *
 * @throws Refused with every key that is taken and every patch that cannot be applied
 */
export function customized(files: ManifestFile[], { deploy, sources }: Profile): ManifestFile[] {
  const { metadata, patches } = deploy;
  const isPlain = [metadata.labels, metadata.annotations, patches].every((it) => Object.keys(it).length === 0);
  if (isPlain) return files;
  const rendered = objectsIn(files);
  const taken = addMetadata(rendered, metadata);
  const { objects, problems } = applyPatches(rendered, patches);
  const lines = [...taken, ...problems].map(({ path, text }) => problemAt(sources, path, text)).sort(byPlace);
  if (lines.length > 0) throw new Refused(lines);
  const written = objects.map(inKeyOrder);
  return files.map(({ name, objects: own }) => ({ name, objects: written.splice(0, own.length) }));
}

/**
 * The patch that leaves something which is no object of Kubernetes any more, so that the policy cannot read it.
 *
 * @param judge the policy on the manifests of a profile
 * @param error what the policy threw with all patches; thrown again if it is not the fault of a patch
 */
export function unreadable(profile: Profile, judge: (profile: Profile) => unknown, error: unknown): Refused {
  const { deploy, sources } = profile;
  const isRead = (count: number): boolean => {
    try {
      judge({ ...profile, deploy: { ...deploy, patches: deploy.patches.slice(0, count) } });
      return true;
    } catch (thrown) {
      return !(thrown instanceof TypeError);
    }
  };
  const index = deploy.patches.findIndex((_, before) => isRead(before) && !isRead(before + 1));
  if (!(error instanceof TypeError) || index < 0) throw error;
  const text = 'must leave an object that Kubernetes can read, got one that lacks what its kind must have';
  return new Refused([problemAt(sources, ['deploy', 'patches', index], text)]);
}
