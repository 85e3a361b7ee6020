import { METADATA_ADDRESSES, contains } from '../../config/addresses';
import { RUNTIME } from '../labels';
import { selects, type Finding, type Manifest, type Manifests, type PodManifest } from './objects';

const DIRECTIONS = ['Ingress', 'Egress'] as const;

/** Every Pod is under a policy in both directions. */
export function* podIsSelected(manifests: Manifests): Generator<Finding> {
  const selected = { Ingress: new Set<PodManifest>(), Egress: new Set<PodManifest>() };
  for (const { metadata, spec } of manifests.ofKind('NetworkPolicy')) {
    const pods = manifests.podsSelected(metadata.namespace, spec.podSelector);
    for (const direction of DIRECTIONS) {
      if (spec.policyTypes.includes(direction)) for (const pod of pods) selected[direction].add(pod);
    }
  }
  for (const pod of manifests.pods) {
    for (const direction of DIRECTIONS) {
      if (selected[direction].has(pod)) continue;
      yield { rule: 'pod-is-selected', object: pod.object, text: `is under no NetworkPolicy for ${direction}` };
    }
  }
}

/** A Pod that is made at run time, with any labels or none, is under a policy in both directions too. */
export function* namespaceIsDenied(manifests: Manifests): Generator<Finding> {
  const forEveryPod = manifests.ofKind('NetworkPolicy').filter(({ spec }) => selects(spec.podSelector, {}));
  for (const object of manifests.ofKind('Namespace')) {
    const { name } = object.metadata;
    if (manifests.podsSelected(name, { matchLabels: { app: RUNTIME } }).length === 0) continue;
    const own = forEveryPod.filter(({ metadata }) => metadata.namespace === name);
    for (const direction of DIRECTIONS) {
      if (own.some(({ spec }) => spec.policyTypes.includes(direction))) continue;
      yield { rule: 'namespace-is-denied', object, text: `has no NetworkPolicy about every Pod for ${direction}` };
    }
  }
}

/** Every policy says why it is there, and names ports and peers: an empty list would mean everything. */
export function* policyIsMeant(manifests: Manifests): Generator<Finding> {
  for (const object of manifests.ofKind('NetworkPolicy')) {
    if (!object.metadata.annotations?.['kubernetes.io/description']) {
      yield { rule: 'policy-is-meant', object, text: 'does not say why it is there' };
    }
    for (const { ports, from } of object.spec.ingress ?? []) {
      if (!ports?.length) yield { rule: 'policy-is-meant', object, text: 'lets everybody in on every port' };
      if (!from?.length) yield { rule: 'known-peers', object, text: 'lets everybody in' };
    }
    for (const { to } of object.spec.egress ?? []) {
      if (!to?.length) yield { rule: 'known-peers', object, text: 'lets its Pods out to everybody' };
    }
  }
}

/** No policy reaches a cloud's metadata address; one by name denies it, whatever a name resolves to. */
export function* noMetadata(manifests: Manifests): Generator<Finding> {
  for (const object of manifests.ofKind('NetworkPolicy')) {
    const blocks = (object.spec.egress ?? []).flatMap(({ to = [] }: Manifest) =>
      to.flatMap((it: Manifest) => it.ipBlock ?? []),
    );
    for (const { cidr, except = [] } of blocks) {
      for (const address of METADATA_ADDRESSES) {
        if (!contains(cidr, address) || except.some((it: string) => contains(it, address))) continue;
        yield { rule: 'no-metadata', object, text: `reaches the metadata address ${address}` };
      }
    }
  }
  for (const object of manifests.ofKind('CiliumNetworkPolicy')) {
    const denied: string[] = (object.spec.egressDeny ?? []).flatMap(({ toCIDR = [] }: Manifest) => toCIDR);
    for (const address of METADATA_ADDRESSES) {
      if (denied.some((it) => contains(it, address))) continue;
      yield { rule: 'no-metadata', object, text: `does not deny the metadata address ${address}` };
    }
  }
}
