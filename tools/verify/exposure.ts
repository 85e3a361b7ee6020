import { X509Certificate } from 'node:crypto';
import { nameOf, type Manifest } from '../../constructs/policy/objects';

/** What is wrong with a way in, or uncertain about it. */
export interface Exposure {
  readonly problems: readonly string[];
  /** What cannot be told, and does not have to be wrong. */
  readonly notes: readonly string[];
}

/** A certificate that ends sooner than this, in ms, should have been renewed. */
const SOON = 7 * 24 * 3_600_000;

const DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class';

/** Ports of a Service that lead to no port of its Pods: the reason why nobody answers although all is Ready. */
export function missedPorts(service: Manifest, pod: Manifest): string[] {
  const ports: Manifest[] = pod.containers.flatMap((it: Manifest) => it.ports ?? []);
  const known = ports
    .map(({ name, containerPort }) => (name ? `${name} (${containerPort})` : containerPort))
    .join(', ');
  return (service.spec.ports ?? []).flatMap(({ name, port, targetPort = port }: Manifest) => {
    if (ports.some((it) => it.name === targetPort || it.containerPort === targetPort)) return [];
    const its = `${nameOf(service)}: its port ${name ?? port} leads to ${JSON.stringify(targetPort)}`;
    return [`${its}, but the Pods' ports are ${known || 'none'}`];
  });
}

/** What a Service's EndpointSlices say against it: nothing when every port has a Pod that is ready. */
export function missingEndpoints(service: Manifest, slices: readonly Manifest[]): string | undefined {
  const ready = slices.filter(({ endpoints }) =>
    (endpoints ?? []).some((it: Manifest) => it.conditions?.ready !== false && it.addresses.length > 0),
  );
  if (ready.length === 0) return `${nameOf(service)} has no ready endpoint`;
  const named = new Set(ready.flatMap(({ ports }) => (ports ?? []).map((it: Manifest) => it.name ?? '')));
  const missing = service.spec.ports.filter((it: Manifest) => !named.has(it.name ?? ''));
  return missing.length === 0
    ? undefined
    : `${nameOf(service)} has no ready endpoint on port ${missing.map((it: Manifest) => it.name ?? it.port).join(', ')}`;
}

/** Whether somebody serves an Ingress. */
export function ingressExposure(live: Manifest, classes: readonly Manifest[]): Exposure {
  const name = nameOf(live);
  const wanted = live.spec.ingressClassName ?? live.metadata.annotations?.['kubernetes.io/ingress.class'];
  const known = classes.map(({ metadata }) => metadata.name).join(', ') || 'none';
  if (wanted !== undefined && !classes.some(({ metadata }) => metadata.name === wanted)) {
    return { problems: [`${name}: IngressClass ${wanted} does not exist, the cluster's are ${known}`], notes: [] };
  }
  if (wanted === undefined && !classes.some(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === 'true')) {
    return { problems: [], notes: [`${name} has no class and the cluster no default: perhaps nobody serves it`] };
  }
  const addresses = live.status?.loadBalancer?.ingress ?? [];
  const notes = addresses.length > 0 ? [] : [`${name} has no address: its controller publishes none`];
  return { problems: [], notes };
}

const CONDITIONS = ['Accepted', 'ResolvedRefs'];

/** What its Gateways say about an HTTPRoute. */
export function routeProblems(live: Manifest): string[] {
  const parents: Manifest[] = live.status?.parents ?? [];
  if (parents.length === 0) return [`${nameOf(live)} is seen by no Gateway controller`];
  return parents.flatMap(({ parentRef, conditions = [] }) =>
    CONDITIONS.flatMap((type) => {
      const condition = conditions.find((it: Manifest) => it.type === type);
      if (condition?.status === 'True') return [];
      const why = condition ? `${condition.reason}: ${condition.message}` : 'its controller does not say';
      return [`${nameOf(live)} is not ${type} by Gateway ${parentRef.name}: ${why}`.replace(/\s+/g, ' ')];
    }),
  );
}

/** A host and the Secret that holds its certificate. */
export interface TlsUse {
  readonly secretName: string;
  readonly namespace: string;
  readonly hosts: readonly string[];
}

export const tlsOfIngress = ({ metadata, spec }: Manifest): TlsUse[] =>
  (spec.tls ?? []).map(({ secretName, hosts = [] }: Manifest) => ({
    secretName,
    namespace: metadata.namespace ?? 'default',
    hosts,
  }));

/** The certificates of a Gateway's listeners. */
export const tlsOfGateway = ({ metadata, spec }: Manifest): TlsUse[] =>
  (spec.listeners ?? []).flatMap(({ tls, hostname }: Manifest) =>
    (tls?.certificateRefs ?? []).map((it: Manifest) => ({
      secretName: it.name,
      namespace: it.namespace ?? metadata.namespace,
      hosts: hostname ? [hostname] : [],
    })),
  );

const date = (time: number) => new Date(time).toISOString().slice(0, 10);

/** A wildcard is matched by what it stands for. */
const sample = (host: string) => host.replace(/^\*\./, 'any.');

/** What is wrong with the certificate in a Secret. `now` in ms since 1970. */
export function certificateProblems(
  { secretName, hosts }: TlsUse,
  secret: Manifest | undefined,
  now: number,
): string[] {
  const name = `TLS Secret ${secretName}`;
  if (secret === undefined) return [`${name} does not exist${hosts.length > 0 ? ` (for ${hosts.join(', ')})` : ''}`];
  const encoded: string | undefined = secret.data?.['tls.crt'];
  if (!encoded || !secret.data['tls.key']) return [`${name} has no tls.crt or no tls.key`];
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(Buffer.from(encoded, 'base64'));
  } catch {
    return [`${name}: tls.crt is not a certificate`];
  }
  const ends = Date.parse(certificate.validTo);
  const problems = hosts
    .filter((host) => certificate.checkHost(sample(host)) === undefined)
    .map((host) => `${name} is not for ${host}, but for ${certificate.subjectAltName ?? certificate.subject}`);
  if (ends <= now) problems.push(`${name} has expired on ${date(ends)}`);
  else if (ends <= now + SOON) problems.push(`${name} expires on ${date(ends)}, in less than 7 days`);
  if (Date.parse(certificate.validFrom) > now) problems.push(`${name} is not valid before ${certificate.validFrom}`);
  return problems;
}
