import { titleOf, type Manifest } from '../../constructs/policy/objects';
import { ApiError } from '../cluster/api-error';
import type { Cluster } from '../cluster/cluster';

/** Kinds that a profile may have had although no file has one any more: those of a single session, for example. */
const RENDERED: readonly (readonly [kind: string, apiVersion: string])[] = [
  ['ConfigMap', 'v1'],
  ['PersistentVolumeClaim', 'v1'],
  ['Pod', 'v1'],
  ['Service', 'v1'],
  ['ServiceAccount', 'v1'],
  ['DaemonSet', 'apps/v1'],
  ['Deployment', 'apps/v1'],
  ['StatefulSet', 'apps/v1'],
  ['HorizontalPodAutoscaler', 'autoscaling/v2'],
  ['CronJob', 'batch/v1'],
  ['PodDisruptionBudget', 'policy/v1'],
  ['Ingress', 'networking.k8s.io/v1'],
  ['NetworkPolicy', 'networking.k8s.io/v1'],
  ['Role', 'rbac.authorization.k8s.io/v1'],
  ['RoleBinding', 'rbac.authorization.k8s.io/v1'],
  ['HTTPRoute', 'gateway.networking.k8s.io/v1'],
  ['Sandbox', 'agents.x-k8s.io/v1beta1'],
  ['SandboxTemplate', 'extensions.agents.x-k8s.io/v1beta1'],
  ['SandboxWarmPool', 'extensions.agents.x-k8s.io/v1beta1'],
];

const LABELS = { 'app.kubernetes.io/managed-by': 'cdk8s', 'app.kubernetes.io/part-of': 'openhands' };

/**
 * The claims that a StatefulSet makes, with N for their ordinals: no file names them, and no object owns them.
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage
 */
const claimsOf = ({ metadata, spec }: Manifest): string[] =>
  (spec?.volumeClaimTemplates ?? []).map(
    (it: Manifest) => `PersistentVolumeClaim/${it.metadata.name}-${metadata.name}-N in ${metadata.namespace}`,
  );

/** A title, with N for an ordinal at its end. */
const withoutOrdinal = (object: Manifest): string => titleOf(object).replace(/-\d+ in /, '-N in ');

/**
 * Objects of this program in the manifests' namespaces that no file has any more: `kubectl apply` leaves them there.
 * A kind that may not be listed is passed over, unless a file has one.
 */
export async function leftBehind(cluster: Pick<Cluster, 'list'>, objects: readonly Manifest[]): Promise<Manifest[]> {
  // In Velero's namespace there are those of other profiles too.
  const own = objects.filter(({ apiVersion, metadata }) => apiVersion !== 'velero.io/v1' && metadata.namespace);
  const namespaces = new Set<string>(own.map(({ metadata }) => metadata.namespace));
  const inFiles = new Map<string, string>(own.map(({ kind, apiVersion }) => [kind, apiVersion]));
  const names = new Set(own.map(titleOf));
  const claims = new Set(own.filter(({ kind }) => kind === 'StatefulSet').flatMap(claimsOf));
  const found: Manifest[] = [];
  for (const namespace of namespaces) {
    for (const [kind, apiVersion] of new Map([...RENDERED, ...inFiles])) {
      const live = await cluster.list(apiVersion, kind, { namespace, labels: LABELS }).catch((error: Error) => {
        if (error instanceof ApiError && error.status === 403 && !inFiles.has(kind)) return [];
        throw error;
      });
      // What a controller made from ours has our labels too.
      found.push(...live.filter(({ metadata }) => !metadata.ownerReferences));
    }
  }
  return found.filter((it) => !names.has(titleOf(it)) && !claims.has(withoutOrdinal(it)));
}
