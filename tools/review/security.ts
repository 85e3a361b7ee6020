import { walk, type Manifest } from '../../constructs/policy/objects';
import type { FieldChange } from '../verify/fields';
import type { ObjectChange } from './change';

/** Kinds that are about nothing else, and what they decide. */
const KINDS: Readonly<Record<string, string>> = {
  NetworkPolicy: 'who may talk to whom',
  Role: 'who may do what',
  ClusterRole: 'who may do what',
  RoleBinding: 'who may do what',
  ClusterRoleBinding: 'who may do what',
  ServiceAccount: 'which identity Pods have',
  ValidatingAdmissionPolicy: 'what the cluster refuses',
  ValidatingAdmissionPolicyBinding: 'what the cluster refuses',
  ResourceQuota: 'how much can be taken',
  LimitRange: 'how much can be taken',
  Secret: 'secrets',
  ExternalSecret: 'where secrets come from',
  Certificate: 'certificates',
  Ingress: 'what is reachable from outside',
  HTTPRoute: 'what is reachable from outside',
  Gateway: 'what is reachable from outside',
  RuntimeClass: 'how Pods are isolated',
};

/** Fields that decide about security, and what they decide. Matched against a field's whole path. */
const FIELDS: readonly (readonly [RegExp, string])[] = [
  [/pod-security\.kubernetes\.io/, 'what Pods the namespace allows'],
  [/(^|\.)(securityContext|privileged|capabilities|seccompProfile|procMount)\b/, 'what a process may do'],
  [/\.(hostNetwork|hostPID|hostIPC|hostUsers|hostPath|hostPort|hostAliases)\b/, "the node's own"],
  [/\.(serviceAccountName|automountServiceAccountToken)$|serviceAccountToken/, 'which identity Pods have'],
  [/\.runtimeClassName$/, 'how Pods are isolated'],
  [/\.image$/, 'what runs'],
  [/\.containers\[[^\]]*\](\.(command|args))?$|\.(command|args)$/, 'what runs'],
  [/secretKeyRef|\.envFrom|\.secret(Name)?\b|imagePullSecrets/, 'which secrets Pods get'],
  [/\.volumes\b/, 'what Pods can read'],
  [/^spec\.(type|externalIPs|loadBalancerSourceRanges)\b|nodePort/, 'what is reachable from outside'],
  [/(^spec\.selector|template\.metadata\.labels)\b/, 'which policies select the Pods'],
  [/\.limits\b/, 'how much can be taken'],
  [/\.(nodeSelector|tolerations|affinity)\b/, 'on which nodes it runs'],
];

const unique = (texts: readonly string[]) => [...new Set(texts)];

/** Every path in a value, so that a whole field that came or went is judged by what is in it. */
function pathsOf(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, it]) => pathsOf(it, `${path}.${key}`));
  return inner.length > 0 ? [path, ...inner] : [path];
}

const fieldReasons = ({ path, before, after }: FieldChange): string[] => {
  const paths = [...pathsOf(before, path), ...pathsOf(after, path)];
  return FIELDS.filter(([pattern]) => paths.some((it) => pattern.test(it))).map(([, reason]) => reason);
};

/** Kinds whose annotations are settings: of an ingress controller, a load balancer, a cloud's identities. */
const SET_BY_ANNOTATIONS = ['Gateway', 'HTTPRoute', 'Ingress', 'Service', 'ServiceAccount'];

/** Labels, and other kinds' annotations, change nothing about what a kind decides. */
const isCosmetic = ({ path }: FieldChange, kind: string) =>
  path.startsWith('metadata.labels') || (path.startsWith('metadata.annotations') && !SET_BY_ANNOTATIONS.includes(kind));

function hasPods(object: Manifest): boolean {
  let found = false;
  walk(object, (value) => (found ||= Array.isArray(value?.containers)));
  return found;
}

/** Why a reviewer must look at a change. Nothing: it does not concern security. */
export function securityReasons({ action, object, fields }: ObjectChange): string[] {
  const ofKind = KINDS[object.kind];
  if (action !== 'changed') {
    const isNamespace = object.kind === 'Namespace' ? ['what Pods the namespace allows'] : [];
    return unique([...(ofKind ? [ofKind] : []), ...isNamespace, ...(hasPods(object) ? ['what runs'] : [])]);
  }
  const isMeant = ofKind && fields.some((it) => !isCosmetic(it, object.kind));
  return unique([...(isMeant ? [ofKind] : []), ...fields.flatMap(fieldReasons)]);
}

/** Security-relevant changes first; otherwise in the order in which they came. */
export function bySecurity<T extends ObjectChange>(changes: readonly T[]): { security: T[]; other: T[] } {
  return {
    security: changes.filter((it) => securityReasons(it).length > 0),
    other: changes.filter((it) => securityReasons(it).length === 0),
  };
}
