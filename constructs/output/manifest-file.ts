import type { Manifest } from '../policy/objects';

/** A file of manifests: a chart's. */
export interface ManifestFile {
  readonly name: string;
  /** In the order in which they are applied. */
  readonly objects: readonly Manifest[];
}

/** The objects of all files, in the order in which they are applied. */
export const objectsIn = (files: readonly ManifestFile[]): Manifest[] => files.flatMap(({ objects }) => objects);
