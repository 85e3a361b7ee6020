import { nameOf, walk, type Manifest } from '../../constructs/policy/objects';
import type { Reference } from '../cluster/cluster';

/** An object that must be there before these manifests work, and that they do not bring. */
export interface Need {
  readonly reference: Reference;
  /** Entries that it must have, of a Secret. */
  readonly keys: readonly string[];
  /** `Kind/name` of those that need it. */
  readonly by: readonly string[];
  /** Without it, everything works but what it is for. */
  readonly isOptional: boolean;
  /** The object of the manifests that makes it when it is applied. */
  readonly madeBy?: string;
}

interface Use {
  readonly reference: Reference;
  readonly key?: string;
  readonly isOptional?: boolean;
}

const secret = (name: string, namespace: string, key?: string, isOptional = false): Use => ({
  reference: { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } },
  key,
  isOptional,
});

/** Secrets that a Pod's spec names, wherever in it. */
function secretsOf(object: Manifest, namespace: string): Use[] {
  const uses: Use[] = [];
  walk(object, (value) => {
    if (typeof value !== 'object' || value === null) return;
    const { secretKeyRef, secretRef, secretName, imagePullSecrets } = value;
    if (secretKeyRef) uses.push(secret(secretKeyRef.name, namespace, secretKeyRef.key, secretKeyRef.optional));
    if (secretRef?.name) uses.push(secret(secretRef.name, namespace, undefined, secretRef.optional));
    if (typeof secretName === 'string') uses.push(secret(secretName, namespace, undefined, value.optional));
    for (const { name } of imagePullSecrets ?? []) uses.push(secret(name, namespace));
  });
  return uses;
}

/** Secrets of receivers of alerts: where one is missing, prometheus-operator leaves the whole object out. */
function receiversOf({ kind, metadata, spec }: Manifest): Use[] {
  if (kind !== 'AlertmanagerConfig') return [];
  const uses: Use[] = [];
  walk(spec.receivers, (value) => {
    const { urlSecret, apiURL, routingKey, authPassword } = value ?? {};
    for (const entry of [urlSecret, apiURL, routingKey, authPassword]) {
      if (entry) uses.push(secret(entry.name, metadata.namespace, entry.key));
    }
  });
  return uses;
}

const clusterWide = (apiVersion: string, kind: string, name: string): Use => ({
  reference: { apiVersion, kind, metadata: { name } },
});

/** Classes and the like that an object asks for by name. */
function classesOf(object: Manifest): Use[] {
  const uses: Use[] = [];
  walk(object, (value) => {
    if (typeof value !== 'object' || value === null) return;
    const { runtimeClassName, storageClassName, ingressClassName, gatewayClassName, priorityClassName } = value;
    if (runtimeClassName) uses.push(clusterWide('node.k8s.io/v1', 'RuntimeClass', runtimeClassName));
    if (storageClassName) uses.push(clusterWide('storage.k8s.io/v1', 'StorageClass', storageClassName));
    if (ingressClassName) uses.push(clusterWide('networking.k8s.io/v1', 'IngressClass', ingressClassName));
    if (gatewayClassName) uses.push(clusterWide('gateway.networking.k8s.io/v1', 'GatewayClass', gatewayClassName));
    if (priorityClassName && !priorityClassName.startsWith('system-')) {
      uses.push(clusterWide('scheduling.k8s.io/v1', 'PriorityClass', priorityClassName));
    }
  });
  return uses;
}

/** What an operator's object builds on. */
function issuersOf({ kind, metadata, spec }: Manifest): Use[] {
  const { namespace } = metadata;
  const inNamespace = (of: string) => (of.startsWith('Cluster') ? {} : { namespace });
  if (kind === 'Certificate') {
    const { kind: of = 'Issuer', name } = spec.issuerRef;
    return [{ reference: { apiVersion: 'cert-manager.io/v1', kind: of, metadata: { name, ...inNamespace(of) } } }];
  }
  if (kind === 'ExternalSecret' && spec.secretStoreRef) {
    const { kind: of = 'SecretStore', name } = spec.secretStoreRef;
    return [{ reference: { apiVersion: 'external-secrets.io/v1', kind: of, metadata: { name, ...inNamespace(of) } } }];
  }
  return [];
}

/** Certificates that a Gateway serves. */
const certificatesOf = ({ kind, metadata, spec }: Manifest): Use[] =>
  kind !== 'Gateway'
    ? []
    : spec.listeners
        .flatMap(({ tls }: Manifest) => tls?.certificateRefs ?? [])
        .map(({ name, namespace = metadata.namespace }: Manifest) => secret(name, namespace));

const keyOf = ({ kind, metadata }: Reference) => [kind, metadata.namespace ?? '', metadata.name].join(' ');

/** What the manifests make themselves: object to who makes it. */
function madeBy(objects: readonly Manifest[]): Map<string, string> {
  const made = new Map<string, string>();
  for (const object of objects) {
    const { kind, metadata, spec } = object;
    made.set(keyOf(object), nameOf(object));
    const target = { Certificate: spec?.secretName, ExternalSecret: spec?.target?.name ?? metadata.name }[
      kind as string
    ];
    if (target) made.set(['Secret', metadata.namespace, target].join(' '), nameOf(object));
  }
  return made;
}

/** What an object refers to. A Certificate's Secret is what it makes, not what it needs. */
const usesOf = (object: Manifest): Use[] => [
  ...(['Certificate', 'ExternalSecret'].includes(object.kind)
    ? []
    : secretsOf(object, object.metadata.namespace ?? 'default')),
  ...receiversOf(object),
  ...classesOf(object),
  ...issuersOf(object),
  ...certificatesOf(object),
];

/** Everything that the manifests refer to and do not bring themselves as an object of their own. */
export function needsOf(objects: readonly Manifest[]): Need[] {
  const made = madeBy(objects);
  const needs = new Map<string, Need>();
  for (const object of objects) {
    for (const { reference, key, isOptional = false } of usesOf(object)) {
      const id = keyOf(reference);
      const known = needs.get(id);
      needs.set(id, {
        reference,
        keys: [...new Set([...(known?.keys ?? []), ...(key ? [key] : [])])],
        by: [...new Set([...(known?.by ?? []), nameOf(object)])],
        isOptional: (known?.isOptional ?? true) && isOptional,
        madeBy: made.get(id),
      });
    }
  }
  return [...needs.values()].filter(({ madeBy, reference }) => madeBy !== nameOf(reference));
}

/** The kinds that the cluster must know, each with those objects that are of it. */
export function kindsOf(objects: readonly Manifest[]): Map<string, string[]> {
  const kinds = new Map<string, string[]>();
  for (const object of objects) {
    const kind = `${object.apiVersion} ${object.kind}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), nameOf(object)]);
  }
  return kinds;
}
