import { parse } from 'yaml';
import { exporterConfig } from '../../../constructs/monitoring/exporter-config';
import type { Rendered } from '../../render';

const blackbox = (...families: ('IPv4' | 'IPv6')[]): Rendered =>
  parse(exporterConfig(families)['blackbox.yml']).modules.http_2xx;

const json: Rendered = parse(exporterConfig(['IPv4'])['json.yml']).modules.server_info;

test('a sandbox is asked with GET alone', () => {
  expect(blackbox('IPv4')).toMatchObject({ prober: 'http', http: { method: 'GET' } });
});

test('a sandbox’s answer leads nowhere else', () => {
  expect(blackbox('IPv4').http.follow_redirects).toBe(false);
  expect(json.http_client_config.follow_redirects).toBe(false);
});

test('a sandbox’s endless answer is not read', () => {
  expect(blackbox('IPv4').http.body_size_limit).toBe('64KB');
});

test.each([
  [['IPv4'], 'ip4', false],
  [['IPv6'], 'ip6', false],
  [['IPv4', 'IPv6'], 'ip4', true],
  [['IPv6', 'IPv4'], 'ip6', true],
] as const)('in a cluster of %j an address is %s', (families, protocol, fallback) => {
  expect(blackbox(...families).http).toMatchObject({
    preferred_ip_protocol: protocol,
    ip_protocol_fallback: fallback,
  });
});

test('what a sandbox says of itself becomes gauges', () => {
  expect(json.metrics).toMatchObject([
    { name: 'openhands_server_uptime_seconds', path: '{ .uptime }', valuetype: 'gauge' },
    { name: 'openhands_server_idle_seconds', path: '{ .idle_time }', valuetype: 'gauge' },
  ]);
});

test('it sends no key', () => {
  expect(JSON.stringify([blackbox('IPv4'), json])).not.toMatch(/header|auth|key/i);
});
