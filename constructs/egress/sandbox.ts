/** What egress by name changes about a sandbox's Pod. */
import { isIPv6 } from 'node:net';
import { egressNames, proxiedNames, PROXY_VARIABLES } from '../../config/egress';
import type { NetworkConfig } from '../../config/schema/network';
import type { k8s } from '../k8s';
import { EGRESS_PORT } from './port';

/** What is in the sandbox itself is asked directly. */
const DIRECT = 'localhost,127.0.0.1,::1';

/** Variables by which the programs of a sandbox find the proxy. That they have no other way is what the policies say. */
export function proxyVariables(network: NetworkConfig): k8s.EnvVar[] {
  const egress = proxiedNames(network);
  if (egress === undefined) return [];
  const { address } = egress;
  const proxy = `http://${isIPv6(address) ? `[${address}]` : address}:${EGRESS_PORT}`;
  return [
    ...PROXY_VARIABLES.map((name) => ({ name, value: proxy })),
    ...['NO_PROXY', 'no_proxy'].map((name) => ({ name, value: DIRECT })),
    // Without it Node.js 24 reads none of them.
    { name: 'NODE_USE_ENV_PROXY', value: '1' },
  ];
}

type Dns = Pick<k8s.PodSpec, 'dnsPolicy' | 'dnsConfig'>;

/**
 * A name server that is not there: a program that does not know of the proxy fails at once. One that no policy lets through
 * would have it wait for half a minute.
 */
const NO_NAME_SERVER: Dns = { dnsPolicy: 'None', dnsConfig: { nameservers: ['127.0.0.1'] } };

/**
 * A name is asked for as it is. With a domain of the cluster behind it, Cilium would refuse the question, and musl takes that
 * for the answer. https://docs.cilium.io/en/stable/security/policy/language/#alpine-musl-deployments-and-dns-refused
 */
const AS_IT_IS: Dns = { dnsConfig: { options: [{ name: 'ndots', value: '1' }] } };

/** How a sandbox looks names up, where it may not look up any. */
export function nameServer(network: NetworkConfig): Dns {
  if (proxiedNames(network)) return NO_NAME_SERVER;
  return egressNames(network) ? AS_IT_IS : {};
}
