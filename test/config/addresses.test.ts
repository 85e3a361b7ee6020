import {
  contains,
  everywhere,
  internet,
  METADATA_ADDRESSES,
  overlap,
  privateRangesIn,
  without,
  withoutMetadata,
} from '../../config/addresses';

test.each([
  ['10.0.0.0/8', '10.1.2.0/24', true],
  ['10.1.2.0/24', '10.0.0.0/8', false],
  ['0.0.0.0/0', '255.255.255.255/32', true],
  ['10.0.0.0/8', '11.0.0.0/8', false],
  ['fc00::/7', 'fd12:3456::/32', true],
  ['::/0', '10.0.0.0/8', false],
])('%s contains %s: %s', (outer, inner, expected) => {
  expect(contains(outer, inner)).toBe(expected);
});

test('two ranges overlap when either contains the other', () => {
  expect(overlap('10.0.0.0/8', '10.1.0.0/16')).toBe(true);
  expect(overlap('10.1.0.0/16', '10.0.0.0/8')).toBe(true);
  expect(overlap('10.1.0.0/16', '10.2.0.0/16')).toBe(false);
});

test.each([
  ['8.8.8.0/24', []],
  ['172.16.5.0/24', ['172.16.0.0/12']],
  ['172.0.0.0/8', ['172.16.0.0/12']],
  ['fe80::1/128', ['fe80::/10']],
])('%s reaches into the private ranges %j', (cidr, ranges) => {
  expect(privateRangesIn(cidr)).toEqual(ranges);
});

test('a range around a metadata address leaves it out', () => {
  expect(withoutMetadata('169.254.0.0/16')).toEqual({ cidr: '169.254.0.0/16', except: ['169.254.169.254/32'] });
  expect(withoutMetadata('8.8.8.0/24')).toEqual({ cidr: '8.8.8.0/24' });
});

test.each([
  ['the internet', internet],
  ['everywhere', everywhere],
])('%s holds no metadata address', (_, blocks) => {
  for (const { cidr, except = [] } of blocks(['IPv4', 'IPv6'])) {
    for (const address of METADATA_ADDRESSES.filter((it) => contains(cidr, it))) {
      expect(except.some((it) => contains(it, address))).toBe(true);
    }
  }
});

test('the internet of one address family has no ranges of the other', () => {
  expect(internet(['IPv4']).map(({ cidr }) => cidr)).toEqual(['0.0.0.0/0']);
  expect(internet(['IPv6']).map(({ cidr }) => cidr)).toEqual(['::/0']);
});

describe('a range without others', () => {
  test.each([
    ['10.0.0.0/8', [], ['10.0.0.0/8']],
    ['10.0.0.0/8', ['192.168.0.0/16'], ['10.0.0.0/8']],
    ['10.0.0.0/8', ['10.0.0.0/8'], []],
    ['10.1.0.0/16', ['10.0.0.0/8'], []],
    ['10.0.0.0/8', ['10.0.0.0/9'], ['10.128.0.0/9']],
    ['10.0.0.0/30', ['10.0.0.1/32'], ['10.0.0.0/32', '10.0.0.2/31']],
    ['10.0.0.0/29', ['10.0.0.1/32', '10.0.0.6/32'], ['10.0.0.0/32', '10.0.0.2/31', '10.0.0.4/31', '10.0.0.7/32']],
    ['fc00::/7', ['fd00::/8'], ['fc00::/8']],
    ['fd00::/126', ['fd00::2/128'], ['fd00::/127', 'fd00::3/128']],
    ['fd12:3456:789a:1::/63', ['fd12:3456:789a:1::/64'], ['fd12:3456:789a::/64']],
  ])('%s without %j is %j', (range, holes, left) => {
    expect(without(range, holes)).toEqual(left);
  });

  test('holds all of its addresses but theirs', () => {
    const left = without('10.0.0.0/8', ['10.244.0.0/16', '10.96.0.0/12']);

    expect(left.some((it) => overlap(it, '10.244.0.0/16') || overlap(it, '10.96.0.0/12'))).toBe(false);
    const sizes = left.map((it) => 2 ** (32 - Number(it.split('/')[1])));
    expect(sizes.reduce((sum, it) => sum + it, 0)).toBe(2 ** 24 - 2 ** 16 - 2 ** 20);
  });
});
