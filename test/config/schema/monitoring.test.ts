import { refusals } from '../config-file';

const field = (line: string) => refusals(`[deploy.monitoring]\n${line}`);

test.each([
  ['runbooks = "{{ bad"', 'runbooks: must be a URL or a folder, without a query'],
  ['runbooks = ""', 'runbooks: must be a URL or a folder, without a query'],
  ['logs_url = "javascript:alert(1)"', 'logs_url: must be an http:// or https:// URL, got "javascript:alert(1)"'],
  ['interval = "1s"', 'interval: must be at least 5s, got "1s"'],
])('%s is refused', (line, text) => {
  expect(field(line)).toEqual([expect.stringContaining(`config.toml:2: deploy.monitoring.${text}`)]);
});

const receiver = (fields: string) =>
  refusals(`[deploy.monitoring.alertmanager]\nreceivers = [{ name = "a", severities = ["critical"], ${fields} }]`);

const MAIL = 'to = "a@example.com", from = "b@example.com", username = "u", password = { secret = "s", key = "k" }';

test.each([
  ['type = "telegram"', '.type: must be one of webhook, slack, pagerduty, email, got "telegram"'],
  ['type = "slack", channel = "", url = { secret = "s", key = "k" }', '.channel: must be a channel such as #alerts'],
  [`type = "email", smarthost = "smtp.example.com:99999", ${MAIL}`, '.smarthost: must be a host and a port such as'],
])('a receiver of %s is refused in one line', (fields, text) => {
  expect(receiver(fields)).toEqual([
    expect.stringContaining(`config.toml:2: deploy.monitoring.alertmanager.receivers[0]${text}`),
  ]);
});

test('a secret that is written where its reference belongs is not shown', () => {
  const refused = receiver('type = "webhook", url = "https://hooks.example.com/T0/B0/geheim"');

  expect(refused).toEqual([
    'config.toml:2: deploy.monitoring.alertmanager.receivers[0].url: must be { secret = "name", key = "entry" }, the ' +
      'name and the entry of a Secret, got a text',
  ]);
});

test('a receiver is a table', () => {
  expect(refusals('[deploy.monitoring.alertmanager]\nreceivers = ["team"]')).toEqual([
    'config.toml:2: deploy.monitoring.alertmanager.receivers[0]: must be a table with the type of a receiver, got a text',
  ]);
});
