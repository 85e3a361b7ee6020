import { nameOf, type Manifest } from '../../constructs/policy/objects';
import type { Cluster } from '../cluster/cluster';
import { planOf } from '../verify/plan';
import type { Row } from './row';

type Source = Pick<Cluster, 'get'>;

/** A RuntimeClass as it will be: what the manifests make of it, else what the cluster has. */
async function runtimeClassNamed(cluster: Source, objects: readonly Manifest[], name: string) {
  const own = objects.find(({ kind, metadata }) => kind === 'RuntimeClass' && metadata.name === name);
  return own ?? (await cluster.get({ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name } }));
}

/** A Pod's spec as the API server will write it, with what its RuntimeClass adds. */
export async function admitted(cluster: Source, objects: readonly Manifest[], pod: Manifest): Promise<Manifest> {
  if (pod.runtimeClassName === undefined) return pod;
  const { scheduling, overhead } = (await runtimeClassNamed(cluster, objects, pod.runtimeClassName)) ?? {};
  return {
    ...pod,
    nodeSelector: { ...pod.nodeSelector, ...scheduling?.nodeSelector },
    tolerations: [...(pod.tolerations ?? []), ...(scheduling?.tolerations ?? [])],
    overhead: overhead?.podFixed,
  };
}

/** What the cluster's own RuntimeClasses take of each Pod is in no file, so no quota has room for it. */
export async function uncountedOverheads(cluster: Source, objects: readonly Manifest[]): Promise<Row[]> {
  const quotas = objects.filter(({ kind }) => kind === 'ResourceQuota');
  if (quotas.length === 0) return [];
  const names = new Set<string>(planOf(objects).flatMap(({ pod }) => pod.runtimeClassName ?? []));
  const rows: Row[] = [];
  for (const name of names) {
    const found = await runtimeClassNamed(cluster, objects, name);
    const taken = Object.entries<string>(found?.overhead?.podFixed ?? {}).map((it) => it.join(' '));
    if (taken.length === 0 || objects.includes(found)) continue;
    rows.push({
      need: `room in the quota for what RuntimeClass/${name} takes`,
      by: quotas.map(nameOf),
      state: 'unsure',
      found: `${taken.join(', ')} of each Pod, not counted: fewer sandboxes fit, raise deploy.quota.max_sandboxes`,
    });
  }
  return rows;
}
