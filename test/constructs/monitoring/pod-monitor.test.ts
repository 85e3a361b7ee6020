import { find, objectsOfToml, type Rendered } from '../../render';
import { monitored } from './monitored';

const podMonitor = (objects = monitored()): Rendered => find(objects, 'PodMonitor', 'openhands-sandboxes');

/** The endpoint of a job. */
const endpoint = (job: string, objects = monitored()): Rendered =>
  podMonitor(objects).spec.podMetricsEndpoints.find(
    ({ relabelings }: Rendered) =>
      relabelings.find(({ targetLabel }: Rendered) => targetLabel === 'job').replacement === job,
  );

/** The labels of a target after relabelling, as Prometheus does it with `replace` and whole matches. */
function relabelled({ relabelings }: Rendered, labels: Record<string, string>): Record<string, string> {
  const all = { ...labels };
  for (const { sourceLabels = [], targetLabel, replacement = '$1' } of relabelings) {
    const source = sourceLabels.map((it: string) => all[it] ?? '').join(';');
    all[targetLabel] = replacement.replace('$1', source);
  }
  return all;
}

test('it is where the sandboxes are, with the labels that Prometheus selects by', () => {
  const { metadata } = podMonitor(monitored('labels = { release = "stack", team = "agents" }'));

  expect(metadata.namespace).toBe('openhands-staging');
  expect(metadata.labels).toMatchObject({ release: 'stack', team: 'agents' });
});

test('it is about every sandbox, whoever makes it', () => {
  expect(podMonitor().spec.selector).toEqual({ matchLabels: { app: 'openhands-runtime' } });
});

test.each([
  ['10.244.0.7:8000', 'http://10.244.0.7:8000/health'],
  ['[fd00::7]:8000', 'http://[fd00::7]:8000/health'],
])('a sandbox at %s is asked at %s, by the exporter', (address, target) => {
  const health = endpoint('openhands-health');

  expect(relabelled(health, { __address__: address })).toMatchObject({
    __address__: 'openhands-exporter.openhands-staging-system.svc:9115',
    __param_target: target,
    instance: target,
    job: 'openhands-health',
  });
  expect(health).toMatchObject({ port: 'http', path: '/probe', params: { module: ['http_2xx'] } });
});

test('what it says of itself is read by the other exporter', () => {
  const info = endpoint('openhands-server-info');

  expect(relabelled(info, { __address__: '10.244.0.7:8000' })).toMatchObject({
    __address__: 'openhands-exporter.openhands-staging-system.svc:7979',
    __param_target: 'http://10.244.0.7:8000/server_info',
  });
  expect(info).toMatchObject({ path: '/probe', params: { module: ['server_info'] } });
});

test('a sandbox of OpenHands 0.62 says at another path that it is well', () => {
  const objects = objectsOfToml('[deploy]\nextends = "openhands-0.62"\n[deploy.monitoring]');

  expect(relabelled(endpoint('openhands-health', objects), { __address__: '10.244.0.7:8080' }).__param_target).toBe(
    'http://10.244.0.7:8080/alive',
  );
});

test.each(['session', 'pool'])('its %s is a label of what comes back', (label) => {
  const labels = { __address__: '10.244.0.7:8000', [`__meta_kubernetes_pod_label_${label}`]: 'a' };

  for (const job of ['openhands-health', 'openhands-server-info']) {
    expect(relabelled(endpoint(job), labels)[label]).toBe('a');
  }
});

test.each([
  ['true', 'true'],
  [undefined, undefined],
])('whether it waits to be claimed is a label: %s', (present, waiting) => {
  const labels = {
    __address__: '10.244.0.7:8000',
    ...(present && { __meta_kubernetes_pod_labelpresent_agents_x_k8s_io_warm_pool_sandbox: present }),
  };

  expect(relabelled(endpoint('openhands-server-info'), labels).waiting || undefined).toBe(waiting);
});

test('a sandbox has no say in the labels', () => {
  for (const { honorLabels } of podMonitor().spec.podMetricsEndpoints) expect(honorLabels).toBeUndefined();
});

test.each([
  ['openhands-health', 'probe_success', true],
  ['openhands-health', 'probe_http_duration_seconds', false],
  ['openhands-server-info', 'openhands_server_idle_seconds', true],
  ['openhands-server-info', 'go_goroutines', false],
])('of %s, whether %s is kept: %s', (job, series, isKept) => {
  const [{ regex, action }] = endpoint(job).metricRelabelings;

  expect(action).toBe('keep');
  expect(new RegExp(`^(?:${regex})$`).test(series)).toBe(isKept);
});

test.each([
  ['30s', '10s'],
  ['1m30s', '10s'],
  ['5s', '5s'],
])('asked every %s, it waits %s for an answer', (interval, scrapeTimeout) => {
  const objects = monitored(`interval = "${interval}"`);

  for (const it of podMonitor(objects).spec.podMetricsEndpoints) expect(it).toMatchObject({ interval, scrapeTimeout });
});
