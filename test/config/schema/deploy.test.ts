import { load, refusals } from '../config-file';

test('a bare config.toml is a valid profile', () => {
  expect(load('').profile.deploy).toMatchObject({
    contract: 'action-execution-server',
    sessions: ['default'],
    session_workload: 'Deployment',
    security: { pod_security_standard: 'baseline' },
  });
  expect(load('').profile.deploy.pool).toBeUndefined();
});

test('a session may have any name that leaves its Service 63 characters', () => {
  const longest = 'a'.repeat(36);
  expect(load(`[deploy]\nsessions = ["${longest}"]`).profile.deploy.sessions).toEqual([longest]);
  expect(refusals(`[deploy]\nsessions = ["${longest}a"]`)).toEqual([
    expect.stringContaining(
      "config.toml:2: deploy.sessions[0]: must be at most 36 characters, for a Service's name of 63",
    ),
  ]);
});

test.each(['"Demo"', '"a_b"', '"-a"', '"a."', '""', '"セッション"', '5', 'true'])(
  'a session called %s is refused: it is no DNS label',
  (session) => {
    expect(refusals(`[deploy]\nsessions = ["ok",\n  ${session}]`)).toEqual([
      expect.stringContaining('config.toml:3: deploy.sessions[1]: must be a DNS label'),
    ]);
  },
);

test('a choice is refused with the nearest known one', () => {
  expect(refusals('[deploy]\ncontract = "agent-sever"')).toEqual([
    'config.toml:2: deploy.contract: must be one of agent-server, action-execution-server, got "agent-sever", did you mean agent-server?',
  ]);
});

test.each([
  ['[deploy]\nworkloads = 1', 'config.toml:2: deploy.workloads: unknown key'],
  [
    '[deploy.security]\nruntime_clas = "x"',
    'config.toml:2: deploy.security.runtime_clas: unknown key, did you mean runtime_class?',
  ],
  ['[deploy.sekurity]\nx = 1', 'config.toml:1: deploy.sekurity: unknown key, did you mean security?'],
  ['[deploy]\ningress.knd = "none"', 'config.toml:2: deploy.ingress.knd: unknown key, did you mean kind?'],
  ['[deploy.quota]', 'config.toml:1: deploy.quota.max_sandboxes: must be a number, got nothing'],
  [
    '[deploy.ingress]\nannotations = { "a b" = "x" }',
    'config.toml:2: deploy.ingress.annotations."a b": its name must be an annotation key such as example.com/name',
  ],
  [
    '[deploy.access]\nmanagers = ["x"]',
    'config.toml:2: deploy.access.managers[0]: must be a ServiceAccount as "namespace/name", got "x"',
  ],
  ['[deploy.monitoring]\ninterval = "0s"', 'config.toml:2: deploy.monitoring.interval: must be at least 5s, got "0s"'],
])('%j is refused', (text, refusal) => {
  expect(refusals(text)).toEqual([refusal]);
});
