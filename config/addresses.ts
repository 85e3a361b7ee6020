/** Address ranges, IPv4 and IPv6, and what lies in what. */
import { BlockList, isIPv6 } from 'node:net';

/** Not the internet's: private networks, carriers' shared space, link-local with the clouds' metadata address. */
export const PRIVATE_RANGES = {
  ipv4: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16'],
  ipv6: ['fc00::/7', 'fe80::/10'],
} as const;

/** Where a cloud hands out its node's credentials: AWS, GCP, Azure and others; AWS over IPv6. */
export const METADATA_ADDRESSES = ['169.254.169.254/32', 'fd00:ec2::254/128'] as const;

const EVERYTHING = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;

const split = (cidr: string) => {
  const [address, prefix] = cidr.split('/') as [string, string];
  return { address, prefix: Number(prefix), family: isIPv6(address) ? ('ipv6' as const) : ('ipv4' as const) };
};

/** Whether the whole of `inner` lies in `outer`. */
export function contains(outer: string, inner: string): boolean {
  const [wide, narrow] = [split(outer), split(inner)];
  if (wide.family !== narrow.family || wide.prefix > narrow.prefix) return false;
  const list = new BlockList();
  list.addSubnet(wide.address, wide.prefix, wide.family);
  return list.check(narrow.address, narrow.family);
}

/** Whether two ranges share an address. */
export const overlap = (a: string, b: string): boolean => contains(a, b) || contains(b, a);

/** The private ranges that a range reaches into. */
export const privateRangesIn = (cidr: string): string[] =>
  [...PRIVATE_RANGES.ipv4, ...PRIVATE_RANGES.ipv6].filter((range) => overlap(cidr, range));

/** An `ipBlock` of a NetworkPolicy that never holds a metadata address. */
export function withoutMetadata(cidr: string): { cidr: string; except?: string[] } {
  const except = METADATA_ADDRESSES.filter((address) => contains(cidr, address));
  return { cidr, ...(except.length > 0 && { except }) };
}

/** The range that is one address. */
export const singleAddress = (address: string): string => `${address}/${isIPv6(address) ? 128 : 32}`;

export type IpFamily = 'IPv4' | 'IPv6';

const RANGES = { IPv4: 'ipv4', IPv6: 'ipv6' } as const;

/** The internet, as `ipBlock`s. */
export const internet = (families: readonly IpFamily[]) =>
  families.map((family) => ({ cidr: EVERYTHING[RANGES[family]], except: [...PRIVATE_RANGES[RANGES[family]]] }));

/** Every address but the metadata's, as `ipBlock`s. */
export const everywhere = (families: readonly IpFamily[]) =>
  families.map((family) => withoutMetadata(EVERYTHING[RANGES[family]]));
