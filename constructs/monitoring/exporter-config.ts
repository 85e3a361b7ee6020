import type { IpFamily } from '../../config/addresses';
import { yamlOf } from '../output/yaml';

/** Ports of the exporter's containers, and of its Service, by their names. */
export const EXPORTER_PORTS = { blackbox: 9115, json: 7979 } as const;

/** Module of the blackbox exporter that asks whether a sandbox is well. */
export const HEALTH_MODULE = 'http_2xx';

/** Module of the JSON exporter that reads `/server_info`. */
export const SERVER_INFO_MODULE = 'server_info';

/**
 * A sandbox answers these questions itself, and who works in it may make it answer anything: no answer leads elsewhere,
 * and a long one is not read to its end.
 */
const blackbox = (ipFamilies: readonly IpFamily[]) => ({
  modules: {
    [HEALTH_MODULE]: {
      prober: 'http',
      http: {
        method: 'GET',
        follow_redirects: false,
        body_size_limit: '64KB',
        preferred_ip_protocol: ipFamilies[0] === 'IPv6' ? 'ip6' : 'ip4',
        ip_protocol_fallback: ipFamilies.length > 1,
      },
    },
  },
});

/** One gauge a field: an answer without it has no such series, and the others all the same. */
const gauge = (name: string, field: string, help: string) => ({
  name,
  help,
  path: `{ .${field} }`,
  // In the exporter's spelling.
  valuetype: 'gauge',
});

const json = {
  modules: {
    [SERVER_INFO_MODULE]: {
      http_client_config: { follow_redirects: false },
      metrics: [
        gauge('openhands_server_uptime_seconds', 'uptime', 'Time since the program in the sandbox started.'),
        gauge('openhands_server_idle_seconds', 'idle_time', 'Time since the last request that was work.'),
      ],
    },
  },
};

/** The exporters' configuration files: name to text. */
export const exporterConfig = (ipFamilies: readonly IpFamily[]) => ({
  'blackbox.yml': yamlOf(blackbox(ipFamilies)),
  'json.yml': yamlOf(json),
});
