import { find, renderToml, type Rendered } from '../../render';

const NAMESPACE = 'openhands-staging';

/** Staging with monitoring, as far as these lines do not change it. */
const staging = (monitoring = '', rest = '') => `
[deploy]
extends = "staging"
${rest}
[deploy.monitoring]
${monitoring}
`;

const EVERYTHING = staging(`
network_plugin = "cilium"
logs_url = "https://logs.example.com/?ns=\${namespace}&pod=\${sandbox}"
runbooks = "https://git.example.com/docs/runbooks"
thresholds = { cpu_throttled = 40, workspace_used = 70, egress_bytes_per_second = "5Mi" }
[deploy.recovery.backup]
`);

const WARM = staging(
  '',
  'pool = { workload = "SandboxWarmPool" }\nautoscaling = false\nsecurity.admission_policy = false',
);

const SINGLE = '[deploy]\nextends = "local"\n[deploy.monitoring]\n';

/** Sandboxes that share their node's network, or its disk. */
const privileged = (sandbox: string) => `
[kubernetes]
namespace = "open"
[sandbox]
${sandbox}
[deploy]
security = { pod_security_standard = "privileged" }
[deploy.monitoring]
`;
const HOST_NETWORK = privileged('use_host_network = true');
const HOST_PATH = privileged('volumes = "/srv/work:/workspace:rw"');

const configMapOf = (toml: string): Rendered => find(renderToml(toml).objects, 'ConfigMap', 'openhands-dashboard');

const dashboardOf = (toml: string): Rendered => JSON.parse(Object.values<string>(configMapOf(toml).data)[0]!);

const everything = dashboardOf(EVERYTHING);
const panels: Rendered[] = everything.panels.filter(({ type }: Rendered) => type !== 'row');
const named: [string, Rendered][] = panels.map((panel) => [`${panel.id} ${panel.title}`, panel]);

const panel = (dashboard: Rendered, title: string): Rendered =>
  dashboard.panels.find((it: Rendered) => it.title === title && it.type !== 'row');

const sections = (toml: string): string[] =>
  dashboardOf(toml)
    .panels.filter(({ type }: Rendered) => type === 'row')
    .map(({ title }: Rendered) => title);

describe('the ConfigMap', () => {
  test('is what the sidecar of Grafana looks for, in a folder of its own', () => {
    const { metadata } = configMapOf(EVERYTHING);

    expect(metadata).toMatchObject({
      namespace: NAMESPACE,
      labels: { grafana_dashboard: '1', 'app.kubernetes.io/part-of': 'openhands' },
      annotations: { grafana_folder: 'OpenHands' },
    });
  });

  test("has a file that no other namespace's dashboard overwrites", () => {
    expect(Object.keys(configMapOf(EVERYTHING).data)).toEqual([`${everything.uid}.json`]);
  });

  test('fits into the annotation in which `kubectl apply` keeps what was applied', () => {
    expect(JSON.stringify(configMapOf(EVERYTHING)).length).toBeLessThan(262_144 / 2);
  });

  test('is not there without [deploy.monitoring]', () => {
    const maps = renderToml('[deploy]\nextends = "local"').objects.filter(({ kind }) => kind === 'ConfigMap');

    expect(maps.map(({ metadata }) => metadata.name)).not.toContain('openhands-dashboard');
  });
});

describe('the address of a dashboard', () => {
  const uidOf = (namespace: string): string =>
    dashboardOf(`[kubernetes]\nnamespace = "${namespace}"\n[deploy]\nextends = "local"\n[deploy.monitoring]\n`).uid;

  test('is made of the namespace', () => {
    expect(uidOf('team-a')).toBe('openhands-team-a');
  });

  test.each(['a', 'sandboxes-of-a-team-with-thirty', 'n'.repeat(54)])('is short enough for %s', (namespace) => {
    expect(uidOf(namespace)).toMatch(/^[-a-z0-9]{1,40}$/);
  });

  test('tells long namespaces apart that begin alike', () => {
    expect(uidOf(`${'n'.repeat(50)}-1`)).not.toBe(uidOf(`${'n'.repeat(50)}-2`));
  });
});

describe('the dashboard', () => {
  test('has a crosshair across the panels, six hours, and a refresh every half a minute', () => {
    expect(everything).toMatchObject({ graphTooltip: 1, time: { from: 'now-6h', to: 'now' }, refresh: '30s' });
  });

  test('lets its reader choose a Prometheus and sandboxes, but no other namespace', () => {
    const { list } = everything.templating;

    expect(list.map(({ name, type, hide = 0 }: Rendered) => [name, type, hide])).toEqual([
      ['datasource', 'datasource', 0],
      ['namespace', 'constant', 2],
      ['sandbox', 'query', 0],
    ]);
    expect(list[1]).toMatchObject({ query: NAMESPACE, current: { value: NAMESPACE }, skipUrlSync: true });
  });

  test('leads to the logs', () => {
    expect(everything.links).toEqual([
      expect.objectContaining({
        type: 'link',
        title: 'Logs',
        url: 'https://logs.example.com/?ns=${namespace}&pod=${sandbox}',
      }),
    ]);
    expect(dashboardOf(SINGLE).links).toEqual([]);
  });

  test('shows the states, the alerts, the five groups of resources, the pool and its bounds', () => {
    expect(sections(EVERYTHING)).toEqual([
      'Sandboxes',
      'Alerts',
      'Start, idleness, restarts',
      'CPU',
      'Memory',
      'Disk I/O',
      'Network',
      'Volumes',
      'Pool',
      'Autoscaler',
      'Quota',
    ]);
  });

  test('gives no two panels the same id', () => {
    const ids = everything.panels.map(({ id }: Rendered) => id);

    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('panel', () => {
  test.each(named)('%s says what it shows, in which unit', (_, { title, description, fieldConfig }) => {
    expect(title).toMatch(/^[A-Z]/);
    expect(description).toMatch(/^[A-Z].*\.$/);
    expect(fieldConfig.defaults.unit).toMatch(/./);
  });

  test.each(named)('%s asks the Prometheus that is chosen', (_, { datasource, targets }) => {
    const chosen = { type: 'prometheus', uid: '${datasource}' };
    expect(datasource).toEqual(chosen);
    expect(targets.length).toBeGreaterThan(0);
    for (const target of targets)
      expect(target).toMatchObject({ datasource: chosen, expr: expect.stringMatching(/./) });
  });

  test.each(named)('%s asks about its own namespace only', (_, { targets }) => {
    for (const { expr } of targets) {
      const selectors: string[] = expr.match(/\{[^{}]*\}/g);
      for (const selector of selectors) expect(selector).toMatch(/^\{(namespace|schedule)="\$namespace"[,}]/);
      // A name without a selector would be a series of every namespace.
      expect(expr.replace(/\{[^{}]*\}/g, '{}')).not.toMatch(
        /\b(openhands:|kube_|kubelet_|velero_|ALERTS)[\w:]*(?![\w:{])/,
      );
    }
  });

  test.each(named.filter(([, { targets }]) => targets.length > 1))('%s tells its lines apart', (_, { targets }) => {
    const legends = targets.map(({ legendFormat }: Rendered) => legendFormat);
    expect(new Set(legends).size).toBe(legends.length);
    expect(new Set(targets.map(({ refId }: Rendered) => refId)).size).toBe(legends.length);
  });
});

describe('a threshold', () => {
  const stepOf = (dashboard: Rendered, title: string) =>
    panel(dashboard, title).fieldConfig.defaults.thresholds.steps.at(-1).value;

  test.each([
    ['CPU throttled', 0.4, 0.25],
    ['Workspaces filled', 0.7, 0.85],
    ['Fullest workspace', 0.7, 0.85],
    ['Quota used', 0.9, 0.9],
    ['Sent', 5 * 2 ** 20, 10e6],
    ['Reads and writes', 100e6, 100e6],
  ])('in "%s" is the one of the alert', (title, asked, byDefault) => {
    expect(stepOf(everything, title)).toBe(asked);
    expect(stepOf(dashboardOf(staging()), title)).toBe(byDefault);
  });
});

describe('a runbook', () => {
  test('is a link of the panel that shows what its alert is about', () => {
    expect(panel(everything, 'CPU throttled').links).toEqual([
      expect.objectContaining({
        title: 'Runbook: SandboxCpuThrottled',
        url: 'https://git.example.com/docs/runbooks/SandboxCpuThrottled.md',
      }),
    ]);
  });

  test('is no link where it is a file of a repository', () => {
    const { panels: all } = dashboardOf(SINGLE);

    expect(all.flatMap(({ links = [] }: Rendered) => links)).toEqual([]);
  });
});

describe('the rules of the same profile', () => {
  const rulesOf = (toml: string): Rendered[] =>
    find(renderToml(toml).objects, 'PrometheusRule').spec.groups.flatMap(({ rules }: Rendered) => rules);
  const recorded = (toml: string): string[] =>
    rulesOf(toml).flatMap(({ record }) => (record === undefined ? [] : [record]));
  const alerting = (toml: string): string[] =>
    rulesOf(toml).flatMap(({ alert }) => (alert === undefined ? [] : [alert]));
  const text = (toml: string): string => JSON.stringify(dashboardOf(toml));

  const profiles = Object.entries({
    everything: EVERYTHING,
    'a warm pool': WARM,
    'a single session': SINGLE,
    'no CPU limit': staging('', 'resources = false'),
    'the network of the node': HOST_NETWORK,
    'a workspace of the node': HOST_PATH,
  });

  test.each(profiles)('record every series that it reads: %s', (_, toml) => {
    const read = new Set(text(toml).match(/\bopenhands:\w+:\w+/g));

    expect([...read].filter((it) => !recorded(toml).includes(it))).toEqual([]);
  });

  test.each([
    ['everything', EVERYTHING],
    ['a warm pool', WARM],
  ])('record nothing that it does not show: %s', (_, toml) => {
    // That backups are wanted is for an alert, which has nothing else to count from.
    const shown = recorded(toml).filter((it) => it !== 'openhands:backup_wanted:info');

    expect(shown.filter((it) => !text(toml).includes(it))).toEqual([]);
  });

  test('have an alert for every runbook that it links to, and it for every alert', () => {
    const linked = new Set(
      panels.flatMap(({ links }) => links.map(({ title }: Rendered) => title.replace('Runbook: ', ''))),
    );

    expect([...linked].sort()).toEqual([...new Set(alerting(EVERYTHING))].sort());
  });
});

describe('what a profile does not have', () => {
  test.each([
    ['a pool', 'pool = false\nautoscaling = false\nhigh_availability = false', ['Pool', 'Autoscaler']],
    ['autoscaling', 'autoscaling = false', ['Autoscaler']],
    ['a quota', 'quota = false', ['Quota']],
  ])('is left out: %s', (_, toml, missing) => {
    const all = sections(EVERYTHING);

    expect(sections(staging('', toml))).toEqual(all.filter((it) => !missing.includes(it)));
  });

  test.each([
    ['a network of its own', HOST_NETWORK, 'Network'],
    ['a workspace on a volume', HOST_PATH, 'Volumes'],
  ])('is left out: %s', (_, toml, section) => {
    expect(sections(toml)).not.toContain(section);
  });

  test('is left out: a network plugin that tells what it refused', () => {
    expect(panel(everything, 'Refused egress')).toBeDefined();
    expect(panel(dashboardOf(staging()), 'Refused egress')).toBeUndefined();
  });

  test('is left out: a pool that is not one of Pods that wait to be claimed', () => {
    expect(sections(WARM)).toContain('Warm pool');
    expect(sections(WARM)).not.toContain('Pool');
  });
});

describe('what a profile does not have of a band', () => {
  test('leaves its place to the others', () => {
    const cpu = panel(dashboardOf(staging('', 'resources = false')), 'CPU');

    expect(panel(everything, 'CPU').gridPos).toMatchObject({ x: 0, w: 12 });
    expect(cpu.gridPos).toMatchObject({ x: 0, w: 24 });
  });
});

describe.each([
  ['everything', EVERYTHING],
  ['a warm pool', WARM],
  ['a single session', SINGLE],
  ['the network of the node', HOST_NETWORK],
  ['a workspace of the node', HOST_PATH],
])('with %s', (_, toml) => {
  const grid: Rendered[] = dashboardOf(toml).panels.map(({ gridPos }: Rendered) => gridPos);

  test('no panel covers another, or reaches beyond the edge', () => {
    const taken = new Set<string>();
    for (const { x, y, w, h } of grid) {
      expect(x + w).toBeLessThanOrEqual(24);
      for (let column = x; column < x + w; column++) {
        for (let line = y; line < y + h; line++) {
          expect(taken).not.toContain(`${column} ${line}`);
          taken.add(`${column} ${line}`);
        }
      }
    }
  });

  test('there is no hole', () => {
    const area = grid.reduce((sum, { w, h }) => sum + w * h, 0);
    const height = Math.max(...grid.map(({ y, h }) => y + h));

    expect(area).toBe(24 * height);
  });
});
