import { parse } from 'yaml';
import { find, objectsOfToml, type Rendered } from '../../render';
import { logged } from './profile';

const NAMES = '[deploy.network.egress]\nsets = ["github"]\n';
const WATCHED = `${NAMES}[deploy.monitoring]\n`;

const objectsOf = (tables: string) => objectsOfToml(logged('', tables));
const configOf = (tables: string) =>
  parse(find(objectsOf(tables), 'ConfigMap', 'openhands-logs').data['config.yaml']) as Rendered;
const containerOf = (tables: string) =>
  find(objectsOf(tables), 'DaemonSet', 'openhands-logs').spec.template.spec.containers[0];

test('the collector reads what the egress proxy prints, wherever it runs', () => {
  const { receivers, service } = configOf(NAMES);

  for (const name of ['file_log/egress_refused', 'file_log/egress']) {
    expect(receivers[name].include[0]).toBe('/var/log/pods/openhands-system_openhands-egress-*/squid/*.log');
    expect(service.pipelines['logs/files'].receivers).toContain(name);
  }
});

test('each line is read by one of the two receivers', () => {
  const { receivers } = configOf(NAMES);
  const drops = (name: string): string => receivers[name].operators.at(-1).expr;

  expect(drops('file_log/egress_refused')).toBe(`not (${drops('file_log/egress')})`);
});

test('where there is monitoring, Prometheus alone may ask how many were refused', () => {
  const objects = objectsOf(WATCHED);

  expect(configOf(WATCHED).service.telemetry.metrics).toEqual({
    level: 'basic',
    readers: [{ pull: { exporter: { prometheus: { host: '0.0.0.0', port: 8888 } } } }],
  });
  expect(containerOf(WATCHED).ports).toContainEqual({ name: 'metrics', containerPort: 8888 });
  expect(find(objects, 'NetworkPolicy', 'openhands-logs-allow-prometheus').spec).toEqual({
    podSelector: { matchLabels: { 'app.kubernetes.io/name': 'openhands-logs' } },
    policyTypes: ['Ingress'],
    ingress: [
      {
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
            podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } },
          },
        ],
        ports: [{ protocol: 'TCP', port: 8888 }],
      },
    ],
  });
  expect(find(objects, 'PodMonitor', 'openhands-logs')).toMatchObject({
    metadata: { namespace: 'openhands-logging', labels: { release: 'kube-prometheus-stack' } },
    spec: {
      selector: { matchLabels: { 'app.kubernetes.io/name': 'openhands-logs' } },
      podMetricsEndpoints: [{ port: 'metrics', interval: '30s' }],
    },
  });
});

test.each([
  ['without monitoring', NAMES],
  ['without egress by name', '[deploy.monitoring]\n'],
])('%s nobody asks, and no port is open', (_, tables) => {
  expect(configOf(tables).service.telemetry.metrics).toEqual({ level: 'none' });
  expect(containerOf(tables).ports).toHaveLength(1);
  expect(
    objectsOf(tables).filter(({ kind, metadata }) => kind === 'PodMonitor' && metadata.name === 'openhands-logs'),
  ).toEqual([]);
});

test('the alert about refusals is there with what counts them', () => {
  const alerts = (toml: string) =>
    find(objectsOfToml(toml), 'PrometheusRule')
      .spec.groups.flatMap(({ rules }: Rendered) => rules)
      .map(({ alert }: Rendered) => alert);

  expect(alerts(logged('', WATCHED))).toContain('SandboxEgressRefused');
  expect(alerts(logged('', '[deploy.monitoring]\n'))).not.toContain('SandboxEgressRefused');
  expect(alerts(`[deploy]\ncontract = "agent-server"\n${WATCHED}`)).not.toContain('SandboxEgressRefused');
});
