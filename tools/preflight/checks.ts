import type { Manifest } from '../../constructs/policy/objects';
import { nameOf, titleOf } from '../../constructs/policy/objects';
import { IDLE_KEYS, SESSION_KEYS } from '../../constructs/secrets/session-keys';
import { ApiError } from '../cluster/api-error';
import type { Cluster } from '../cluster/cluster';
import { groupOf, isBuiltIn } from '../cluster/groups';
import { makesWay, planOf } from '../verify/plan';
import { serviceAddresses } from './addresses';
import type { Check } from './check';
import { coldClaims } from './claims';
import { images } from './images';
import { kindsOf, needsOf, type Need } from './needs';
import { namespaceOwners } from './owner';
import { deschedulerNodes, snapshotDrivers } from './recovery';
import { placementsOf, type Demand } from './room';
import type { Row, State } from './row';
import { admitted, uncountedOverheads } from './runtime-class';
import { selectionOf } from './selection';

const state = (isMet: boolean): State => (isMet ? 'ok' : 'MISSING');

/** Who brings the kinds of a group. */
const PROJECTS: Readonly<Record<string, string>> = {
  'monitoring.coreos.com': 'prometheus-operator',
  'velero.io': 'Velero',
  'snapshot.storage.k8s.io': 'external-snapshotter',
  'gateway.networking.k8s.io': 'the Gateway API',
  'cert-manager.io': 'cert-manager',
  'cilium.io': 'Cilium',
  'external-secrets.io': 'external-secrets',
  'agents.x-k8s.io': 'agent-sandbox',
  'extensions.agents.x-k8s.io': 'agent-sandbox',
};

const projectOf = (apiVersion: string): string => {
  const project = PROJECTS[groupOf(apiVersion)];
  return project ? `${project}: its operator or CRDs` : 'its operator or CRDs';
};

/** Built-in kinds are there; what matters is told when they are not. */
const kinds: Check = async (cluster, objects) => {
  const rows: Row[] = [];
  for (const [kind, by] of kindsOf(objects)) {
    const isKnown = await cluster.knows(...(kind.split(' ') as [string, string]));
    if (isKnown && isBuiltIn(kind.split(' ')[0]!)) continue;
    rows.push({
      need: `kind ${kind}`,
      by,
      state: state(isKnown),
      found: isKnown ? 'known' : `install ${projectOf(kind)}`,
    });
  }
  return rows;
};

/** What a class says that matters before it is used. */
const detailOf = ({ kind, provisioner, volumeBindingMode, handler, spec }: Manifest): string =>
  ({
    StorageClass: `${provisioner}, ${volumeBindingMode}`,
    RuntimeClass: `handler ${handler}`,
    IngressClass: spec?.controller,
    GatewayClass: spec?.controllerName,
  })[kind as string] ?? 'there';

function foundText(live: Manifest, { keys }: Need): { state: State; found: string } {
  const missing = keys.filter((key) => live.kind === 'Secret' && !(key in (live.data ?? {})));
  if (missing.length > 0) return { state: 'MISSING', found: `there, without ${missing.join(', ')}` };
  return { state: 'ok', found: detailOf(live) };
}

async function rowOf(cluster: Cluster, need: Need): Promise<Row> {
  const { kind, metadata } = need.reference;
  const row = { need: titleOf(need.reference), by: need.by };
  try {
    const live = await cluster.get(need.reference);
    if (live) {
      const found = foundText(live, need);
      return { ...row, ...found, ...(need.isOptional && found.state === 'MISSING' && { state: 'unsure' as const }) };
    }
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 403)) throw error;
    return { ...row, state: 'unsure', found: `you may not read it` };
  }
  if (need.madeBy) return { ...row, state: 'ok', found: `made by ${need.madeBy}` };
  if (need.isOptional) return { ...row, state: 'ok', found: 'not there, and optional' };
  const entries = need.keys.length > 0 ? `, with ${need.keys.join(', ')}` : '';
  // It is made in a namespace that applying makes.
  if ([SESSION_KEYS, IDLE_KEYS].includes(metadata.name))
    return { ...row, state: 'unsure', found: `after applying, npm run keys makes it${entries}` };
  return { ...row, state: 'MISSING', found: `create this ${kind}${entries}` };
}

/** What the manifests refer to. */
export const references: Check = (cluster, objects) =>
  Promise.all(needsOf(objects).map((need) => rowOf(cluster, need)));

const DEFAULT_STORAGE = 'storageclass.kubernetes.io/is-default-class';
const DEFAULT_INGRESS = 'ingressclass.kubernetes.io/is-default-class';

const isDefault = (annotation: string) => (it: Manifest) => it.metadata.annotations?.[annotation] === 'true';

/** Claims without a class get the cluster's default one. */
const defaultStorage: Check = async (cluster, objects) => {
  const by = objects.filter((it) => claimsOf(it).some(({ spec }) => spec.storageClassName === undefined)).map(nameOf);
  if (by.length === 0) return [];
  const found = (await cluster.list('storage.k8s.io/v1', 'StorageClass')).find(isDefault(DEFAULT_STORAGE));
  const text = found ? `${found.metadata.name}: ${detailOf(found)}` : 'mark a StorageClass as default';
  return [{ need: 'a default StorageClass', by, state: state(found !== undefined), found: text }];
};

const claimsOf = ({ kind, spec, ...object }: Manifest): Manifest[] => {
  if (kind === 'PersistentVolumeClaim') return [{ ...object, spec }];
  const volumes = spec?.template?.spec?.volumes ?? spec?.podTemplate?.spec?.volumes ?? [];
  return [
    ...(spec?.volumeClaimTemplates ?? []),
    ...volumes.flatMap((it: Manifest) => it.ephemeral?.volumeClaimTemplate ?? []),
  ];
};

const defaultIngress: Check = async (cluster, objects) => {
  const by = objects.filter(({ kind, spec }) => kind === 'Ingress' && spec.ingressClassName === undefined).map(nameOf);
  if (by.length === 0) return [];
  const found = (await cluster.list('networking.k8s.io/v1', 'IngressClass')).find(isDefault(DEFAULT_INGRESS));
  // A controller may serve Ingresses without a class all the same.
  const row = { need: 'a default IngressClass', by };
  return [
    { ...row, state: found ? 'ok' : 'unsure', found: found?.metadata.name ?? 'none: perhaps nobody serves these' },
  ];
};

/** How many Pods of a workload there are at least. */
function minimumOf({ kind, metadata, spec }: Manifest, objects: readonly Manifest[]): number {
  const autoscaler = objects.find(
    (it) =>
      it.kind === 'HorizontalPodAutoscaler' &&
      it.spec.scaleTargetRef.kind === kind &&
      it.spec.scaleTargetRef.name === metadata.name,
  );
  return autoscaler?.spec.minReplicas ?? spec.replicas ?? 1;
}

const ENDED = ['Succeeded', 'Failed'];

const nodes: Check = async (cluster, objects) => {
  const workloads = planOf(objects);
  if (workloads.length === 0) return [];
  const demands = await Promise.all(
    workloads.map(async ({ title, object, pod }): Promise<Demand> => ({
      title,
      pod: await admitted(cluster, objects, pod),
      count: minimumOf(object, objects),
    })),
  );
  const [all, pods] = await Promise.all([cluster.list('v1', 'Node'), cluster.list('v1', 'Pod')]);
  // What these manifests have already brought up gives its place back.
  const isOurs = ({ metadata }: Manifest) =>
    workloads.some(
      ({ namespace, selector }) =>
        metadata.namespace === namespace &&
        Object.entries(selector).every(([key, value]) => metadata.labels?.[key] === value),
    );
  const running = pods.filter((it) => !ENDED.includes(it.status?.phase) && !isOurs(it));
  return placementsOf(demands, all, running).map(({ title, wanted, placed, obstacles }) => ({
    need: `room for ${wanted} ${wanted === 1 ? 'Pod' : 'Pods'}`,
    by: [title],
    // A placeholder waits for a node that an autoscaler makes.
    state: obstacles.length > 0 && makesWay({ title }) ? 'unsure' : state(obstacles.length === 0),
    found:
      obstacles.length === 0
        ? `${all.length} nodes`
        : `${placed} of ${wanted} fit; ${obstacles.slice(0, 3).join('; ')}`,
  }));
};

const metrics: Check = async (cluster, objects) => {
  const by = objects.filter(({ kind }) => kind === 'HorizontalPodAutoscaler').map(nameOf);
  if (by.length === 0) return [];
  const isKnown = await cluster.knows('metrics.k8s.io/v1beta1', 'PodMetrics');
  return [{ need: 'the metrics API', by, state: state(isKnown), found: isKnown ? 'served' : 'install metrics-server' }];
};

/** Programs that enforce policies, by the images that they run from. */
const ENFORCERS =
  /calico|cilium|kube-router|antrea|weave-npc|ovn-kube|aws-network-policy-agent|azure-npm|kindnetd|canal/;

const networkPlugin: Check = async (cluster, objects) => {
  const by = objects.filter(({ kind }) => kind === 'NetworkPolicy').map(nameOf);
  if (by.length === 0) return [];
  const sets = await cluster.list('apps/v1', 'DaemonSet');
  const names = sets.flatMap((it) =>
    it.spec.template.spec.containers.map(({ image }: Manifest) => ENFORCERS.exec(image)?.[0]),
  );
  const name = names.find((it) => it !== undefined);
  const found = name ?? 'no plugin is known by its Pods: npm run verify tries it';
  return [{ need: 'a network plugin that enforces policies', by, state: name ? 'ok' : 'unsure', found }];
};

const VERSION_LABEL = 'pod-security.kubernetes.io/enforce-version';

const minorOf = (version: string) => Number(/^v1\.(\d+)/.exec(version)?.[1] ?? 0);

const podSecurity: Check = async (cluster, objects) => {
  const version = await cluster.version();
  return objects
    .filter((it) => it.kind === 'Namespace' && it.metadata.labels?.[VERSION_LABEL])
    .map((namespace) => {
      const wanted: string = namespace.metadata.labels[VERSION_LABEL];
      const isOlder = minorOf(wanted) > minorOf(version);
      return {
        need: `Pod Security ${wanted}`,
        by: [nameOf(namespace)],
        // A version that the cluster does not know yet means its newest.
        state: isOlder ? 'unsure' : 'ok',
        found: `Kubernetes ${version}`,
      };
    });
};

export const CHECKS: readonly Check[] = [
  kinds,
  references,
  defaultStorage,
  defaultIngress,
  nodes,
  images,
  metrics,
  networkPlugin,
  serviceAddresses,
  podSecurity,
  namespaceOwners,
  selectionOf,
  deschedulerNodes,
  snapshotDrivers,
  coldClaims,
  uncountedOverheads,
];
