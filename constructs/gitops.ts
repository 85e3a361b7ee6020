/**
 * Annotations of whatever takes files along when it is deleted: a workspace's claim, a Sandbox that owns one, a namespace. The
 * tools that apply the manifests delete what is in no file any more, unless it says so itself.
 * https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
 * https://argo-cd.readthedocs.io/en/stable/user-guide/compare-options/
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#prune
 */
export const KEPT = {
  // Left there on purpose, it makes nothing OutOfSync, which self-healing would try to mend for ever (seen).
  'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

/**
 * Annotation of what holds Pods to rules. Argo CD has an order of kinds, and admission policies, which it does not know, come
 * after the Pods (seen: ten seconds after). https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 */
export const BEFORE_PODS = { 'argocd.argoproj.io/sync-wave': '-1' };
