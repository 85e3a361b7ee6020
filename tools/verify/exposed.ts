import { setTimeout as sleep } from 'node:timers/promises';
import { nameOf, type Manifest } from '../../constructs/policy/objects';
import { ApiError } from '../cluster/api-error';
import type { Cluster } from '../cluster/cluster';
import {
  certificateProblems,
  ingressExposure,
  missedPorts,
  missingEndpoints,
  routeProblems,
  tlsOfGateway,
  tlsOfIngress,
  type Exposure,
  type TlsUse,
} from './exposure';
import { Failure } from './failure';
import type { Workload } from './plan';

/** How long controllers have to write down what they did, in ms. */
const GRACE = 10_000;
const INTERVAL = 500;

const NETWORKING = 'networking.k8s.io/v1';

async function serviceProblems(cluster: Cluster, service: Manifest, { namespace, pod }: Workload): Promise<string[]> {
  const missed = missedPorts(service, pod);
  if (missed.length > 0) return missed;
  const labels = { 'kubernetes.io/service-name': service.metadata.name };
  const slices = await cluster.list('discovery.k8s.io/v1', 'EndpointSlice', { namespace, labels });
  return [missingEndpoints(service, slices) ?? []].flat();
}

async function tlsExposure(cluster: Cluster, use: TlsUse): Promise<Exposure> {
  const metadata = { name: use.secretName, namespace: use.namespace };
  try {
    const secret = await cluster.get({ apiVersion: 'v1', kind: 'Secret', metadata });
    return { problems: certificateProblems(use, secret, Date.now()), notes: [] };
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 403)) throw error;
    return { problems: [], notes: [`TLS Secret ${use.secretName} is not checked: you may not read it`] };
  }
}

/** Everything about one way in: the object itself, and its certificates. */
async function routeExposure(cluster: Cluster, route: Manifest, gateways: readonly Manifest[]): Promise<Exposure[]> {
  const live = await cluster.get(route);
  if (live === undefined) return [{ problems: [`${nameOf(route)} is not there`], notes: [] }];
  if (route.kind === 'Ingress') {
    const classes = await cluster.list(NETWORKING, 'IngressClass');
    const tls = await Promise.all(tlsOfIngress(live).map((use) => tlsExposure(cluster, use)));
    return [...tls, ingressExposure(live, classes)];
  }
  const parents = (live.spec.parentRefs ?? []).map((it: Manifest) => it.name);
  const own = gateways.filter(({ metadata }) => parents.includes(metadata.name));
  const tls = await Promise.all(own.flatMap(tlsOfGateway).map((use) => tlsExposure(cluster, use)));
  // The certificate first: without it the Gateway's own words are about a consequence.
  return [...tls, { problems: routeProblems(live), notes: [] }];
}

async function look(cluster: Cluster, workload: Workload, gateways: readonly Manifest[]): Promise<Exposure> {
  const services = await Promise.all(workload.services.map((it) => serviceProblems(cluster, it, workload)));
  const routes = await Promise.all(workload.routes.map((it) => routeExposure(cluster, it, gateways)));
  return {
    problems: [...services.flat(), ...routes.flat().flatMap((it) => it.problems)],
    notes: routes.flat().flatMap((it) => it.notes),
  };
}

/**
 * Its Services lead to Pods, and somebody serves its Ingresses and HTTPRoutes.
 *
 * @param gateways those of the manifests
 * @returns what cannot be told
 * @throws Failure
 */
export async function checkExposed(
  cluster: Cluster,
  workload: Workload,
  gateways: readonly Manifest[],
): Promise<readonly string[]> {
  const giveUp = Date.now() + GRACE;
  for (;;) {
    const { problems, notes } = await look(cluster, workload, gateways);
    if (problems.length === 0) return notes;
    // What only the manifests can change needs no waiting.
    const isLasting = problems.some((it) => /leads to|does not exist|is not for|expire/.test(it));
    if (isLasting || Date.now() >= giveUp) throw new Failure('exposed', problems.join('; '), !isLasting);
    await sleep(INTERVAL);
  }
}
