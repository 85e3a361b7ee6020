/** Every query of the dashboard, as Prometheus itself reads and answers it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { dashboardQueries } from '../dashboard-queries';
import { find, inFolder, renderToml } from '../render';
import { run } from './command';

const NAMESPACE = 'sandboxes';

const profile = (deploy: string) => `
[kubernetes]
namespace = "${NAMESPACE}"
[deploy]
extends = "staging"
${deploy}
[deploy.monitoring]
network_plugin = "cilium"
[deploy.recovery.backup]
`;

const queriesOf = (deploy: string) =>
  dashboardQueries(find(renderToml(profile(deploy)).objects, 'ConfigMap', 'openhands-dashboard'));

const POOL = queriesOf('');
const WARM_POOL = queriesOf('pool = { workload = "SandboxWarmPool" }\nautoscaling = false');
const QUERIES = [...new Set([...POOL, ...WARM_POOL].map(({ expr }) => expr))];

/** Run promtool on a file of this text. @returns what it says, when it is not content */
const promtool = (args: readonly string[], content: unknown): string | undefined =>
  inFolder((folder) => {
    const file = join(folder, 'file.yaml');
    writeFileSync(file, stringify(content));
    const { succeeded, output } = run('promtool', [...args, file]);
    return succeeded ? undefined : output;
  });

const POD = 'pod="a"';
const CLAIM = 'persistentvolumeclaim="a"';
const RUNTIME = 'container="runtime"';
const AUTOSCALER = 'horizontalpodautoscaler="openhands-runtime"';
const METRIC = `${AUTOSCALER},metric_name="cpu",metric_target_type="utilization"`;

/** What Prometheus knows of one sandbox, one claim and one pool: the labels of every series that is asked for. */
const SERIES: Readonly<Record<string, readonly string[]>> = {
  '': [
    'openhands:sandbox:count',
    'openhands:sandbox_ready:count',
    'openhands:pool_available:ratio',
    'openhands:pool_replicas:ratio_of_maximum',
    'openhands:warm_pool_ready:count',
    'openhands:egress_refused:increase15m',
    'velero_backup_last_successful_timestamp',
  ],
  [POD]: [
    'openhands:sandbox_up:min',
    'openhands:sandbox_start:seconds',
    'openhands:sandbox_idle:seconds',
    'openhands:sandbox_restarts:increase10m',
    'openhands:sandbox_oom_kills:increase10m',
    'openhands:sandbox_cpu:cores_rate5m',
    'openhands:sandbox_cpu_throttled:ratio_rate5m',
    'openhands:sandbox_memory_working_set:bytes',
    'openhands:sandbox_memory_used:ratio',
    'openhands:sandbox_disk_read:bytes_rate5m',
    'openhands:sandbox_disk_write:bytes_rate5m',
    'openhands:sandbox_network_receive:bytes_rate5m',
    'openhands:sandbox_network_transmit:bytes_rate5m',
    'openhands:sandbox_egress_refused:rate5m',
  ],
  [CLAIM]: [
    'openhands:workspace_used:ratio',
    'kubelet_volume_stats_available_bytes',
    'kubelet_volume_stats_inodes',
    'kubelet_volume_stats_inodes_free',
  ],
  'phase="Running"': ['openhands:sandbox_phase:count'],
  'resource="pods"': ['openhands:quota_used:ratio'],
  'launch_type="warm"': ['openhands:warm_pool_claims:rate5m'],
  [`${POD},alertname="SandboxNotReady",severity="critical"`]: ['ALERTS_FOR_STATE'],
  [`${POD},alertname="SandboxNotReady",severity="critical",alertstate="firing"`]: ['ALERTS'],
  [`${POD},${RUNTIME},reason="CrashLoopBackOff"`]: ['kube_pod_container_status_waiting_reason'],
  [`${POD},${RUNTIME},resource="cpu"`]: ['kube_pod_container_resource_requests', 'kube_pod_container_resource_limits'],
  [`${POD},${RUNTIME},resource="memory"`]: [
    'kube_pod_container_resource_requests',
    'kube_pod_container_resource_limits',
  ],
  'deployment="openhands-runtime"': [
    'kube_deployment_spec_replicas',
    'kube_deployment_status_replicas_available',
    'kube_deployment_status_replicas_updated',
  ],
  [AUTOSCALER]: [
    'kube_horizontalpodautoscaler_spec_min_replicas',
    'kube_horizontalpodautoscaler_spec_max_replicas',
    'kube_horizontalpodautoscaler_status_current_replicas',
    'kube_horizontalpodautoscaler_status_desired_replicas',
  ],
  [METRIC]: ['kube_horizontalpodautoscaler_spec_target_metric', 'kube_horizontalpodautoscaler_status_target_metric'],
};

/** It in a namespace, as that many instances of kube-state-metrics and kubelets tell it. */
const inputs = (namespace: string, instances: number) =>
  Object.entries(SERIES).flatMap(([labels, names]) =>
    names.flatMap((name) => {
      // Velero names its Schedule after the namespace, and is in another.
      const origin = name.startsWith('velero_') ? 'schedule' : 'namespace';
      const all = [`${origin}="${namespace}"`, ...(labels === '' ? [] : [labels])];
      const isRecorded = name.startsWith('openhands:') || name.startsWith('ALERTS');
      return Array.from({ length: isRecorded ? 1 : instances }, (_, index) => ({
        series: `${name}{${[...all, ...(isRecorded ? [] : [`instance="${index}"`])].join(',')}}`,
        values: '1x10',
      }));
    }),
  );

const promqlTests = (input_series: unknown, samples: Readonly<Record<string, unknown>>) =>
  promtool(['test', 'rules'], {
    rule_files: [],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series,
        promql_expr_test: Object.entries(samples).map(([expr, exp_samples]) => ({
          expr,
          eval_time: '5m',
          exp_samples,
        })),
      },
    ],
  });

/** The same answer to every query. */
const each = (question: (expr: string) => string, answer: unknown) =>
  Object.fromEntries(QUERIES.map((expr) => [question(expr), answer]));

const count = (expr: string) => `count(${expr})`;
const ONE = [{ labels: '{}', value: 1 }];

describe('every query', () => {
  test('is PromQL', () => {
    const rules = QUERIES.map((expr, index) => ({ record: `query:${index}`, expr }));

    expect(promtool(['check', 'rules'], { groups: [{ name: 'dashboard', rules }] })).toBeUndefined();
  });

  test('has an answer', () => {
    expect(promqlTests(inputs(NAMESPACE, 1), each(count, ONE))).toBeUndefined();
  });

  test('has no answer twice where two instances give it', () => {
    expect(promqlTests(inputs(NAMESPACE, 2), each(count, ONE))).toBeUndefined();
  });

  test('is not answered by what another namespace has', () => {
    // The number of alerts that fire is 0 where none does.
    expect(
      promqlTests(
        inputs('elsewhere', 1),
        each((expr) => `(${expr}) != 0`, []),
      ),
    ).toBeUndefined();
  });
});

test('an answer that is not there is found out', () => {
  expect(promqlTests([], each(count, ONE))).toContain('FAILED');
});

test('the table of alerts says what each is about, whatever that is, and since when', () => {
  const alert = (name: string, rest: string) => {
    const labels = `namespace="${NAMESPACE}",alertname="${name}",severity="info"${rest}`;
    return [
      { series: `ALERTS_FOR_STATE{${labels}}`, values: '60x10' },
      { series: `ALERTS{${labels},alertstate="firing"}`, values: '1x10' },
    ];
  };
  const row = (name: string, rest: string) => ({ labels: `{alertname="${name}",severity="info"${rest}}`, value: 240 });
  const { expr: table } = POOL.find(({ panel }) => panel === 'Firing now')!;

  expect(
    promqlTests([...alert('A', ',pod="p"'), ...alert('B', ',resource="pods"'), ...alert('C', '')], {
      [table]: [row('A', ',subject="p"'), row('B', ',subject="pods"'), row('C', '')],
    }),
  ).toBeUndefined();
});
