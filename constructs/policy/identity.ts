import { isSecret, looksLikeCredential } from '../../config/credentials';
import { containersOf, walk, type Finding, type Manifest, type Manifests } from './objects';

const CLUSTER_SCOPED = new Set([
  'Namespace',
  'ClusterRole',
  'ClusterRoleBinding',
  'PriorityClass',
  'RuntimeClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
]);

const RECOMMENDED_LABELS = ['name', 'instance', 'component', 'part-of', 'managed-by'];

export function* uniqueObject(manifests: Manifests): Generator<Finding> {
  const seen = new Set<string>();
  for (const object of manifests.all) {
    const { name, namespace = '' } = object.metadata;
    const key = [object.apiVersion, object.kind, namespace, name].join(' ');
    if (seen.has(key)) yield { rule: 'unique-object', object, text: 'is there twice' };
    seen.add(key);
  }
}

/** A name that cdk8s made up ends in `-c8` and a hash; other programs cannot look it up. */
export function* plainName(manifests: Manifests): Generator<Finding> {
  for (const object of manifests.all) {
    const { name } = object.metadata;
    if (!name || /-c8[0-9a-f]{6}/.test(name)) yield { rule: 'plain-name', object, text: `has the name ${name}` };
  }
}

export function* namespaceStated(manifests: Manifests): Generator<Finding> {
  for (const object of manifests.all) {
    const isNamespaced = !CLUSTER_SCOPED.has(object.kind);
    if (isNamespaced === (object.metadata.namespace !== undefined)) continue;
    yield {
      rule: 'namespace-stated',
      object,
      text: isNamespaced ? 'has no namespace' : 'has a namespace and is of the cluster',
    };
  }
}

export function* recommendedLabels(manifests: Manifests): Generator<Finding> {
  for (const object of manifests.all) {
    const missing = RECOMMENDED_LABELS.filter((it) => !object.metadata.labels?.[`app.kubernetes.io/${it}`]);
    if (missing.length > 0)
      yield { rule: 'recommended-labels', object, text: `lacks app.kubernetes.io/${missing.join(', ')}` };
  }
}

/** Maps whose keys are the user's, and may be called `value`. */
const FREE_MAPS = new Set(['labels', 'matchLabels', 'annotations', 'nodeSelector', 'data']);

/** A typed value in a raw object renders as `{value: …}`, which no API server reads. */
const isUnresolved = (value: Manifest, key: string) =>
  typeof value === 'object' &&
  value !== null &&
  !FREE_MAPS.has(key) &&
  'value' in value &&
  typeof value.value !== 'object' &&
  Object.keys(value).length === 1;

/** What every value of an object must be, wherever it stands: one walk through all of them. */
export function* values(manifests: Manifests): Generator<Finding> {
  // Most texts of a session are those of every session: they are looked at once.
  const harmless = new Set<string>();
  for (const object of manifests.all) {
    const unresolved = new Set<string>();
    let hasCredential = false;
    walk(object, (value, key) => {
      if (typeof value !== 'string') {
        if (isUnresolved(value, key)) unresolved.add(`has an unresolved value ${value.value}`);
      } else if (!harmless.has(value)) {
        if (looksLikeCredential(value)) hasCredential = true;
        else harmless.add(value);
      }
    });
    for (const text of unresolved) yield { rule: 'plain-values', object, text };
    if (hasCredential) yield { rule: 'no-secret', object, text: 'holds a credential' };
  }
}

/** A variable whose name asks for a secret must refer to a Secret. */
export function* noSecretVariable(manifests: Manifests): Generator<Finding> {
  for (const pod of manifests.pods) {
    for (const { name, value } of containersOf(pod).flatMap((it) => it.env ?? [])) {
      if (isSecret(name, value)) yield { rule: 'no-secret', object: pod.object, text: `writes ${name} out` };
    }
  }
}
