import { nameOf, selects, type Manifest } from '../../constructs/policy/objects';
import type { Cluster } from '../cluster/cluster';
import type { Row } from './row';

/** Who reads objects of a kind, and the fields of its spec that say which, and in which namespaces. */
interface Reader {
  readonly kind: string;
  readonly selector: string;
  readonly namespaceSelector: string;
}

const READERS: Readonly<Record<string, Reader>> = {
  PodMonitor: { kind: 'Prometheus', selector: 'podMonitorSelector', namespaceSelector: 'podMonitorNamespaceSelector' },
  PrometheusRule: { kind: 'Prometheus', selector: 'ruleSelector', namespaceSelector: 'ruleNamespaceSelector' },
  AlertmanagerConfig: {
    kind: 'Alertmanager',
    selector: 'alertmanagerConfigSelector',
    namespaceSelector: 'alertmanagerConfigNamespaceSelector',
  },
};

/** To prometheus-operator a selector that is not there selects nothing, and an empty one everything. */
const selectsObject = (selector: Manifest, { metadata }: Manifest) =>
  selector != null && selects(selector, metadata.labels ?? {});

function selectsNamespace(selector: Manifest, reader: Manifest, namespace: Manifest): boolean {
  if (selector == null) return reader.metadata.namespace === namespace.metadata.name;
  return selects(selector, { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': namespace.metadata.name });
}

/** The namespace of an object as it will be: what the manifests make of it, else what the cluster has. */
async function namespaceOf(cluster: Pick<Cluster, 'get'>, objects: readonly Manifest[], name: string) {
  const own = objects.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === name);
  const reference = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  return own ?? (await cluster.get(reference)) ?? reference;
}

/** Whether somebody will read what is for prometheus-operator: an object with the wrong labels does nothing, in silence. */
export async function selectionOf(
  cluster: Pick<Cluster, 'get' | 'list'>,
  objects: readonly Manifest[],
): Promise<Row[]> {
  const own = objects.filter(
    ({ apiVersion, kind }) => apiVersion.startsWith('monitoring.coreos.com/') && READERS[kind],
  );
  return Promise.all(
    own.map(async (object): Promise<Row> => {
      const { kind, selector, namespaceSelector } = READERS[object.kind]!;
      const namespace = await namespaceOf(cluster, objects, object.metadata.namespace);
      const readers = await cluster.list('monitoring.coreos.com/v1', kind);
      const reader = readers.find(
        ({ spec, ...it }) =>
          selectsObject(spec[selector], object) && selectsNamespace(spec[namespaceSelector], it, namespace),
      );
      const found = reader
        ? `${nameOf(reader)} in ${reader.metadata.namespace}`
        : `none of ${readers.length}: see its ${selector}`;
      return { need: `${kind} that selects it`, by: [nameOf(object)], state: reader ? 'ok' : 'unsure', found };
    }),
  );
}
