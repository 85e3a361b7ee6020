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
  type TlsUse,
} from './exposure';
import { Failure } from './failure';
import type { Workload } from './plan';

/** How long controllers have to write down what they did, in ms. */
const GRACE = 10_000;
const INTERVAL = 500;

const NETWORKING = 'networking.k8s.io/v1';

/** What is wrong, and how long it may stay so, in ms: 0 when only somebody can change it. */
interface Problem {
  readonly text: string;
  readonly patience: number;
}

interface Found {
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

const having = (patience: number, texts: readonly string[]): Problem[] => texts.map((text) => ({ text, patience }));

/** What is the same for every workload of the manifests. */
export interface Surroundings {
  readonly cluster: Cluster;
  readonly gateways: readonly Manifest[];
  /** Those that cert-manager is to make. */
  readonly certificates: readonly Manifest[];
  /** How long cert-manager has for one of them, ms. */
  readonly timeout: number;
}

export function surroundingsOf(cluster: Cluster, manifests: readonly Manifest[], timeout: number): Surroundings {
  const ofKind = (wanted: string) => manifests.filter(({ kind }) => kind === wanted);
  return { cluster, gateways: ofKind('Gateway'), certificates: ofKind('Certificate'), timeout };
}

async function serviceProblems(cluster: Cluster, service: Manifest, { namespace, pod }: Workload): Promise<Problem[]> {
  const missed = missedPorts(service, pod);
  if (missed.length > 0) return having(0, missed);
  const labels = { 'kubernetes.io/service-name': service.metadata.name };
  const slices = await cluster.list('discovery.k8s.io/v1', 'EndpointSlice', { namespace, labels });
  return having(GRACE, [missingEndpoints(service, slices) ?? []].flat());
}

/** An object, unless one may not read it. */
async function read(cluster: Cluster, object: Manifest): Promise<Manifest | 'forbidden' | undefined> {
  try {
    return await cluster.get(object);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 403)) throw error;
    return 'forbidden';
  }
}

/** What cert-manager says of a certificate. */
async function words(cluster: Cluster, certificate: Manifest): Promise<string> {
  const live = await read(cluster, certificate);
  const conditions: Manifest[] = (live !== 'forbidden' && live?.status?.conditions) || [];
  const ready = conditions.find(({ type }) => type === 'Ready');
  const name = nameOf(certificate);
  return ready ? `cert-manager says of ${name}: ${ready.message}` : `cert-manager says nothing of ${name}`;
}

async function tlsFound({ cluster, certificates, timeout }: Surroundings, use: TlsUse): Promise<Found> {
  const { secretName, namespace } = use;
  const secret = await read(cluster, { apiVersion: 'v1', kind: 'Secret', metadata: { name: secretName, namespace } });
  if (secret === 'forbidden') {
    return { problems: [], notes: [`TLS Secret ${secretName} is not checked: you may not read it`] };
  }
  const texts = certificateProblems(use, secret, Date.now());
  const certificate = certificates.find(
    ({ metadata, spec }) => metadata.namespace === namespace && spec.secretName === secretName,
  );
  if (texts.length === 0 || certificate === undefined) return { problems: having(0, texts), notes: [] };
  return { problems: having(timeout, [...texts, await words(cluster, certificate)]), notes: [] };
}

/** Everything about one way in: the object itself, and its certificates. */
async function routeFound(surroundings: Surroundings, route: Manifest): Promise<Found[]> {
  const { cluster, gateways } = surroundings;
  const live = await cluster.get(route);
  if (live === undefined) return [{ problems: having(GRACE, [`${nameOf(route)} is not there`]), notes: [] }];
  if (route.kind === 'Ingress') {
    const classes = await cluster.list(NETWORKING, 'IngressClass');
    const { problems, notes } = ingressExposure(live, classes);
    const tls = await Promise.all(tlsOfIngress(live).map((use) => tlsFound(surroundings, use)));
    return [...tls, { problems: having(0, problems), notes }];
  }
  const parents = (live.spec.parentRefs ?? []).map((it: Manifest) => it.name);
  const own = gateways.filter(({ metadata }) => parents.includes(metadata.name));
  const tls = await Promise.all(own.flatMap(tlsOfGateway).map((use) => tlsFound(surroundings, use)));
  // The certificate first: without it the Gateway's own words are about a consequence.
  const patience = tls.some(({ problems }) => problems.length > 0) ? surroundings.timeout : GRACE;
  return [...tls, { problems: having(patience, routeProblems(live)), notes: [] }];
}

async function look(surroundings: Surroundings, workload: Workload): Promise<Found> {
  const { services, routes } = workload;
  const problems = await Promise.all(services.map((it) => serviceProblems(surroundings.cluster, it, workload)));
  const ways = (await Promise.all(routes.map((it) => routeFound(surroundings, it)))).flat();
  return {
    problems: [...problems.flat(), ...ways.flatMap((it) => it.problems)],
    notes: ways.flatMap((it) => it.notes),
  };
}

/**
 * Its Services lead to Pods, and somebody serves its Ingresses and HTTPRoutes.
 *
 * @param say told what is waited for
 * @returns what cannot be told
 * @throws Failure
 */
export async function checkExposed(
  surroundings: Surroundings,
  workload: Workload,
  say: (text: string) => void,
): Promise<readonly string[]> {
  const began = Date.now();
  for (;;) {
    const { problems, notes } = await look(surroundings, workload);
    if (problems.length === 0) return notes;
    const text = problems.map((it) => it.text).join('; ');
    if (problems.some(({ patience }) => Date.now() - began >= patience)) {
      throw new Failure(
        'exposed',
        text,
        problems.every(({ patience }) => patience === GRACE),
      );
    }
    say(text);
    await sleep(INTERVAL);
  }
}
