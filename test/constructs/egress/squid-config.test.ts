import { contains } from '../../../config/addresses';
import { EgressNames } from '../../../config/schema/egress-names';
import { REFUSALS } from '../../../constructs/egress/refusals';
import { squidConfig } from '../../../constructs/egress/squid-config';

const config = (egress: object) =>
  squidConfig(EgressNames.parse({ domains: ['api.example.com'], ...egress })).split('\n');

/** The values of an ACL. */
const acl = (lines: readonly string[], name: string): string[] =>
  lines.filter((it) => it.startsWith(`acl ${name} `)).map((it) => it.split(' ').at(-1)!);

const access = (lines: readonly string[]) => lines.filter((it) => it.startsWith('http_access'));

test('a name is let through, and a wildcard as the names below it', () => {
  const lines = config({ domains: ['api.example.com', '*.example.org'] });

  expect(acl(lines, 'names')).toEqual(['api.example.com']);
  const [below] = acl(lines, 'names_below').map((it) => new RegExp(it, 'i'));
  expect(['a.example.org', 'a.b.example.org', 'A.EXAMPLE.ORG'].map((it) => below!.test(it))).toEqual([
    true,
    true,
    true,
  ]);
  expect(
    ['example.org', 'notexample.org', 'a.exampleXorg', 'a.example.org.evil.com'].map((it) => below!.test(it)),
  ).toEqual([false, false, false, false]);
});

test.each([
  [{ domains: ['a.example.com'] }, 'acl listed any-of names'],
  [{ domains: ['*.example.com'] }, 'acl listed any-of names_below'],
  [{ domains: ['a.example.com', '*.example.org'] }, 'acl listed any-of names names_below'],
])('no list is empty, which Squid would not start with: %j', (egress, line) => {
  expect(config(egress)).toContain(line);
});

test('a name is looked up only when it is known to be listed, and what is allowed comes last', () => {
  expect(access(config({}))).toEqual([
    'http_access allow itself probe',
    'http_access deny manager because_manager',
    'http_access deny !ports because_port',
    'http_access deny tls !CONNECT because_method',
    'http_access deny addresses because_address',
    'http_access deny !listed because_name',
    'http_access deny private because_private',
    'http_access allow listed',
    'http_access deny all',
  ]);
});

test('no address is looked up to find a name that is allowed', () => {
  const typed = config({ domains: ['a.example.com', '*.example.org'] }).filter((it) => / dstdom/.test(it));

  expect(typed.length).toBeGreaterThan(0);
  for (const line of typed) expect(line).toMatch(/ dstdom(ain|_regex) -n /);
});

const isRefused = (lines: readonly string[], address: string) =>
  acl(lines, 'private').some((it) => contains(it, address));

test.each([
  ...['127.0.0.1/32', '0.0.0.0/32', '10.96.0.1/32', '172.31.0.1/32', '192.168.1.1/32', '100.64.0.1/32'],
  ...['169.254.169.254/32', '224.0.0.1/32', '255.255.255.255/32'],
  ...['::1/128', '::/128', 'fd00:ec2::254/128', 'fe80::1/128', '64:ff9b::a00:1/128', '2002:a00:1::/128', 'ff02::1/128'],
])('a name that leads to %s is refused', (address) => {
  expect(isRefused(config({}), address)).toBe(true);
});

test.each(['203.0.113.1/32', '9.9.9.9/32', '2001:db8::1/128', '2606:4700::1/128'])(
  'one that leads to %s is not',
  (address) => {
    expect(isRefused(config({}), address)).toBe(false);
  },
);

test('a private range that is let through is, and nothing beside it', () => {
  const lines = config({ allow_private: ['10.20.0.0/16'] });

  expect(isRefused(lines, '10.20.255.255/32')).toBe(false);
  expect(['10.19.255.255/32', '10.21.0.0/32', '10.96.0.1/32'].map((it) => isRefused(lines, it))).toEqual([
    true,
    true,
    true,
  ]);
});

test('IPv4 addresses in IPv6 are what Squid holds every IPv4 address as: no range may name them', () => {
  expect(acl(config({}), 'private').some((it) => contains(it, '::ffff:203.0.113.1/128'))).toBe(false);
});

test('every refusal is in the log with its reason, and has a page', () => {
  const lines = config({});

  for (const { reason } of Object.values(REFUSALS)) {
    const annotation = lines.find((it) => it.endsWith(` annotate_transaction refused=${reason}`))!;
    const name = annotation.split(' ')[1]!;
    expect(lines.some((it) => it.startsWith('http_access deny ') && it.endsWith(` ${name}`))).toBe(true);
    expect(lines.some((it) => it.startsWith('deny_info ') && it.endsWith(` ${name}`))).toBe(true);
  }
});

test('the log is JSON, whatever a client asks for', () => {
  const formats = config({}).filter((it) => it.startsWith('logformat'));

  expect(formats).toHaveLength(2);
  for (const format of formats) {
    const line = format
      .replace(/^logformat \w+ /, '')
      .replace('%>Hs', '403')
      .replace(/%[^",:]*/g, 'x');
    expect(JSON.parse(line)).toMatchObject({ name: 'egress', 'http.status_code': 403 });
    // %# is the encoding of a URL: nothing that a client writes ends the text that it stands in.
    expect(format.match(/%[^#"{]*r[mu]/g)).toBeNull();
  }
});
