import type { Cluster, ListProps, PatchType, Reference } from '../../../tools/cluster/cluster';
import { selects } from '../../../constructs/policy/objects';
import type { Rendered } from '../../render';

/** What verify asks of a cluster, besides streams. */
type Objects = Pick<Cluster, 'get' | 'list' | 'logs' | 'knows' | 'create' | 'delete' | 'patch' | 'dryRun'>;

export interface FakeCluster extends Cluster {
  /** What it was told to change, in order. */
  readonly told: readonly string[];
}

const isNamed = ({ kind, metadata }: Reference, it: Rendered) =>
  it.kind === kind && it.metadata.name === metadata.name && it.metadata.namespace === metadata.namespace;

/** A cluster that holds these objects, and those that it is told to create. Applying a file would give what the file says. */
export function clusterOf(held: readonly Rendered[], over: Partial<Objects> = {}): FakeCluster {
  const told: string[] = [];
  const objects = [...held];
  const own: Objects = {
    get: async (reference) => objects.find((it) => isNamed(reference, it)),
    list: async (_, kind, { namespace, labels }: ListProps = {}) =>
      objects.filter(
        (it) =>
          it.kind === kind &&
          (namespace === undefined || it.metadata.namespace === namespace) &&
          selects({ matchLabels: labels }, it.metadata.labels ?? {}),
      ),
    logs: async () => '',
    knows: async () => true,
    create: async (object) => {
      told.push(`create ${object.kind}/${object.metadata.name}`);
      objects.push(object);
    },
    delete: async ({ kind, metadata }) => void told.push(`delete ${kind}/${metadata.name}`),
    patch: async ({ kind, metadata }, type: PatchType) =>
      void told.push(`${type} ${kind}/${metadata.name} in ${metadata.namespace}`),
    dryRun: async (object) => object,
  };
  return { ...own, ...over, told } as unknown as FakeCluster;
}
