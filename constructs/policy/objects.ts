/** Rendered objects as the rules see them: plain JSON, whatever made it. */

import type { Profile } from '../../config/schema/profile';

// The raw-object border: manifests of any kind.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Manifest = any;

/** A Pod, or what a workload makes Pods of. */
export interface PodManifest {
  /** The object that holds it. */
  readonly object: Manifest;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Manifest;
}

/** What a rule has found: the rule's name, the object, and one sentence. */
export interface Finding {
  readonly rule: string;
  readonly object: Manifest;
  readonly text: string;
}

export type Rule = (manifests: Manifests, profile: Profile) => Iterable<Finding>;

const TEMPLATES: Readonly<Record<string, (spec: Manifest) => Manifest>> = {
  Deployment: (spec) => spec.template,
  StatefulSet: (spec) => spec.template,
  DaemonSet: (spec) => spec.template,
  Job: (spec) => spec.template,
  CronJob: (spec) => spec.jobTemplate.spec.template,
  Sandbox: (spec) => spec.podTemplate,
  SandboxTemplate: (spec) => spec.podTemplate,
};

/** `Kind/name`: how findings and exemptions call an object. */
export const nameOf = ({ kind, metadata }: Manifest): string => `${kind}/${metadata.name}`;

/** The same where several namespaces are shown: `Kind/name in namespace`. */
export const titleOf = (object: Manifest): string =>
  nameOf(object) + (object.metadata.namespace ? ` in ${object.metadata.namespace}` : '');

/** What is one object to the API server, in whatever version of its API it is written. */
export const identityOf = ({ apiVersion, kind, metadata }: Manifest): string =>
  [apiVersion.split('/').slice(0, -1).join('/'), kind, metadata.namespace ?? '', metadata.name].join(' ');

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** The template of the Pods that an object makes; a bare Pod is its own. */
export const podTemplateOf = (object: Manifest): Manifest | undefined =>
  object.kind === 'Pod' ? object : TEMPLATES[object.kind]?.(object.spec);

function podOf(object: Manifest): PodManifest | undefined {
  const template = podTemplateOf(object);
  if (template === undefined) return undefined;
  return { object, namespace: object.metadata.namespace, labels: template.metadata?.labels ?? {}, spec: template.spec };
}

/** Everything that a profile renders, with what the rules look up: so that they stay linear in the number of sandboxes. */
export class Manifests {
  /** Every Pod that these objects are or make. */
  readonly pods: readonly PodManifest[];
  private readonly byName = new Map<string, Manifest>();
  private readonly byKind = new Map<string, Manifest[]>();
  private readonly byLabel = new Map<string, PodManifest[]>();

  constructor(readonly all: readonly Manifest[]) {
    for (const object of all) {
      this.byName.set([object.kind, object.metadata.namespace, object.metadata.name].join(' '), object);
      append(this.byKind, object.kind, object);
    }
    this.pods = all.map(podOf).filter((pod) => pod !== undefined);
    for (const pod of this.pods) {
      for (const [key, value] of Object.entries(pod.labels)) append(this.byLabel, `${key}=${value}`, pod);
    }
  }

  ofKind(...kinds: string[]): Manifest[] {
    return kinds.flatMap((kind) => this.byKind.get(kind) ?? []);
  }

  find(kind: string, namespace: string | undefined, name: string): Manifest | undefined {
    return this.byName.get([kind, namespace, name].join(' '));
  }

  /** The Pods of a namespace that a label selector selects. */
  podsSelected(namespace: string, selector: Manifest): PodManifest[] {
    const lists = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => this.byLabel.get(`${key}=${value}`));
    // Looking at the Pods with the rarest of the labels alone keeps ten thousand policies of one Pod each linear.
    const rarest = lists.reduce((a, b) => ((a?.length ?? 0) <= (b?.length ?? 0) ? a : b), this.pods as PodManifest[]);
    return (rarest ?? []).filter((pod) => pod.namespace === namespace && selects(selector, pod.labels));
  }
}

export const containersOf = ({ spec }: PodManifest): Manifest[] => [...(spec.initContainers ?? []), ...spec.containers];

/** A label selector as the API server reads it; an empty one selects everything. */
export function selects(selector: Manifest, labels: Readonly<Record<string, string>>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values }: Manifest) => {
      if (operator === 'In') return values.includes(labels[key]);
      if (operator === 'NotIn') return !values.includes(labels[key]);
      return (operator === 'Exists') === key in labels;
    })
  );
}

/** Call `visit` with every value of a manifest and its key, from the top down. */
export function walk(value: Manifest, visit: (value: Manifest, key: string) => void, key = ''): void {
  visit(value, key);
  if (typeof value !== 'object' || value === null) return;
  for (const name of Object.keys(value)) walk(value[name], visit, name);
}
