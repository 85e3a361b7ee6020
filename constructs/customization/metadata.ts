import type { Problem } from '../../config/refusal';
import type { MetadataConfig } from '../../config/schema/metadata';
import { nameOf, podTemplateOf, type Manifest } from '../policy/objects';

const FIELDS = ['labels', 'annotations'] as const;

/** An object's own metadata, and that of its Pods. Claims made from templates have none of ours: the API server would refuse it. */
const metadataOf = (object: Manifest): Manifest[] => {
  const template = podTemplateOf(object);
  if (template === undefined || template === object) return [object.metadata];
  template.metadata ??= {};
  return [object.metadata, template.metadata];
};

/**
 * Add the labels and annotations of `[deploy.metadata]` to every object and to the Pods of every workload, in place.
 *
 * @returns one problem for each key that an object has already
 */
export function addMetadata(objects: readonly Manifest[], config: MetadataConfig): Problem[] {
  const problems = new Map<string, Problem>();
  for (const object of objects) {
    for (const metadata of metadataOf(object)) {
      for (const field of FIELDS) {
        for (const key of Object.keys(config[field]).filter((it) => metadata[field] && it in metadata[field])) {
          const text = `must be a key that no object has, got one of ${nameOf(object)}`;
          problems.set(`${field} ${key}`, { path: ['deploy', 'metadata', field, key], text });
        }
        if (Object.keys(config[field]).length > 0) metadata[field] = { ...metadata[field], ...config[field] };
      }
    }
  }
  return [...problems.values()];
}
