import { load, refusals } from './config-file';

const IDLE = '[deploy.idle]\n';
const SANDBOX = '[deploy]\ncontract = "agent-server"\nsession_workload = "Sandbox"\n';
const NO_MODE = 'needs session_workload = "Sandbox" or a SandboxWarmPool: only agent-sandbox suspends and resumes';

describe('deploy.idle is refused', () => {
  test.each([
    ['', 'sessions as Deployment and no pool'],
    ['session_workload = "Pod"\n', 'sessions as Pod and no pool'],
    ['sessions = []\n[deploy.pool]\nworkload = "StatefulSet"\n', 'no session and a pool as StatefulSet'],
  ])('where nothing can be suspended: %j', (lines, got) => {
    const deploy = `[deploy]\n${lines}`;
    const line = deploy.split('\n').length;

    expect(refusals(deploy + IDLE)).toEqual([
      `config.toml:${line}: deploy.idle: ${NO_MODE} (operatingMode), got ${got}`,
    ]);
  });

  test.each([
    ['keep_runtime_alive = true', 'must be left out with sandbox.keep_runtime_alive = true'],
    ['close_delay = 0', 'must be left out with sandbox.close_delay = 0, by which no sandbox is idle'],
  ])('with sandbox.%s', (line, problem) => {
    expect(refusals(`[sandbox]\n${line}\n${SANDBOX}${IDLE}`)).toEqual([`config.toml:6: deploy.idle: ${problem}`]);
  });

  test('with sandboxes on the network of their node', () => {
    const standard = '[deploy.security]\npod_security_standard = "privileged"\n';

    expect(refusals(`[sandbox]\nuse_host_network = true\n${SANDBOX}${IDLE}${standard}`)).toEqual([
      expect.stringMatching(/^config\.toml:2: sandbox\.use_host_network: must be false with deploy\.idle/),
    ]);
  });

  test.each([
    ['suspend_after = "5s"', 'suspend_after: must be at least "10s", got "5s"'],
    ['schedule = "every hour"', 'schedule: must be five fields of cron, such as "0 3 * * *", got "every hour"'],
    ['schedule = "0 0 30 2 *"', 'schedule: must be a day that there is, got 0 0 30 2 *'],
  ])('with %s', (line, problem) => {
    expect(refusals(`${SANDBOX}${IDLE}${line}\n`)).toEqual([`config.toml:5: deploy.idle.${problem}`]);
  });

  test('where -system does not fit behind the namespace', () => {
    expect(refusals(`[kubernetes]\nnamespace = "${'a'.repeat(57)}"\n${SANDBOX}${IDLE}`)).toEqual([
      expect.stringContaining('must be at most 56 characters: a second namespace is called NAME-system'),
    ]);
  });
});

test.each([
  ['sessions as Sandbox', SANDBOX],
  ['a warm pool', '[deploy]\ncontract = "agent-server"\nsessions = []\n[deploy.pool]\nworkload = "SandboxWarmPool"\n'],
  ['further warm pools', '[deploy]\ncontract = "agent-server"\nsessions = []\n[deploy.pools.large]\n'],
])('deploy.idle is for %s', (_, lines) => {
  expect(() => load(lines + IDLE)).not.toThrow();
});

test('that sessions of another kind go on running is told', () => {
  const pool = '[deploy]\ncontract = "agent-server"\n[deploy.pool]\nworkload = "SandboxWarmPool"\n';
  const told = (lines: string) => load(lines).notices.filter((it) => it.includes('deploy.idle'));

  expect(told(pool + IDLE)).toEqual([expect.stringMatching(/config\.toml:5: warning: deploy\.idle: is about claimed/)]);
  expect(told(SANDBOX + IDLE)).toEqual([]);
});
