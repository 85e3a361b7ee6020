import * as z from 'zod';
import { AnnotationKey, LabelKey, LabelValue } from './values';

/**
 * `[deploy.metadata]`: what every object and every Pod carries for cost reports, service meshes and GitOps tools. No selector
 * uses it, and no claim that is made from a template has it: that could not be changed.
 */
export const MetadataConfig = z.strictObject({
  /** Labels whose keys this program does not set itself. A change makes every Pod anew. */
  labels: z.record(LabelKey, LabelValue).default({}),
  /** Annotations, likewise. */
  annotations: z.record(AnnotationKey, z.string()).default({}),
});
export type MetadataConfig = z.infer<typeof MetadataConfig>;
