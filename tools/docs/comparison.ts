/** What tells the profiles apart, each in the words of one cell. */
import type { Manifest, Manifests, PodManifest } from '../../constructs/policy/objects';
import { isBuiltIn } from '../cluster/groups';
import { code, codes, lines, NONE, unique } from './markdown';
import { selectsPod } from './network-policy';
import { peersText, portsText } from './peers';
import { sceneOf, type Workload } from './scene';
import { standardOf } from './pod-security';
import { isSandbox, type Shipped } from './shipped';

/** Every line of a cell once. */
const cell = (texts: readonly string[]): string => lines(unique(texts));

const sandboxes = ({ manifests }: Shipped): PodManifest[] => manifests.pods.filter(isSandbox);

const sessions = (shipped: Shipped) => sandboxes(shipped).filter(({ labels }) => labels.session !== undefined);

const pools = (shipped: Shipped) => sandboxes(shipped).filter(({ labels }) => labels.session === undefined);

const main = ({ spec }: PodManifest): Manifest => spec.containers[0];

function sessionsText(shipped: Shipped): string {
  const own = sessions(shipped);
  if (own.length === 0) return NONE;
  const kinds = unique(own.map(({ object }) => object.kind)).join(', ');
  return `${own.length}: ${codes(own.map(({ labels }) => labels.session!))}<br>each a ${kinds}`;
}

/** What makes a pool's Pods: a SandboxTemplate's are made by the warm pool that names it. */
const poolObjects = (shipped: Shipped): Manifest[] =>
  pools(shipped).map(
    ({ object }) =>
      shipped.manifests
        .ofKind('SandboxWarmPool')
        .find(({ spec }) => spec.sandboxTemplateRef.name === object.metadata.name) ?? object,
  );

function metricText({ type, resource }: Manifest): string {
  if (!resource) return `${type} metrics`;
  const { averageUtilization, averageValue } = resource.target;
  return `${resource.name} at ${averageUtilization === undefined ? averageValue : `${averageUtilization} %`}`;
}

const autoscalerOf = (manifests: Manifests, object: Manifest): Manifest | undefined =>
  manifests.ofKind('HorizontalPodAutoscaler').find(({ spec: { scaleTargetRef } }) => {
    return scaleTargetRef.kind === object.kind && scaleTargetRef.name === object.metadata.name;
  });

function replicasText(shipped: Shipped): string {
  return cell(
    poolObjects(shipped).map((object) => {
      const autoscaler = autoscalerOf(shipped.manifests, object);
      if (autoscaler === undefined) return `${object.spec.replicas}, fixed`;
      const { minReplicas, maxReplicas, metrics } = autoscaler.spec;
      return `${minReplicas}–${maxReplicas}, ${metrics.map(metricText).join(', ')}`;
    }),
  );
}

/** How long a scale-down waits: what decides whether work in progress survives a quiet minute. */
const scaleDownText = ({ manifests }: Shipped): string =>
  cell(
    manifests
      .ofKind('HorizontalPodAutoscaler')
      .map(({ spec }) => `${spec.behavior?.scaleDown?.stabilizationWindowSeconds ?? 300} s`),
  );

function availabilityText(shipped: Shipped): string {
  const { manifests } = shipped;
  const budgets = manifests.ofKind('PodDisruptionBudget').map(({ spec: { minAvailable, maxUnavailable } }) => {
    return maxUnavailable === undefined ? `budget: ${minAvailable} stay` : `budget: ${maxUnavailable} at a time`;
  });
  const spread = sandboxes(shipped)
    .flatMap(({ spec }) => spec.topologySpreadConstraints ?? [])
    .map(({ topologyKey }: Manifest) => topologyKey.replace(/^.*\//, ''));
  const priorities = manifests.ofKind('PriorityClass').map(({ value }) => `priority ${value}`);
  const spreadText = spread.length > 0 ? [`spread over ${unique(spread).join(' and ')}`] : [];
  return cell([...budgets, ...spreadText, ...priorities]);
}

const sizeOf = (claim: Manifest): string => claim.spec.resources.requests.storage;

/** The volumes of a Pod that hold files, and whether these outlive it. */
function volumesOf({ object, namespace, spec }: PodManifest, manifests: Manifests): string[] {
  const templates = (object.spec.volumeClaimTemplates ?? []).map((it: Manifest) => `${sizeOf(it)} each, lasting`);
  const volumes = (spec.volumes ?? []).flatMap(({ persistentVolumeClaim, ephemeral, hostPath }: Manifest) => {
    if (hostPath) return [`the node's ${hostPath.path}`];
    if (ephemeral) return [`${sizeOf(ephemeral.volumeClaimTemplate)} each, scratch: gone with the Pod`];
    if (!persistentVolumeClaim) return [];
    const claim = manifests.find('PersistentVolumeClaim', namespace, persistentVolumeClaim.claimName);
    return [claim ? `${sizeOf(claim)} each, lasting` : `the claim ${persistentVolumeClaim.claimName}`];
  });
  return [...templates, ...volumes];
}

const volumesText = (pods: readonly PodManifest[], manifests: Manifests): string =>
  cell(pods.flatMap((pod) => volumesOf(pod, manifests)));

const amounts = (of: Manifest | undefined): string =>
  Object.entries(of ?? {})
    .map(([name, value]) => `${name} ${value}`)
    .join(', ') || NONE;

const resourcesText = (shipped: Shipped, part: 'requests' | 'limits'): string =>
  cell(sandboxes(shipped).map((pod) => amounts(main(pod).resources?.[part])));

const nodesText = (shipped: Shipped): string =>
  cell(
    sandboxes(shipped).flatMap(({ spec }) => Object.entries(spec.nodeSelector ?? {}).map((it) => code(it.join('=')))),
  );

/** Ways in from outside the cluster, by their kinds and classes. */
function ingressText({ manifests }: Shipped): string {
  const ingresses = manifests
    .ofKind('Ingress')
    .map(({ spec }) => (spec.ingressClassName ? `Ingress, class ${code(spec.ingressClassName)}` : 'Ingress, no class'));
  const gateways = manifests.ofKind('Gateway').map(({ spec }) => `Gateway, class ${code(spec.gatewayClassName)}`);
  return cell([...ingresses, ...gateways, ...manifests.ofKind('HTTPRoute').map(() => 'HTTPRoute')]);
}

const hostsText = ({ manifests }: Shipped): string =>
  cell([
    ...manifests.ofKind('Ingress').flatMap(({ spec }) => spec.rules.map(({ host }: Manifest) => code(host))),
    ...manifests.ofKind('HTTPRoute').flatMap(({ spec }) => (spec.hostnames ?? []).map(code)),
    ...manifests
      .ofKind('Gateway')
      .flatMap(({ spec }) => spec.listeners.flatMap((it: Manifest) => it.hostname ?? []).map(code)),
  ]);

function tlsText({ manifests }: Shipped): string {
  const secrets = [
    ...manifests.ofKind('Ingress').flatMap(({ spec }) => (spec.tls ?? []).map((it: Manifest) => it.secretName)),
    ...manifests
      .ofKind('Gateway')
      .flatMap(({ spec }) => spec.listeners.flatMap(({ tls }: Manifest) => tls?.certificateRefs ?? []))
      .map(({ name }: Manifest) => name),
  ];
  const issuers = manifests.ofKind('Certificate').map(({ spec }) => `by ${code(spec.issuerRef.name)}`);
  return cell([...secrets.map((it) => `Secret ${code(it)}`), ...issuers]);
}

/** What the sandboxes' policies let in, or out. */
function rulesText(shipped: Shipped, direction: 'ingress' | 'egress'): string {
  const { policies, sandboxes } = sceneOf(shipped);
  const ports = Object.assign({}, ...sandboxes.map((it) => it.ports)) as Workload['ports'];
  const own = policies.filter((policy) => sandboxes.some(({ endpoint: { pod } }) => pod && selectsPod(policy, pod)));
  const rules = own.flatMap(({ spec }) => spec[direction] ?? []);
  return cell(
    rules.map((rule: Manifest) => {
      const peers = peersText(direction === 'ingress' ? rule.from : rule.to).join(' or ');
      return `${peers}, ${portsText(rule.ports, direction === 'ingress' ? ports : {})}`;
    }),
  );
}

/** Of the sandboxes' namespace. */
const quotaText = ({ manifests, profile }: Shipped): string =>
  cell(
    manifests
      .ofKind('ResourceQuota')
      .filter(({ metadata }) => metadata.namespace === profile.kubernetes.namespace)
      .flatMap(({ spec }) =>
        ['pods', 'requests.cpu', 'limits.memory', 'requests.storage']
          .filter((it) => spec.hard[it] !== undefined)
          .map((it) => `${it} ${spec.hard[it]}`),
      ),
  );

function sessionKeysText(shipped: Shipped): string {
  const keys = sandboxes(shipped)
    .flatMap((pod) => main(pod).env ?? [])
    .filter(({ name }: Manifest) => /^OH_SESSION_API_KEYS_|^SESSION_API_KEY$/.test(name))
    .map(({ valueFrom }: Manifest) => (valueFrom?.secretKeyRef?.optional ? 'optional' : 'required'));
  return cell(keys);
}

const customText = ({ manifests }: Shipped): string => {
  const custom = manifests.all.filter(({ apiVersion }) => !isBuiltIn(apiVersion));
  const groups = unique(custom.map(({ apiVersion }) => apiVersion as string)).sort();
  return lines(
    groups.map((group) => {
      const kinds = custom.filter(({ apiVersion }) => apiVersion === group).map(({ kind }) => kind as string);
      return `${code(group)}: ${unique(kinds).join(', ')}`;
    }),
  );
};

const othersText = ({ manifests }: Shipped): string =>
  cell(
    manifests.pods.filter((it) => !isSandbox(it)).map(({ object }) => `${object.kind} ${code(object.metadata.name)}`),
  );

/** The rows of the comparison: a title, and what it is in a profile. */
export const COMPARISON: readonly (readonly [title: string, cell: (shipped: Shipped) => string])[] = [
  ['Contract', ({ profile }) => code(profile.deploy.contract)],
  ['Image', (it) => cell(sandboxes(it).map((pod) => code(main(pod).image)))],
  ['Namespace', ({ profile }) => code(profile.kubernetes.namespace)],
  ['Pod Security standard', (it) => standardOf(it, it.profile.kubernetes.namespace)],
  ['Sessions', sessionsText],
  ['Their volumes', (it) => volumesText(sessions(it), it.manifests)],
  ['Pool', (it) => cell(poolObjects(it).map(({ kind, metadata }) => `${kind} ${code(metadata.name)}`))],
  ['Its replicas', replicasText],
  ['Its volumes', (it) => volumesText(pools(it), it.manifests)],
  ['Scale-down waits', scaleDownText],
  ['High availability', availabilityText],
  ['A sandbox requests', (it) => resourcesText(it, 'requests')],
  ['A sandbox is limited to', (it) => resourcesText(it, 'limits')],
  ['Nodes', nodesText],
  ['Way in', ingressText],
  ['Hosts', hostsText],
  ['TLS', tlsText],
  ['Who may call', (it) => rulesText(it, 'ingress')],
  ['Where a sandbox may go', (it) => rulesText(it, 'egress')],
  ['Quota', quotaText],
  ['Session keys', sessionKeysText],
  ['Admission policy', ({ manifests }) => (manifests.ofKind('ValidatingAdmissionPolicy').length > 0 ? 'yes' : NONE)],
  ['Other workloads', othersText],
  ['Custom resources that the cluster must know', customText],
  ['Objects', ({ manifests }) => String(manifests.all.length)],
];
