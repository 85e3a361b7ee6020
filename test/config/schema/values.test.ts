import type * as z from 'zod';
import * as values from '../../../config/schema/values';

const accepts = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;

describe('a quantity of bytes', () => {
  test.each(['512Mi', '2Gi', '1e9', '1.5Gi', '.5Gi', '5.', '+1Gi', '1E', '1Ei', '123456'])('%j', (text) => {
    expect(accepts(values.ByteQuantity, text)).toBe(true);
  });

  test.each([
    '2gb',
    '-1Gi',
    '0',
    '0Gi',
    '1..5Gi',
    '',
    ' 1Gi',
    '1Gi ',
    '1Gi\n',
    '512m',
    '1e-3',
    '1e400',
    '9Zi',
    'NaN',
    5,
  ])('not %j', (text) => {
    expect(accepts(values.ByteQuantity, text)).toBe(false);
  });

  test('fits in 64 bits', () => {
    expect(accepts(values.ByteQuantity, '7Ei')).toBe(true);
    expect(accepts(values.ByteQuantity, '8Ei')).toBe(false);
  });
});

describe('a quantity of CPU', () => {
  test.each(['1', '0.5', '500m', '1m', '1e-3', '2k'])('%j', (text) => {
    expect(accepts(values.CpuQuantity, text)).toBe(true);
  });

  test.each(['0', '-1', '0.0001', '0.5m', '1Ki', '1Gi', '5u', '1 core', '', '1e400', 1])('not %j', (text) => {
    expect(accepts(values.CpuQuantity, text)).toBe(false);
  });
});

describe('amount', () => {
  test.each([
    ['500m', 0.5],
    ['1Ki', 1024],
    ['1k', 1000],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['1e3', 1000],
    ['1E3', 1000],
    ['1E', 1e18],
    ['1Ei', 2 ** 60],
  ])('of %s is %d', (text, expected) => {
    expect(values.amount(text)).toBeCloseTo(expected);
  });

  test('of what is no quantity cannot be told', () => {
    expect(() => values.amount('2gb')).toThrow('2gb is no quantity');
  });
});

test.each([
  ['250m', 4, '1000m'],
  ['1.1', 8, '8.8'],
  ['2Gi', 2, '4Gi'],
  ['1e3', 2, '2e3'],
  ['+1Gi', 1, '+1Gi'],
])('%s × %d is %s', (text, factor, expected) => {
  expect(values.times(text, factor)).toBe(expected);
});

const LONG = 'a'.repeat(63);

describe.each<[keyof typeof values & string, z.ZodType, unknown[], unknown[]]>([
  ['DnsLabel', values.DnsLabel, ['a', 'a-1', '1a', LONG], ['', 'A', '-a', 'a-', 'a.b', 'a_b', 'é', 'a\n', `${LONG}a`]],
  ['DnsSubdomain', values.DnsSubdomain, ['a.b', 'a-1.example'], ['a..b', '.a', 'a.', 'A.b', `${'a.'.repeat(127)}a`]],
  ['LabelKey', values.LabelKey, ['zone', 'example.com/zone_A.1'], ['', '/zone', 'a/', 'a/b/c', 'a b', `${LONG}a`]],
  ['LabelValue', values.LabelValue, ['', 'us-east_1.A'], ['-a', 'a-', 'a b', `${LONG}a`]],
  [
    'ImageReference',
    values.ImageReference,
    ['python', 'python:3.13', 'localhost:5000/a/b__c:v1', `a@sha256:${'0'.repeat(64)}`],
    ['', 'Python', 'a b', 'a:', 'https://a/b', 'a@sha256:12', 'a'.repeat(256)],
  ],
  ['EnvVarName', values.EnvVarName, ['A', '_a.b-C1'], ['', '1A', 'A B', 'A=B', 'é']],
  ['IpAddress', values.IpAddress, ['10.0.0.1', '::1'], ['', '10.0.0', '256.0.0.1', 'localhost', '10.0.0.0/8']],
  ['Cidr', values.Cidr, ['10.0.0.0/8', 'fd00::/8', '::/0'], ['', '10.0.0.0', '10.0.0.0/33', 'fd00::/129', 'a/8']],
  ['Port', values.Port, [1, 65535], [0, 65536, 1.5, '80', NaN]],
  ['AbsolutePath', values.AbsolutePath, ['/a', '/a/b c'], ['', '/', 'a', '/a/', '/a//b', '/a:b', '/a'.repeat(50_000)]],
])('%s', (_, schema, good, bad) => {
  test.each(good)('takes %j', (value) => expect(accepts(schema, value)).toBe(true));
  test.each(bad)('refuses %j', (value) => expect(accepts(schema, value)).toBe(false));
});

test('seconds are whole and have a least number', () => {
  expect([0, 1, 1.5, '1'].map((value) => accepts(values.Seconds(1), value))).toEqual([false, true, false, false]);
});

test.each([
  [{ secret: 'name', key: 'entry.txt' }, true],
  [{ secret: 'name' }, false],
  [{ secret: 'Name', key: 'entry' }, false],
  [{ secret: 'name', key: 'a/b' }, false],
  [{ secret: 'name', key: 'entry', optional: true }, false],
])('%j as a reference to a Secret: %s', (value, expected) => {
  expect(accepts(values.SecretReference, value)).toBe(expected);
});

test('an empty string of an optional field means none', () => {
  expect(values.orNone(values.DnsLabel).parse('')).toBeUndefined();
});
