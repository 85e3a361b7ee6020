import type { Rendered } from '../../render';
import { find, renderToml } from '../../render';

const receiver = (fields: string) => `{ name = "team", severities = ["critical", "warning"], ${fields} }`;

const profile = (receivers: string, more = '') => `
[kubernetes]
namespace = "sandboxes"
[deploy.monitoring]
labels = { release = "prom" }
[deploy.monitoring.alertmanager]
receivers = [${receivers}]
${more}
`;

const WEBHOOK = receiver('type = "webhook", url = { secret = "alerts", key = "url" }');

const configOf = (toml: string): Rendered => find(renderToml(toml).objects, 'AlertmanagerConfig');

const receiverOf = (toml: string): Rendered =>
  configOf(toml).spec.receivers.find(({ name }: Rendered) => name === 'team');

test('without receivers nobody is told', () => {
  const kinds = renderToml('[deploy.monitoring]').objects.map(({ kind }) => kind);

  expect(kinds).not.toContain('AlertmanagerConfig');
});

test('it is where the sandboxes are, and has the labels by which Alertmanager selects it', () => {
  expect(configOf(profile(WEBHOOK)).metadata).toMatchObject({
    name: 'openhands-sandboxes',
    namespace: 'sandboxes',
    labels: { release: 'prom', 'app.kubernetes.io/component': 'monitoring' },
  });
});

test('each receiver has a route with its severities, and the next one is asked too', () => {
  const second =
    '{ name = "mail", severities = ["info"], type = "webhook", url = { secret = "alerts", key = "mail" } }';

  expect(configOf(profile(`${WEBHOOK}, ${second}`)).spec.route.routes).toEqual([
    {
      receiver: 'team',
      matchers: [{ name: 'severity', matchType: '=~', value: 'critical|warning' }],
      continue: true,
    },
    { receiver: 'mail', matchers: [{ name: 'severity', matchType: '=~', value: 'info' }], continue: true },
  ]);
});

test('alerts wait for each other as long as is asked for', () => {
  const more = 'group_wait = "10s"\ngroup_interval = "1m"\nrepeat_interval = "1h"';

  expect(configOf(profile(WEBHOOK, more)).spec.route).toMatchObject({
    groupBy: ['alertname', 'namespace'],
    groupWait: '10s',
    groupInterval: '1m',
    repeatInterval: '1h',
  });
});

describe('what opens a door is the entry of a Secret:', () => {
  test.each([
    ['a webhook', 'type = "webhook", url = { secret = "s", key = "k" }', 'webhookConfigs', 'urlSecret'],
    ['Slack', 'type = "slack", channel = "#a", url = { secret = "s", key = "k" }', 'slackConfigs', 'apiURL'],
    ['PagerDuty', 'type = "pagerduty", routing_key = { secret = "s", key = "k" }', 'pagerdutyConfigs', 'routingKey'],
    [
      'mail',
      'type = "email", to = "a@example.com", from = "b@example.com", smarthost = "smtp.example.com:587", username = "b", password = { secret = "s", key = "k" }',
      'emailConfigs',
      'authPassword',
    ],
  ])('%s', (_, fields, configs, field) => {
    const [config] = receiverOf(profile(receiver(fields)))[configs];

    expect(config).toMatchObject({ [field]: { name: 's', key: 'k' }, sendResolved: true });
  });

  test('the external store fills it', () => {
    const toml = `${profile(WEBHOOK)}\n[deploy.secrets]\nexternal = { store = "vault" }`;

    expect(find(renderToml(toml).objects, 'ExternalSecret', 'alerts').spec.data).toEqual([
      { secretKey: 'url', remoteRef: { key: 'alerts', property: 'url' } },
    ]);
  });
});

test('no matcher is a bare =, which YAML 1.1 does not read as a string', () => {
  expect(JSON.stringify(configOf(profile(WEBHOOK)))).not.toContain('"matchType":"="');
});

describe('an alert that follows from another tells nothing:', () => {
  /** An alert's labels; every one has a namespace. */
  type Labels = Readonly<Record<string, string>>;

  const matches = (matchers: Rendered[], labels: Labels) =>
    matchers.every(({ name, matchType, value }) => {
      const found = new RegExp(`^(?:${value})$`).test(labels[name] ?? '');
      return matchType === '!~' ? !found : found;
    });

  /** As Alertmanager does it. https://prometheus.io/docs/alerting/latest/configuration/#inhibit_rule */
  const hides = (source: Labels, target: Labels) =>
    configOf(profile(WEBHOOK)).spec.inhibitRules.some(
      ({ sourceMatch, targetMatch, equal }: Rendered) =>
        matches(sourceMatch, source) &&
        matches(targetMatch, target) &&
        equal.every((name: string) => source[name] === target[name]),
    );

  const alert = (alertname: string, severity: string, more: Labels = {}): Labels => ({
    alertname,
    severity,
    namespace: 'sandboxes',
    ...more,
  });
  const ofPod = (alertname: string, severity: string, pod = 'a') => alert(alertname, severity, { pod });

  const notReady = ofPod('SandboxNotReady', 'critical');
  const crashLooping = ofPod('SandboxCrashLooping', 'critical');
  const blind = (source: string) => alert('MonitoringBlind', 'critical', { source });

  const consequences = [
    [crashLooping, notReady],
    [ofPod('SandboxFailed', 'critical'), notReady],
    [crashLooping, ofPod('SandboxUnreachable', 'warning')],
    [notReady, ofPod('SandboxUnreachable', 'warning')],
    [notReady, ofPod('SandboxStartSlow', 'info')],
    [alert('SandboxMissing', 'critical', { deployment: 'openhands-runtime' }), alert('PoolDegraded', 'warning')],
    [blind('kube-state-metrics'), ofPod('SandboxUnreachable', 'warning')],
  ];
  test.each(
    consequences.map(
      ([source, target]) => [`${source!.alertname} hides ${target!.alertname}`, source!, target!] as const,
    ),
  )('%s', (_, source, target) => {
    expect(hides(source, target)).toBe(true);
  });

  test.each([
    ['the cause of a crash', crashLooping, ofPod('SandboxOutOfMemory', 'warning')],
    ['what a sandbox sends', notReady, ofPod('SandboxEgressUnusual', 'warning')],
    ['another sandbox', notReady, ofPod('SandboxUnreachable', 'warning', 'b')],
    ['what is about no sandbox', notReady, alert('QuotaAlmostFull', 'warning', { resource: 'pods' })],
    ['what has as little a Pod as itself', alert('BackupMissed', 'critical'), alert('QuotaAlmostFull', 'warning')],
    ['what another source sees', blind('cadvisor'), ofPod('SandboxUnreachable', 'warning')],
    ['what it follows from', notReady, crashLooping],
    ['another namespace', notReady, { ...ofPod('SandboxUnreachable', 'warning'), namespace: 'elsewhere' }],
    ['itself', notReady, notReady],
  ])('but not %s', (_, source, target) => {
    expect(hides(source, target)).toBe(false);
  });
});
