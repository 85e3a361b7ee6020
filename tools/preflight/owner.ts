import { nameOf, type Manifest } from '../../constructs/policy/objects';
import { ApiError } from '../cluster/api-error';
import type { Cluster } from '../cluster/cluster';
import type { Row } from './row';

/** By which a namespace is known as one of this program's, whoever applied it: a GitOps tool may change the others. */
const OWN_LABELS = ['app.kubernetes.io/part-of', 'app.kubernetes.io/component'];

const isOurs = (live: Manifest, { metadata }: Manifest): boolean =>
  OWN_LABELS.every((label) => live.metadata.labels?.[label] === metadata.labels[label]);

/** Whether a namespace is named after another one, as `team-system` is after `team`: nobody chose its name. */
const isDerived = (name: string, objects: readonly Manifest[]): boolean =>
  objects.some(({ metadata }) => [`${metadata.namespace}-system`, `${metadata.namespace}-logging`].includes(name));

async function rowOf(cluster: Pick<Cluster, 'get'>, namespace: Manifest, objects: readonly Manifest[]): Promise<Row> {
  const { name } = namespace.metadata;
  const row = { need: `Namespace/${name} that is nobody else's`, by: [nameOf(namespace)] };
  let live: Manifest | undefined;
  try {
    live = await cluster.get(namespace);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 403)) throw error;
    return { ...row, state: 'unsure', found: 'you may not read it' };
  }
  if (live === undefined) return { ...row, state: 'ok', found: 'not there yet: they make it' };
  if (isOurs(live, namespace)) return { ...row, state: 'ok', found: 'made from such manifests' };
  const found = 'somebody else made it: all its Pods would come under these policies and bounds';
  if (!isDerived(name, objects)) return { ...row, state: 'unsure', found };
  return { ...row, state: 'MISSING', found: `${found}; choose another kubernetes.namespace` };
}

/** Whether a namespace that these manifests make is somebody else's already. */
export const namespaceOwners = (cluster: Pick<Cluster, 'get'>, objects: readonly Manifest[]): Promise<Row[]> =>
  Promise.all(objects.filter(({ kind }) => kind === 'Namespace').map((it) => rowOf(cluster, it, objects)));
