import { load, refusals } from './config-file';

const AGENT_SERVER = '[deploy]\ncontract = "agent-server"\n';
const WARM = '[deploy.pool]\nworkload = "SandboxWarmPool"\n';

describe('max_idle_age is refused', () => {
  const idle = (age: string) => `[deploy.recovery.descheduler]\nmax_idle_age = "${age}"\n`;
  const field = (line: number) => `config.toml:${line}: deploy.recovery.descheduler.max_idle_age:`;

  test.each([
    ['', 'no pool'],
    ['[deploy.pool]\nworkload = "Deployment"\n', 'Deployment'],
    ['[deploy.pool]\nworkload = "StatefulSet"\n', 'StatefulSet'],
  ])('with %j, of which nobody knows who is idle', (pool, got) => {
    expect(refusals(idle('2h') + pool)).toEqual([
      `${field(2)} needs a SandboxWarmPool: of no other sandbox does Kubernetes know that it is idle, got ${got}`,
    ]);
  });

  test.each([
    ['keep_runtime_alive = true', '2h', 'must be left out with sandbox.keep_runtime_alive = true, got 2h'],
    ['close_delay = 7200', '1h', 'must be at least sandbox.close_delay (7200 s), got 1h'],
    ['close_delay = 0', '2h', 'must be left out with sandbox.close_delay = 0, by which no sandbox is idle, got 2h'],
  ])('with sandbox.%s and %s', (line, age, problem) => {
    expect(refusals(`[sandbox]\n${line}\n${AGENT_SERVER}${WARM}${idle(age)}`)).toEqual([`${field(8)} ${problem}`]);
  });

  test('nowhere else', () => {
    expect(() => load(`${AGENT_SERVER}${WARM}${idle('1h')}`)).not.toThrow();
  });
});

describe('restore_from is refused', () => {
  const restore = (line: string) => `[deploy.recovery.restore_from]\n${line}\n`;
  const BACKUP = '[deploy.recovery.backup]\n';
  const field = 'config.toml:2: deploy.recovery.restore_from.default:';

  test('for a session that is not there, with the nearest that is', () => {
    expect(refusals(`${restore('defualt = { snapshot = "a" }')}`)).toEqual([
      'config.toml:2: deploy.recovery.restore_from.defualt: must be one of deploy.sessions, got defualt, did you mean default?',
    ]);
  });

  test.each([
    [
      'snapshot = "a"',
      '[deploy]\ncontract = "agent-server"\nsession_workload = "Sandbox"',
      'needs another session_workload: a Sandbox makes its own claim, got Sandbox',
    ],
    [
      'snapshot = "a"',
      '[sandbox]\nvolumes = "mine:/workspace"',
      'needs a workspace that is made here: sandbox.volumes brings it',
    ],
    ['backup = "a"', '', 'needs [deploy.recovery.backup], which says where Velero is'],
    [
      'backup = "a"',
      `${BACKUP}volumes = "file-system"`,
      'needs deploy.recovery.backup.volumes = "snapshot": Velero copies files back into a Pod, not into a claim (docs/recovery.md has the commands), got file-system',
    ],
  ])('{ %s } with %j', (source, more, problem) => {
    expect(refusals(`${restore(`default = { ${source} }`)}${more}`)).toEqual([`${field} ${problem}`]);
  });

  test.each(['"a"', '{ snapshot = "a", backup = "b" }', '{}'])('as %s', (source) => {
    expect(refusals(restore(`default = ${source}`))).toEqual([
      expect.stringContaining(
        'must be { snapshot = "name" } of a VolumeSnapshot, or { backup = "name" } of a Backup of Velero',
      ),
    ]);
  });

  test('when a Restore’s name would be too long', () => {
    const backup = `${'a'.repeat(200)}.${'b'.repeat(40)}`;

    expect(refusals(`${restore(`default = { backup = "${backup}" }`)}${BACKUP}`)).toEqual([
      `${field} must leave a Restore's name of at most 253 characters, got 257`,
    ]);
  });
});

test('Velero beside the sandboxes is refused, whose managers could borrow its account', () => {
  expect(refusals('[kubernetes]\nnamespace = "velero"\n[deploy.recovery.backup]')).toEqual([
    "config.toml:3: deploy.recovery.backup.namespace: must not be the sandboxes' own namespace, got velero",
  ]);
});

test('that a copy file by file has none of a suspended sandbox is told', () => {
  const idle = '[deploy]\ncontract = "agent-server"\nsession_workload = "Sandbox"\n[deploy.idle]\n';
  const told = (lines: string) => load(lines).notices.filter((it) => it.includes('deploy.recovery.backup'));
  const backup = (volumes: string) => `[deploy.recovery.backup]\nvolumes = "${volumes}"\n`;

  expect(told(idle + backup('file-system'))).toEqual([
    expect.stringMatching(/config\.toml:6: warning: deploy\.recovery\.backup\.volumes: leaves out the files/),
  ]);
  expect(told(idle + backup('snapshot'))).toEqual([]);
  expect(told(`${idle}dry_run = true\n${backup('file-system')}`)).toEqual([]);
  expect(told(AGENT_SERVER + backup('file-system'))).toEqual([]);
});

test('a backup that is gone at once is refused', () => {
  expect(refusals('[deploy.recovery.backup]\nretention = "0s"')).toEqual([
    'config.toml:2: deploy.recovery.backup.retention: must be at least "1h", got "0s"',
  ]);
});

describe('a schedule', () => {
  const schedule = (text: string) => `[deploy.recovery.backup]\nschedule = "${text}"`;

  test.each(['0 3 * * *', '*/10 * * * *', '5,35 0-6/2 1 1-12 0', '59 23 31 12 6'])('may be %s', (text) => {
    expect(() => load(schedule(text))).not.toThrow();
  });

  test.each([
    '@daily',
    '0 3 * *',
    '0 3 * * * *',
    '60 3 * * *',
    '0 24 * * *',
    '0 3 0 * *',
    '0 3 * 13 *',
    '0 3 * * 7',
    '*/0 * * * *',
    '5-1 * * * *',
    '0  3 * * *',
    '',
  ])('must not be %j', (text) => {
    expect(refusals(schedule(text))).toEqual([
      expect.stringContaining('deploy.recovery.backup.schedule: must be five fields of cron, such as "0 3 * * *"'),
    ]);
  });
});

test('backups on a day that never comes are refused', () => {
  expect(refusals('[deploy.recovery.backup]\nschedule = "0 3 30 2 *"')).toEqual([
    expect.stringContaining(
      'config.toml:2: deploy.recovery.backup.schedule: must be a day that there is, got 0 3 30 2 *',
    ),
  ]);
});

describe('a profile with a second namespace', () => {
  const profile = (length: number, table: string) => `[kubernetes]\nnamespace = "${'a'.repeat(length)}"\n${table}`;

  test.each([
    ['[deploy.recovery.descheduler]', 56, '-system'],
    ['[deploy.monitoring]', 56, '-system'],
    [
      '[deploy.logging]\nhandlers = ["elasticsearch"]\nelasticsearch = { url = "https://elasticsearch.logging.svc:9200" }',
      55,
      '-logging',
    ],
  ])('leaves room for their names: %j', (table, longest, suffix) => {
    expect(() => load(profile(longest, table))).not.toThrow();
    expect(refusals(profile(longest + 1, table))).toEqual([
      `config.toml:2: kubernetes.namespace: must be at most ${longest} characters: a second namespace is called NAME${suffix}, got ${longest + 1}`,
    ]);
  });
});

test('a namespace that is watched must not be called kube, or kube-system would be ours', () => {
  expect(refusals('[kubernetes]\nnamespace = "kube"\n[deploy.recovery.descheduler]')).toEqual([
    "config.toml:2: kubernetes.namespace: must not be kube: kube-system is Kubernetes's own, got kube",
  ]);
});
