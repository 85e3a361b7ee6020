/** Address ranges, IPv4 and IPv6, and what lies in what. */
import { BlockList, isIPv6 } from 'node:net';

/** Not the internet's: private networks, carriers' shared space, link-local with the clouds' metadata address. */
export const PRIVATE_RANGES = {
  ipv4: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16'],
  ipv6: ['fc00::/7', 'fe80::/10'],
} as const;

/**
 * Nobody's on the internet either, for a program that is told where to connect: itself, groups of hosts, documentation and
 * tests, and IPv6 addresses in which an IPv4 address hides. https://www.iana.org/assignments/iana-ipv4-special-registry
 */
export const SPECIAL_RANGES = {
  ipv4: ['0.0.0.0/8', '127.0.0.0/8', '192.0.0.0/24', '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4'],
  ipv6: ['::/128', '::1/128', '64:ff9b::/96', '64:ff9b:1::/48', '2001::/32', '2002::/16', 'ff00::/8'],
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

/** The bits of an address, as 0 and 1. */
function bitsOf(address: string): string {
  if (!isIPv6(address))
    return address
      .split('.')
      .map((it) => Number(it).toString(2).padStart(8, '0'))
      .join('');
  // A URL writes an IPv4 address at the end in hexadecimal digits.
  const [start = '', end] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text = '') => (text === '' ? [] : text.split(':'));
  const zeros = Array<string>(8 - groups(start).length - groups(end).length).fill('0');
  const all = end === undefined ? groups(start) : [...groups(start), ...zeros, ...groups(end)];
  return all.map((it) => Number.parseInt(it, 16).toString(2).padStart(16, '0')).join('');
}

/** An address of bits, the missing ones 0. */
function addressOf(bits: string, family: 'ipv4' | 'ipv6'): string {
  const size = family === 'ipv4' ? 8 : 16;
  const all = bits.padEnd(family === 'ipv4' ? 32 : 128, '0');
  const groups = all.match(new RegExp(`.{${size}}`, 'g'))!.map((it) => Number.parseInt(it, 2));
  if (family === 'ipv4') return groups.join('.');
  return new URL(`http://[${groups.map((it) => it.toString(16)).join(':')}]`).hostname.slice(1, -1);
}

/** What is left of a range without others: the fewest ranges that hold it. */
export function without(range: string, holes: readonly string[]): string[] {
  if (holes.some((it) => contains(it, range))) return [];
  if (!holes.some((it) => contains(range, it))) return [range];
  const { address, prefix, family } = split(range);
  const bits = bitsOf(address).slice(0, prefix);
  return ['0', '1'].flatMap((bit) => without(`${addressOf(bits + bit, family)}/${prefix + 1}`, holes));
}
