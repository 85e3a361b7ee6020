export type ClientNode = typeof import('@kubernetes/client-node');

/** The Kubernetes client. Loaded when it is needed: it is an ES module, and takes a second. */
export const loadClientNode = (): Promise<ClientNode> => import('@kubernetes/client-node');
