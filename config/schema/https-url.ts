import * as z from 'zod';
import { METADATA_ADDRESSES, singleAddress } from '../addresses';
import { isNoService, urlAddress } from '../url-address';

const SERVICE =
  'a URL whose host is a Service as name.namespace.svc or name.namespace.svc.cluster.local, an address, or a host outside';

function isMetadata(url: string): boolean {
  const { address } = urlAddress(url);
  return address !== undefined && METADATA_ADDRESSES.some((it) => it === singleAddress(address));
}

/**
 * A URL over TLS, port 443 unless it says another. `name.namespace.svc` and `name.namespace.svc.cluster.local` are a
 * Service of the cluster, whose Pods listen on the same port; any other name is a host outside.
 *
 * @param of whom the URL leads to, for a refusal
 */
export function HttpsUrl(of: string, example: string) {
  const error = `an https:// URL without a user, such as ${example}`;
  return z
    .url({ protocol: /^https$/, error, abort: true })
    .refine((text) => !text.includes('@') && !/[?#]/.test(text), { error, abort: true })
    .refine((text) => urlAddress(text).port > 0, { error: 'a URL with a port from 1 to 65535' })
    .refine((text) => !isNoService(text), { error: SERVICE })
    .refine((text) => !isMetadata(text), { error: `a URL of ${of}, not of a cloud's metadata` });
}
