import { singleAddress } from '../../config/addresses';
import { urlAddress } from '../../config/url-address';
import type { k8s } from '../k8s';

/** The peers of a NetworkPolicy behind a URL: a Service's namespace, an address, or else what an outside host may be. */
export function urlPeers(
  url: string,
  outside: readonly { readonly cidr: string; readonly except?: string[] }[],
): k8s.NetworkPolicyPeer[] {
  const { namespace, address } = urlAddress(url);
  if (namespace !== undefined) {
    return [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }];
  }
  const blocks = address === undefined ? outside : [{ cidr: singleAddress(address) }];
  return blocks.map((ipBlock) => ({ ipBlock }));
}
