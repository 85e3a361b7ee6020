import { find, objectsOfToml, renderToml, type Rendered } from '../../render';

const MONITORING = '[deploy.monitoring]';
const AGENT_SERVER = '[deploy]\ncontract = "agent-server"';

const ruleOf = (toml: string): Rendered => find(renderToml(toml).objects, 'PrometheusRule');

const rulesOf = (toml: string): Rendered[] => ruleOf(toml).spec.groups.flatMap(({ rules }: Rendered) => rules);

const alertsOf = (toml: string): string[] => rulesOf(toml).flatMap(({ alert }) => alert ?? []);

const recordsOf = (toml: string): string[] => rulesOf(toml).flatMap(({ record }) => record ?? []);

const alert = (toml: string, name: string): Rendered => rulesOf(toml).find((it) => it.alert === name);

const record = (toml: string, name: string): Rendered => rulesOf(toml).find((it) => it.record === name);

test('without [deploy.monitoring] there are no rules', () => {
  expect(objectsOfToml('').map(({ kind }) => kind)).not.toContain('PrometheusRule');
});

test('it is where the sandboxes are, and has the labels by which Prometheus selects it', () => {
  const toml = '[kubernetes]\nnamespace = "sandboxes"\n[deploy.monitoring]\nlabels = { release = "prom", team = "a" }';

  expect(ruleOf(toml).metadata).toMatchObject({
    name: 'openhands-sandboxes',
    namespace: 'sandboxes',
    labels: { release: 'prom', team: 'a', 'app.kubernetes.io/component': 'monitoring' },
  });
});

test('every selector of a rule names the sandbox namespace, or its collectors’, exactly', () => {
  const toml = `
    [kubernetes]
    namespace = "sandboxes"
    [deploy]
    extends = "production"
    [deploy.monitoring]
    [deploy.recovery.backup]`;
  for (const { expr } of rulesOf(toml)) {
    for (const [selector] of expr.matchAll(/\{[^}]*\}/g)) {
      expect(selector).toMatch(/(namespace|schedule)="sandboxes(-logging)?"/);
    }
  }
});

test('an alert has its severity, its namespace and its page', () => {
  const toml = '[deploy.monitoring]\nrunbooks = "https://git.example.com/docs/runbooks/"';

  expect(alert(toml, 'SandboxNotReady')).toMatchObject({
    labels: { severity: 'critical', namespace: 'default' },
    annotations: { runbook_url: 'https://git.example.com/docs/runbooks/SandboxNotReady.md' },
  });
});

describe('an alert is written only where there is what it is about:', () => {
  const POOL = '[deploy.pool]';
  const cases: [alert: string, has: string, hasNot: string][] = [
    ['PoolDegraded', POOL, ''],
    ['PoolAtMaximum', `${POOL}\n[deploy.autoscaling]`, POOL],
    ['HeadroomMissing', '[deploy.headroom]\nsandboxes = 3', ''],
    ['QuotaAlmostFull', '[deploy.quota]\nmax_sandboxes = 10', ''],
    ['BackupMissed', '[deploy.recovery.backup]', '[deploy.recovery]'],
    ['SandboxCpuThrottled', '[deploy.resources]\ncpu_limit = "2"', ''],
    ['SandboxCpuThrottled', '[sandbox.docker_runtime_kwargs]\nnano_cpus = 2_000_000_000', ''],
    ['SandboxFailed', '[deploy]\nsession_workload = "Pod"', '[deploy]\nsession_workload = "Deployment"'],
    ['SandboxFailed', '[deploy.access]\nmanagers = ["apps/openhands"]', ''],
    ['SandboxFailed', `${AGENT_SERVER}\n[deploy.pool]\nworkload = "SandboxWarmPool"`, `${AGENT_SERVER}\n${POOL}`],
    ['SandboxMissing', '', '[deploy]\nsession_workload = "Pod"'],
    ['SandboxMissing', `[deploy]\nsessions = []\n${POOL}`, '[deploy]\nsessions = []'],
    [
      'WorkspaceAlmostFull',
      '',
      '[sandbox]\nvolumes = "/srv:/workspace"\n[deploy.security]\npod_security_standard = "privileged"',
    ],
    [
      'SandboxUnreachable',
      '',
      '[sandbox]\nuse_host_network = true\n[deploy.security]\npod_security_standard = "privileged"',
    ],
    [
      'SandboxEgressUnusual',
      '',
      '[sandbox]\nuse_host_network = true\n[deploy.security]\npod_security_standard = "privileged"',
    ],
  ];

  test.each(cases)('%s with %j, not with %j', (name, has, hasNot) => {
    expect(alertsOf(`${has}\n${MONITORING}`)).toContain(name);
    expect(alertsOf(`${hasNot}\n${MONITORING}`)).not.toContain(name);
  });
});

test('the network of a node is nobody’s sandbox’s', () => {
  const toml = `[sandbox]\nuse_host_network = true\n[deploy.security]\npod_security_standard = "privileged"\n${MONITORING}`;

  expect(record(toml, 'openhands:sandbox_network_receive:bytes_rate5m')).toBeUndefined();
});

test('a workspace that sandbox.volumes brings is watched by the name of its claim', () => {
  const { expr } = record(
    `[sandbox]\nvolumes = "team.data:/workspace"\n${MONITORING}`,
    'openhands:workspace_used:ratio',
  );

  expect(expr).toContain(String.raw`persistentvolumeclaim=~"team\\.data"`);
});

test('a quota that the sandboxes themselves fill is no alert, and is recorded', () => {
  const toml = `[deploy]\nsessions = ["a", "b"]\n[deploy.quota]\nmax_sandboxes = 2\n${MONITORING}`;

  expect(alertsOf(toml)).not.toContain('QuotaAlmostFull');
  expect(recordsOf(toml)).toContain('openhands:quota_used:ratio');
});

describe('a threshold of [deploy.monitoring.thresholds] is the number in its alert:', () => {
  test.each([
    ['SandboxCpuThrottled', 'cpu_throttled = 40', '> 0.4'],
    ['WorkspaceAlmostFull', 'workspace_used = 70', '> 0.7'],
    ['QuotaAlmostFull', 'quota_used = 75', '> 0.75'],
    ['SandboxDiskSaturated', 'disk_bytes_per_second = "2Mi"', '> 2097152'],
    ['SandboxEgressUnusual', 'egress_bytes_per_second = "5M"', '> 5000000'],
  ])('%s', (name, line, comparison) => {
    const toml = `[deploy]\nextends = "staging"\n[deploy.monitoring.thresholds]\n${line}`;

    expect(alert(toml, name).expr).toContain(comparison);
  });
});

describe('the time that a sandbox may take to start', () => {
  const toml = `[sandbox]\nremote_runtime_init_timeout = 600\n[deploy.pool]\n${MONITORING}`;

  test('and a minute is what it may be unready', () => {
    expect(alert(toml, 'SandboxNotReady').for).toBe('11m');
  });

  test('is slow beyond its half', () => {
    expect(alert(toml, 'SandboxStartSlow').expr).toContain('> 300\n');
  });

  test('bounds what counts as a start', () => {
    expect(record(toml, 'openhands:sandbox_start:seconds').expr).toContain('<= 600\n');
  });

  test('is over before a pool is called degraded', () => {
    expect(alert(toml, 'PoolDegraded').for).toBe('21m');
  });
});

test('a sandbox is unreachable after three questions at least', () => {
  expect(alert('[deploy.monitoring]\ninterval = "4m"', 'SandboxUnreachable').for).toBe('12m');
});

test.each([
  ['0 3 * * *', '30h'],
  ['0 * * * *', '2h'],
  ['0 3 * * 0', '210h'],
])('a backup at %s is missed after %s', (schedule, age) => {
  const { expr } = alert(`${MONITORING}\n[deploy.recovery.backup]\nschedule = "${schedule}"`, 'BackupMissed');

  expect(expr).toContain(`[${age}]`);
});

test.each([
  ['Deployment', 'kube_deployment_status_replicas_available'],
  ['StatefulSet', 'kube_statefulset_status_replicas_available'],
  ['SandboxWarmPool', 'openhands:warm_pool_ready:count'],
])('a pool of a %s is counted by %s', (workload, series) => {
  const toml = `${AGENT_SERVER}\n[deploy.pool]\nworkload = "${workload}"\n${MONITORING}`;

  expect(record(toml, 'openhands:pool_available:ratio').expr).toContain(series);
});

test('a warm pool that is scaled should have what its autoscaler wants', () => {
  const toml = `
    [deploy]
    contract = "agent-server"
    pool = { workload = "SandboxWarmPool" }
    autoscaling = { external_metric = { name = "claims", per_sandbox = 1 } }
    monitoring = {}`;

  expect(record(toml, 'openhands:pool_available:ratio').expr).toContain('status_desired_replicas');
});

test('refused connections are recorded where the network plugin reports them', () => {
  const series = 'openhands:sandbox_egress_refused:rate5m';

  expect(recordsOf('[deploy.monitoring]\nnetwork_plugin = "cilium"')).toContain(series);
  expect(recordsOf(MONITORING)).not.toContain(series);
});
