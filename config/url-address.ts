import { isIP } from 'node:net';

const LABEL = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const SERVICE = new RegExp(String.raw`^${LABEL}\.(${LABEL})\.svc(?:\.cluster\.local)?$`);
const LIKE_SERVICE = /(^|\.)(svc|cluster\.local)\.?$/;

/** Where a URL leads. */
export interface UrlAddress {
  /** The Service's, for `name.namespace.svc` and `name.namespace.svc.cluster.local`. */
  readonly namespace?: string;
  /** For an IPv4 or IPv6 address. */
  readonly address?: string;
  /** 443 unless the URL says another. */
  readonly port: number;
}

/** A host that is neither a Service nor an address is outside of the cluster. */
export function urlAddress(url: string): UrlAddress {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    namespace: SERVICE.exec(host)?.[1],
    address: isIP(host) === 0 ? undefined : host,
    port: port === '' ? 443 : Number(port),
  };
}

/** Whether a URL's host looks like a Service of the cluster, and is none. */
export const isNoService = (url: string): boolean => {
  const { hostname } = new URL(url);
  return LIKE_SERVICE.test(hostname) && !SERVICE.test(hostname);
};
