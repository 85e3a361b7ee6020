import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { find, objectsOfToml, type Rendered } from '../render';
import { run } from './command';

const PROFILE = `
[kubernetes]
namespace = "sandboxes"
[deploy.monitoring.alertmanager]
repeat_interval = "1h"
receivers = [
  { name = "on-call", type = "pagerduty", severities = ["critical"], routing_key = { secret = "alerts", key = "pagerduty" } },
  { name = "team", type = "slack", severities = ["critical", "warning"], channel = "#sandboxes", url = { secret = "alerts", key = "slack" } },
  { name = "tickets", type = "webhook", severities = ["warning"], url = { secret = "alerts", key = "tickets" } },
  { name = "mail", type = "email", severities = ["warning"], to = "team@example.com", from = "alerts@example.com", smarthost = "smtp.example.com:587", username = "alerts", password = { secret = "smtp", key = "password" } },
]
`;

let folder: string;
let file: string;

/** What prometheus-operator's own code makes of an AlertmanagerConfig: an alertmanager.yml. */
const generate = (config: Rendered) => run('alertmanager-config', [], { input: JSON.stringify(config) });

const rendered = () => find(objectsOfToml(PROFILE), 'AlertmanagerConfig');

/** The receivers of an alert with these labels, as Alertmanager finds them. */
function receiversOf(...labels: string[]): string[] {
  const { output } = run('amtool', ['config', 'routes', 'test', `--config.file=${file}`, ...labels]);
  return output
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('Warning: --config.file'))
    .flatMap((line) => line.split(','));
}

const ours = (name: string) => `sandboxes/openhands-sandboxes/${name}`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'openhands-routes-'));
  file = join(folder, 'alertmanager.yml');
  writeFileSync(file, generate(rendered()).output);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('amtool takes what prometheus-operator makes of it', () => {
  const { succeeded, output } = run('amtool', ['check-config', file]);

  expect(output).toContain('SUCCESS');
  expect(succeeded).toBe(true);
});

test.each([
  ['critical', ['on-call', 'team']],
  ['warning', ['team', 'tickets', 'mail']],
  ['info', ['openhands:nobody']],
])('an alert of severity %s goes to %j', (severity, receivers) => {
  expect(receiversOf('namespace=sandboxes', `severity=${severity}`, 'alertname=SandboxNotReady')).toEqual(
    receivers.map(ours),
  );
});

test('an alert of another namespace is none of theirs', () => {
  expect(receiversOf('namespace=elsewhere', 'severity=critical')).toEqual(['platform']);
});

test('alerts of one name and namespace are told together, with the pauses that were asked for', () => {
  const [route] = parse(generate(rendered()).output).route.routes;

  expect(route).toMatchObject({
    group_by: ['alertname', 'namespace'],
    group_wait: '30s',
    group_interval: '5m',
    repeat_interval: '1h',
  });
});

test('each receiver has the entry of the Secret that it names', () => {
  const { receivers } = parse(generate(rendered()).output);
  const find = (name: string) => receivers.find((it: Rendered) => it.name === ours(name));

  expect(find('on-call').pagerduty_configs[0].routing_key).toBe('https://pagerduty.example.com');
  expect(find('team').slack_configs[0].api_url).toBe('https://slack.example.com');
  expect(find('tickets').webhook_configs[0].url).toBe('https://tickets.example.com');
  expect(find('mail').email_configs[0].auth_password).toBe('https://password.example.com');
});

test('every inhibition stays within the namespace', () => {
  for (const { source_matchers, target_matchers } of parse(generate(rendered()).output).inhibit_rules) {
    expect(source_matchers).toContain('namespace="sandboxes"');
    expect(target_matchers).toContain('namespace="sandboxes"');
  }
});

test('a route to nobody is refused by prometheus-operator', () => {
  const config = structuredClone(rendered());
  config.spec.route.routes[0].receiver = 'gone';

  expect(generate(config)).toEqual({
    succeeded: false,
    output: 'the operator refuses it: route[0]: receiver "gone" not found\n',
  });
});

test('a field that prometheus-operator does not know is refused', () => {
  const config = structuredClone(rendered());
  config.spec.inhibitRule = config.spec.inhibitRules;

  expect(generate(config).output).toContain('unknown field "inhibitRule"');
});
