import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, Chart, DependencyGraph, Names, type App } from 'cdk8s';
import type { Manifest } from './constructs/policy/objects';
import { yamlOf } from './constructs/yaml';

/** A file of manifests: a chart's. */
export interface ManifestFile {
  readonly name: string;
  /** In the order in which they are applied. */
  readonly objects: readonly Manifest[];
}

/** Files, order and names are those of cdk8s's own `App.synth` with a file for each chart. */
export const manifestFiles = (app: App): ManifestFile[] =>
  app.charts.map((chart) => ({
    name: `${Names.toDnsLabel(chart)}${app.outputFileExtension}`,
    objects: new DependencyGraph(chart.node)
      .topology()
      .filter((it) => ApiObject.isApiObject(it))
      .filter((object) => Chart.of(object) === chart)
      .map((object) => object.toJson() as Manifest),
  }));

export const textOf = ({ objects }: ManifestFile): string => objects.map(yamlOf).join('---\n');

/** Write the files into a folder, which is made if it is not there. */
export function writeManifests(files: readonly ManifestFile[], folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const file of files) writeFileSync(join(folder, file.name), textOf(file));
}
