import { amount } from '../../config/schema/values';
import type { Manifest, Manifests, PodManifest } from '../policy/objects';
import { GPU } from '../sandbox/resources';
import type { Amounts } from './amounts';
import { together, withOverhead, type Demand, type Share } from './quota';

const amounts = (quantities: Readonly<Record<string, string>> = {}): Amounts =>
  Object.fromEntries(Object.entries(quantities).map(([resource, text]) => [resource, amount(String(text))]));

function demandOf({ resources }: Manifest): Demand {
  // A limit without a request is one.
  const requests = amounts({ ...resources?.limits, ...resources?.requests });
  // GPUs are counted by what is requested, and are no default of others.
  const { [GPU]: _, ...limits } = amounts(resources?.limits);
  return { requests, limits };
}

/** Containers that run at the same time: init containers that end do not. */
const concurrent = ({ spec }: PodManifest): Manifest[] => [
  ...(spec.initContainers ?? []).filter((it: Manifest) => it.restartPolicy === 'Always'),
  ...spec.containers,
];

/** What the Pod's RuntimeClass adds, if it is one of the manifests. */
const overheadOf = (manifests: Manifests, { spec }: PodManifest): Amounts =>
  amounts(manifests.find('RuntimeClass', undefined, spec.runtimeClassName)?.overhead?.podFixed);

/** How many Pods more than its replicas a Deployment has while it is updated. */
function surge({ strategy }: Manifest, replicas: number): number {
  if (strategy?.type === 'Recreate') return 0;
  const most = strategy?.rollingUpdate?.maxSurge ?? '25%';
  return typeof most === 'number' ? most : Math.ceil((replicas * Number.parseInt(most)) / 100);
}

/** How many Pods an object makes at the most; `nodes`: of the cluster. */
function countOf(manifests: Manifests, { kind, metadata, spec }: Manifest, nodes: number): number {
  const scaled = ({ kind, metadata, spec }: Manifest): number =>
    manifests
      .ofKind('HorizontalPodAutoscaler')
      .find(
        (it) =>
          it.metadata.namespace === metadata.namespace &&
          it.spec.scaleTargetRef.kind === kind &&
          it.spec.scaleTargetRef.name === metadata.name,
      )?.spec.maxReplicas ??
    spec.replicas ??
    1;
  switch (kind) {
    case 'Deployment': {
      const replicas = scaled({ kind, metadata, spec });
      return replicas + surge(spec, replicas);
    }
    case 'StatefulSet':
      return scaled({ kind, metadata, spec });
    case 'DaemonSet':
      return nodes;
    case 'CronJob':
      // One more: somebody tries it by hand.
      return (spec.jobTemplate.spec.parallelism ?? 1) + 1;
    case 'SandboxTemplate':
      return manifests
        .ofKind('SandboxWarmPool')
        .filter(
          (it) => it.metadata.namespace === metadata.namespace && it.spec.sandboxTemplateRef.name === metadata.name,
        )
        .reduce((sum, it) => sum + scaled(it), 0);
    default:
      return 1;
  }
}

/**
 * What the Pods of a namespace ask for and may use, and how many there are at the most, read from the manifests.
 *
 * @param nodes of the cluster, for a DaemonSet
 */
export const podShares = (manifests: Manifests, namespace: string, nodes: number): Share[] =>
  manifests.pods
    .filter((pod) => pod.namespace === namespace)
    .map((pod): Share => {
      const containers = concurrent(pod).map(demandOf) as [Demand, ...Demand[]];
      const demand = withOverhead(together(containers), overheadOf(manifests, pod));
      return { count: countOf(manifests, pod.object, nodes), ...demand, containers };
    });
