import { contains, singleAddress } from '../../config/addresses';
import { nameOf, type Manifest } from '../../constructs/policy/objects';
import type { Cluster } from '../cluster/cluster';
import type { Check } from './check';
import type { Row } from './row';

/** The cluster's ranges of Services; none: it is older than Kubernetes 1.33 and does not tell. */
async function serviceRanges(cluster: Cluster): Promise<string[]> {
  const api = ['networking.k8s.io/v1', 'ServiceCIDR'] as const;
  if (!(await cluster.knows(...api))) return [];
  return (await cluster.list(...api)).flatMap(({ spec }) => spec.cidrs as string[]);
}

const isSame = (a: Manifest, b: Manifest) =>
  a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace;

function answer(
  service: Manifest,
  services: readonly Manifest[],
  ranges: readonly string[],
): Pick<Row, 'state' | 'found'> {
  const address: string = service.spec.clusterIP;
  const owner = services.find(({ spec }) => (spec.clusterIPs ?? [spec.clusterIP]).includes(address));
  if (owner && isSame(owner, service)) return { state: 'ok', found: 'its own already' };
  if (owner) {
    const found = `${nameOf(owner)} in ${owner.metadata.namespace} has it: choose another deploy.network.egress.address`;
    return { state: 'MISSING', found };
  }
  if (ranges.length === 0) return { state: 'unsure', found: 'free, if it is in the range of the Services' };
  if (ranges.some((it) => contains(it, singleAddress(address)))) return { state: 'ok', found: 'free' };
  return {
    state: 'MISSING',
    found: `Services are in ${ranges.join(', ')}: choose deploy.network.egress.address there`,
  };
}

/** Services whose address the manifests choose. */
export const serviceAddresses: Check = async (cluster, objects) => {
  const chosen = objects.filter(
    ({ kind, spec }) => kind === 'Service' && spec.clusterIP !== undefined && spec.clusterIP !== 'None',
  );
  if (chosen.length === 0) return [];
  const [services, ranges] = await Promise.all([cluster.list('v1', 'Service'), serviceRanges(cluster)]);
  return chosen.map((service) => ({
    need: `the address ${service.spec.clusterIP}`,
    by: [nameOf(service)],
    ...answer(service, services, ranges),
  }));
};
