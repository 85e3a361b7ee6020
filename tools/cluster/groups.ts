/** API groups without a dot, and these under k8s.io, are Kubernetes's own: others under k8s.io are of projects beside it. */
const OWN_GROUPS =
  /^(admissionregistration|apiregistration|authentication|authorization|certificates|coordination|discovery|events|flowcontrol|networking|node|rbac\.authorization|scheduling|storage)\.k8s\.io$/;

/** The group of an apiVersion; that of `v1` has no name. */
export const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion.split('/')[0]! : '');

/** Whether every cluster has the kinds of an apiVersion. */
export const isBuiltIn = (apiVersion: string): boolean => {
  const group = groupOf(apiVersion);
  return !group.includes('.') || OWN_GROUPS.test(group);
};
