import { WORKSPACE } from '../sandbox/volumes';
import { containersOf, selects, type Finding, type Manifest, type Manifests, type PodManifest } from './objects';

/** Every port of a Service reaches a port that a selected Pod declares. */
export function* servicePorts(manifests: Manifests): Generator<Finding> {
  for (const object of manifests.ofKind('Service')) {
    const selected = manifests.podsSelected(object.metadata.namespace, { matchLabels: object.spec.selector });
    if (selected.length === 0) yield { rule: 'service-ports', object, text: 'selects no Pod' };
    for (const pod of selected) {
      const declared = containersOf(pod)
        .flatMap((it) => it.ports ?? [])
        .flatMap(({ name, containerPort }: Manifest) => [name, containerPort]);
      for (const { port, targetPort = port } of object.spec.ports) {
        if (declared.includes(targetPort)) continue;
        yield {
          rule: 'service-ports',
          object,
          text: `port ${port} targets ${targetPort}, which the Pod does not declare`,
        };
      }
    }
  }
}

const backendsOf = ({ kind, spec }: Manifest): { name: string; port: number }[] =>
  kind === 'Ingress'
    ? spec.rules.flatMap(({ http }: Manifest) =>
        http.paths.map(({ backend: { service } }: Manifest) => ({ name: service.name, port: service.port.number })),
      )
    : spec.rules.flatMap(({ backendRefs = [] }: Manifest) => backendRefs);

/** Every Ingress and HTTPRoute leads to a port of a Service. */
export function* backends(manifests: Manifests): Generator<Finding> {
  for (const object of manifests.ofKind('Ingress', 'HTTPRoute')) {
    for (const { name, port } of backendsOf(object)) {
      const service = manifests.find('Service', object.metadata.namespace, name);
      if (service?.spec.ports.some((it: Manifest) => it.port === port)) continue;
      yield { rule: 'backends', object, text: `leads to ${name}:${port}, which is not there` };
    }
  }
}

/** Whether Velero makes a Pod's workspace: the claim has the labels of its Pod. */
const isRestored = (manifests: Manifests, { namespace, labels }: PodManifest) =>
  manifests
    .ofKind('Restore')
    .some(({ spec }) => spec.includedNamespaces.includes(namespace) && selects(spec.labelSelector, labels));

/** Every claim, config and account that a Pod names is there, unless it is one that others bring (`volume-…`). */
export function* podReferences(manifests: Manifests): Generator<Finding> {
  for (const pod of manifests.pods) {
    const claims = (pod.spec.volumes ?? []).filter((it: Manifest) => it.name === WORKSPACE && it.persistentVolumeClaim);
    const configs = (pod.spec.volumes ?? []).filter((it: Manifest) => it.configMap);
    const account = pod.spec.serviceAccountName;
    const named: [string, string][] = [
      ...claims.map((it: Manifest) => ['PersistentVolumeClaim', it.persistentVolumeClaim.claimName]),
      ...configs.map((it: Manifest) => ['ConfigMap', it.configMap.name]),
      // Every namespace has the account `default`.
      ...(account === undefined || account === 'default' ? [] : [['ServiceAccount', account]]),
    ];
    for (const [kind, name] of named) {
      if (manifests.find(kind, pod.namespace, name) !== undefined) continue;
      if (kind === 'PersistentVolumeClaim' && isRestored(manifests, pod)) continue;
      yield { rule: 'pod-references', object: pod.object, text: `names ${kind} ${name}, which is not there` };
    }
    const volumes = (pod.spec.volumes ?? []).map(({ name }: Manifest) => name);
    const templates = (pod.object.spec.volumeClaimTemplates ?? []).map(({ metadata }: Manifest) => metadata.name);
    for (const { name } of containersOf(pod).flatMap((it) => it.volumeMounts ?? [])) {
      if ([...volumes, ...templates].includes(name)) continue;
      yield { rule: 'pod-references', object: pod.object, text: `mounts the volume ${name}, which it does not have` };
    }
  }
}

/** Every RoleBinding binds a Role that is there. */
export function* roleReferences(manifests: Manifests): Generator<Finding> {
  for (const object of manifests.ofKind('RoleBinding', 'ClusterRoleBinding')) {
    const { kind, name } = object.roleRef;
    if (manifests.find(kind, kind === 'Role' ? object.metadata.namespace : undefined, name)) continue;
    yield { rule: 'role-references', object, text: `binds ${kind} ${name}, which is not there` };
  }
}

export function* tls(manifests: Manifests): Generator<Finding> {
  for (const object of manifests.ofKind('Ingress')) {
    const covered = (object.spec.tls ?? []).flatMap(({ hosts }: Manifest) => hosts);
    const plain = object.spec.rules.map(({ host }: Manifest) => host).filter((host: string) => !covered.includes(host));
    if (plain.length > 0) yield { rule: 'tls', object, text: `serves ${plain.join(', ')} without TLS` };
  }
  for (const object of manifests.ofKind('Gateway')) {
    if (object.spec.listeners.some(({ protocol }: Manifest) => protocol === 'HTTPS')) continue;
    yield { rule: 'tls', object, text: 'has no HTTPS listener' };
  }
}
