import { stringify } from 'yaml';
import { objectsIn, type ManifestFile } from '../../constructs/output/manifest-file';
import { yamlOf } from '../../constructs/output/yaml';
import type { Manifest } from '../../constructs/policy/objects';
import { version as ownVersion } from '../../package.json';
import { holdsFiles } from '../holds-files';

export interface ChartProps {
  readonly name: string;
  /** SemVer. */
  readonly version: string;
  readonly files: readonly ManifestFile[];
}

/** A file's path and its text. */
export type TextFile = readonly [path: string, text: string];

/**
 * Made before the chart is installed, and never by it. Helm keeps its record of a release in a namespace that must be there
 * before, deletes with a release what it has made, and does not take over the account that Kubernetes makes with a namespace.
 */
const isGround = ({ kind, metadata }: Manifest): boolean =>
  kind === 'Namespace' || (kind === 'ServiceAccount' && metadata.name === 'default');

/** https://helm.sh/docs/howto/charts_tips_and_tricks/#tell-helm-not-to-uninstall-a-resource */
const KEEP = { 'helm.sh/resource-policy': 'keep' };

const kept = (object: Manifest): Manifest => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...KEEP } },
});

/** Helm takes `{{` for the start of an action; an action that says `{{` gives it back. */
const escaped = (text: string): string => text.replaceAll('{{', '{{ "{{" }}');

const documents = (objects: readonly Manifest[]): string => objects.map(yamlOf).join('---\n');

const templateOf = ({ name, objects }: ManifestFile): TextFile[] => {
  const inChart = objects.filter((it) => !isGround(it)).map((it) => (holdsFiles(it) ? kept(it) : it));
  return inChart.length > 0 ? [[`templates/${name}`, escaped(documents(inChart))]] : [];
};

/** Nothing is asked for when it is installed: a value that somebody sets all the same is refused. */
const NO_VALUES = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'This chart is rendered from a profile and takes no values: change the profile and package it anew',
  type: 'object',
  additionalProperties: false,
};

const notesOf = (objects: readonly Manifest[]): string => {
  const names = objects
    .filter(holdsFiles)
    .map(({ kind, metadata }) => `${kind}/${metadata.name} in ${metadata.namespace}`);
  return escaped(
    [
      'OpenHands sandboxes, rendered from a profile. In the project:',
      '',
      '  npm run keys      makes the keys that sandboxes wait for',
      '  npm run verify    tries every sandbox',
      '',
      'helm uninstall leaves the namespaces and what holds files:',
      ...(names.length > 0 ? names.slice(0, 20).map((it) => `  ${it}`) : ['  nothing else']),
      ...(names.length > 20 ? [`  and ${names.length - 20} more`] : []),
      '',
    ].join('\n'),
  );
};

/** The Chart.yaml. */
export const chartMetadata = ({ name, version }: ChartProps) => ({
  apiVersion: 'v2',
  name,
  version,
  appVersion: ownVersion,
  description: 'OpenHands sandboxes on Kubernetes, rendered from a profile',
  type: 'application',
});

/** The files of a Helm chart that gives back the objects of some manifests. */
export function chartFiles(props: ChartProps): TextFile[] {
  const objects = objectsIn(props.files);
  return [
    ['Chart.yaml', stringify(chartMetadata(props))],
    ['values.yaml', '# None: see values.schema.json.\n{}\n'],
    ['values.schema.json', `${JSON.stringify(NO_VALUES, undefined, 2)}\n`],
    ...props.files.flatMap(templateOf),
    ['templates/NOTES.txt', notesOf(objects)],
  ];
}

/** What is applied before the chart is installed, as YAML. */
export const groundOf = ({ files }: ChartProps): string =>
  documents(files.flatMap(({ objects }) => objects.filter(isGround)));
