import type { Cluster, ListProps, LogsProps, Reference } from '../../../tools/cluster/cluster';
import { ApiError } from '../../../tools/cluster/api-error';
import type { Rendered } from '../../render';

export interface ClusterProps {
  readonly objects: readonly Rendered[];
  /** Of every container. */
  readonly logs?: (pod: Rendered, container: string, previous: boolean) => string;
  /** Kinds that its user may not list. */
  readonly forbidden?: readonly string[];
}

const isSame = (a: Reference, b: Reference) =>
  a.kind === b.kind && a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace;

/** An API server that is only read, and applies a file as it is. */
export function clusterWith({ objects, logs = () => '', forbidden = [] }: ClusterProps): Cluster {
  const readOnly = {
    get: (reference: Reference) => Promise.resolve(structuredClone(objects.find((it) => isSame(it, reference)))),
    list: (_: string, kind: string, { namespace, labels = {} }: ListProps = {}) => {
      if (forbidden.includes(kind)) return Promise.reject(new ApiError(403, `you may not list ${kind}`));
      return Promise.resolve(
        objects.filter(
          (it) =>
            it.kind === kind &&
            (namespace === undefined || it.metadata.namespace === namespace) &&
            Object.entries(labels).every(([key, value]) => it.metadata.labels?.[key] === value),
        ),
      );
    },
    dryRun: (object: Rendered) => Promise.resolve(object),
    knows: () => Promise.resolve(true),
    version: () => Promise.resolve('v1.34.4'),
    logs: (pod: Rendered, container: string, { previous }: LogsProps) =>
      Promise.resolve(logs(pod, container, previous)),
  };
  return readOnly as unknown as Cluster;
}
