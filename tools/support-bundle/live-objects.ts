import { RUNTIME } from '../../constructs/labels';
import { Manifests, selects, titleOf, type Manifest } from '../../constructs/policy/objects';
import type { Cluster } from '../cluster/cluster';
import { someAtATime } from '../some-at-a-time';

/** How many requests at the same time. */
const AT_ONCE = 8;

/** What controllers and managers make of the manifests' objects, beside Pods. */
const MADE: readonly (readonly [apiVersion: string, kind: string])[] = [
  ['v1', 'PersistentVolumeClaim'],
  ['apps/v1', 'ReplicaSet'],
  ['batch/v1', 'Job'],
  ['agents.x-k8s.io/v1beta1', 'Sandbox'],
  ['extensions.agents.x-k8s.io/v1beta1', 'SandboxClaim'],
];

/** What a cluster has of a profile. */
export interface LiveObjects {
  /** Those of the manifests, as they are now. */
  readonly own: readonly Manifest[];
  /** `Kind/name in namespace` of the manifests that are not there. */
  readonly absent: readonly string[];
  /** Pods that run for them. */
  readonly pods: readonly Manifest[];
  /** Other objects that were made of them. */
  readonly made: readonly Manifest[];
  /** About any of them. */
  readonly events: readonly Manifest[];
  readonly nodes: readonly Manifest[];
}

export const namespacesOf = (manifests: readonly Manifest[]): string[] => [
  ...new Set(
    manifests.flatMap(({ kind, metadata }) => (kind === 'Namespace' ? metadata.name : (metadata.namespace ?? []))),
  ),
];

/** A sandbox, whoever made it, or a Pod of one of the manifests' workloads. */
function isOurs(pod: Manifest, templates: Manifests['pods']): boolean {
  const { labels = {}, namespace } = pod.metadata;
  return (
    labels.app === RUNTIME ||
    templates.some(
      (it) =>
        it.namespace === namespace && Object.keys(it.labels).length > 0 && selects({ matchLabels: it.labels }, labels),
    )
  );
}

/** Whether one of these owns it, or has a name of which its name is made. */
const isOf = (object: Manifest, owners: readonly Manifest[]): boolean =>
  (object.metadata.ownerReferences ?? []).some(({ uid }: Manifest) => owners.some((it) => it.metadata.uid === uid)) ||
  owners.some(({ metadata }) => object.metadata.name.endsWith(`-${metadata.name}`));

/** A namespace can be shared with others: what is not of these manifests is nobody's to send. */
export async function liveObjectsOf(
  cluster: Pick<Cluster, 'get' | 'list'>,
  manifests: readonly Manifest[],
): Promise<LiveObjects> {
  const found = await someAtATime(AT_ONCE, manifests, (it) => cluster.get(it));
  const own = found.filter((it) => it !== undefined);
  const absent = manifests.filter((_, index) => found[index] === undefined).map(titleOf);
  const templates = new Manifests(manifests).pods;
  const inEach = async (apiVersion: string, kind: string) =>
    (
      await someAtATime(AT_ONCE, namespacesOf(manifests), (namespace) => cluster.list(apiVersion, kind, { namespace }))
    ).flat();
  const pods = (await inEach('v1', 'Pod')).filter((it) => isOurs(it, templates));
  const others = (await someAtATime(AT_ONCE, MADE, (it) => inEach(...it))).flat();
  const known = new Set([...own, ...pods].map((it) => it.metadata.uid));
  const made = others.filter(
    (it) => !known.has(it.metadata.uid) && (it.kind === 'SandboxClaim' || isSandbox(it) || isOf(it, [...own, ...pods])),
  );
  const about = new Set([...own, ...pods, ...made].map(({ metadata }) => metadata.uid as string));
  const events = (await inEach('v1', 'Event')).filter(({ involvedObject }) => about.has(involvedObject.uid));
  return { own, absent, pods, made, events, nodes: await cluster.list('v1', 'Node') };
}

const isSandbox = ({ kind, spec }: Manifest): boolean =>
  kind === 'Sandbox' && spec.podTemplate?.metadata?.labels?.app === RUNTIME;
