import { everywhere, type IpFamily } from '../../config/addresses';
import type { k8s } from '../k8s';

/** Where a URL leads: the Service's namespace for `name.namespace.svc`, and the port, 443 unless it says another. */
export function elasticsearchAddress(url: string): { readonly namespace?: string; readonly port: number } {
  const { hostname, port } = new URL(url);
  return {
    namespace: /^[^.]+\.([^.]+)\.svc(\.|$)/.exec(hostname)?.[1],
    port: port === '' ? 443 : Number(port),
  };
}

/** The peers of a NetworkPolicy behind a URL: a namespace, or every address but a cloud's metadata, as no other is known. */
export function elasticsearchPeers(url: string, families: readonly IpFamily[]): k8s.NetworkPolicyPeer[] {
  const { namespace } = elasticsearchAddress(url);
  if (namespace === undefined) return everywhere(families).map((ipBlock) => ({ ipBlock }));
  return [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }];
}
