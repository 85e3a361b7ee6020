import type { PatchConfig } from '../../config/schema/patches';
import { isTable, type Table } from '../../config/tables';
import { targets } from '../customization/patch-target';
import { patched } from '../customization/patches';
import type { Manifest } from '../policy/objects';
import type { SandboxTables } from '../sandbox/program';
import { SESSION } from './cel';

/** A Pod as it is written down, `<session>` and `<pod>` standing for names that are known at run time only. */
export interface ExamplePod {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Plain JSON. */
  readonly spec: Manifest;
}

/** The workload that a Pod is written in, `<session>` standing for names that are known at run time only. */
interface Owner {
  readonly kind: string;
  readonly name: string;
}

/** Where a workload has the template of its Pods. */
const TEMPLATE: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  Sandbox: ['spec', 'podTemplate'],
  SandboxTemplate: ['spec', 'podTemplate'],
};

/** What a patch of a workload says about its Pods, as a patch of one. */
function ofPod({ patch, merge, ...rest }: PatchConfig, steps: readonly string[]): PatchConfig {
  const prefix = steps.map((step) => `/${step}`).join('');
  const isInside = (pointer: string) => pointer.startsWith(`${prefix}/`);
  const inner = steps.reduce<unknown>((table, step) => (isTable(table) ? table[step] : undefined), merge);
  return {
    ...rest,
    patch: patch
      ?.filter(({ path, from = path }) => isInside(path) && isInside(from))
      .map(({ path, from, ...it }) => ({
        ...it,
        path: path.slice(prefix.length),
        ...(from !== undefined && { from: from.slice(prefix.length) }),
      })),
    ...(merge && { merge: isTable(inner) ? inner : ({} satisfies Table) }),
  };
}

function withPatches(pod: Manifest, patches: readonly PatchConfig[], steps: readonly string[]): Manifest {
  return patches.reduce((before, patch) => {
    const after = patched(before, ofPod(patch, steps), []);
    // The workload itself is patched, too, and says what is wrong.
    return Array.isArray(after) ? before : after;
  }, pod);
}

/** A Pod as the profile's `[deploy.metadata]` and `[[deploy.patches]]` leave it, once for each way in which they do. */
export function asRendered(
  { kubernetes, deploy }: SandboxTables,
  { kind, name }: Owner,
  pod: ExamplePod,
): ExamplePod[] {
  const { annotations } = deploy.metadata;
  const { labels, spec } = pod;
  const example = { metadata: { name, labels, annotations: { ...pod.annotations, ...annotations } }, spec };
  const ofKind = deploy.patches.filter(({ target }) => target.kind === kind);
  const hasSessions = name.includes(SESSION) && ofKind.length > 0 && deploy.sessions.length > 0;
  const names = hasSessions ? deploy.sessions : [SESSION];
  const ways = names.map((session) => {
    const object = { kind, metadata: { name: name.replace(SESSION, session), namespace: kubernetes.namespace } };
    return ofKind.filter(({ target }) => targets(target)(object));
  });
  const distinct = new Map(ways.map((patches) => [JSON.stringify(patches), patches]));
  return [...distinct.values()].map((patches) => {
    const { metadata, spec } = withPatches(example, patches, TEMPLATE[kind]!);
    return { labels: metadata.labels, annotations: metadata.annotations, spec };
  });
}
