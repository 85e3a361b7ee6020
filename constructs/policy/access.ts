import type { Finding, Manifests } from './objects';

const intersects = (values: string[] = [], ...others: string[]) => values.some((it) => others.includes(it));

export function* narrowRoles(manifests: Manifests): Generator<Finding> {
  for (const object of manifests.ofKind('Role', 'ClusterRole')) {
    for (const { apiGroups, resources, verbs } of object.rules) {
      if (intersects([...apiGroups, ...resources, ...verbs], '*'))
        yield { rule: 'no-wildcard', object, text: 'has a *' };
      if (intersects(resources, 'secrets')) yield { rule: 'no-secrets-access', object, text: 'reaches Secrets' };
      if (
        intersects(resources, 'pods', 'pods/exec', 'pods/attach', 'pods/portforward') &&
        intersects(verbs, 'create', 'update', 'patch')
      ) {
        yield { rule: 'no-pod-creation', object, text: 'may make Pods or run commands in them' };
      }
    }
  }
}

export function* tokenlessAccounts(manifests: Manifests): Generator<Finding> {
  for (const object of manifests.ofKind('ServiceAccount')) {
    if (object.automountServiceAccountToken !== false)
      yield { rule: 'tokenless-account', object, text: 'gives its Pods a token' };
  }
}

export function* podSecurityLabels(manifests: Manifests): Generator<Finding> {
  for (const object of manifests.ofKind('Namespace')) {
    for (const mode of ['enforce', 'audit', 'warn'].flatMap((it) => [it, `${it}-version`])) {
      const value = object.metadata.labels?.[`pod-security.kubernetes.io/${mode}`];
      if (value && value !== 'latest') continue;
      yield { rule: 'pod-security-labels', object, text: `has no pinned pod-security.kubernetes.io/${mode}` };
    }
  }
}
