import { objectsOfToml, podOf, type Rendered } from '../../render';

const specOf = (toml = ''): Rendered => podOf(objectsOfToml(toml)).spec;
const containerOf = (toml = ''): Rendered => specOf(toml).containers[0];
const commandOf = (toml = ''): string => containerOf(toml).command.join(' ');
const variable = (name: string, toml = ''): Rendered => containerOf(toml).env.find((it: Rendered) => it.name === name);

const RESTRICTED = '[deploy.security]\npod_security_standard = "restricted"\n';
const PRIVILEGED = '[deploy.security]\npod_security_standard = "privileged"\n';

describe('its command', () => {
  test('is OpenHands 0.62’s', () => {
    expect(commandOf()).toBe(
      '/openhands/micromamba/bin/micromamba run -n openhands poetry run ' +
        'python -u -m openhands.runtime.action_execution_server 8080 --working-dir /workspace ' +
        '--plugins agent_skills jupyter vscode --username root --user-id 1000',
    );
  });

  test('works in workspace_mount_path_in_sandbox', () => {
    expect(commandOf('[core]\nworkspace_mount_path_in_sandbox = "/work"')).toContain('--working-dir /work ');
  });

  test('has no plugins without initialize_plugins', () => {
    expect(commandOf('[sandbox]\ninitialize_plugins = false')).not.toContain('--plugins');
  });

  test.each([
    [true, '1000'],
    [false, '0'],
  ])('with run_as_openhands = %s its user id is %s', (asOpenhands, user) => {
    expect(commandOf(`[core]\nrun_as_openhands = ${asOpenhands}`)).toMatch(new RegExp(` --user-id ${user}$`));
  });

  test('ignores user_id, as 0.62 does', () => {
    expect(commandOf('[sandbox]\nuser_id = 4321')).toBe(commandOf());
  });

  test('ends in browsergym_eval_env, split at spaces', () => {
    const { command } = containerOf('[sandbox]\nbrowsergym_eval_env = "webarena 1 2"');

    expect(command.slice(-4)).toEqual(['--browsergym-eval-env', 'webarena', '1', '2']);
  });

  test('has no browser without enable_browser', () => {
    expect(commandOf('[core]\nenable_browser = false')).toMatch(/ --no-enable-browser$/);
    expect(commandOf()).not.toContain('--no-enable-browser');
  });
});

test('it starts where its code lies', () => {
  expect(containerOf().workingDir).toBe('/openhands/code/');
});

test('it declares the ports of API, editor and applications', () => {
  expect(containerOf().ports).toEqual([
    { name: 'http', containerPort: 8080 },
    { name: 'vscode', containerPort: 8081 },
    { containerPort: 30082 },
    { containerPort: 30083 },
  ]);
});

test('vscode_port moves the editor, in the program and in the Pod', () => {
  const toml = '[sandbox]\nvscode_port = 9000';

  expect(variable('VSCODE_PORT', toml).value).toBe('9000');
  expect(containerOf(toml).ports).toContainEqual({ name: 'vscode', containerPort: 9000 });
});

test.each([
  ['debug', '[core]\ndebug = true', 'DEBUG', 'true'],
  ['linting', '[sandbox]\nenable_auto_lint = true', 'ENABLE_AUTO_LINT', 'true'],
  ['restricted, it does not call su', RESTRICTED, 'SU_TO_USER', 'false'],
  ['a read-only root, it writes no log beside its code', RESTRICTED, 'LOG_TO_FILE', 'false'],
])('with %s: a variable says so', (_, toml, name, value) => {
  expect(variable(name, toml)).toEqual({ name, value });
  expect(variable(name)).toBeUndefined();
});

describe('its probes', () => {
  test('readiness is 0.62’s own', () => {
    expect(containerOf().readinessProbe).toEqual({
      httpGet: { path: '/alive', port: 8080 },
      initialDelaySeconds: 5,
      periodSeconds: 10,
      timeoutSeconds: 5,
      successThreshold: 1,
      failureThreshold: 3,
    });
  });

  test.each([1, 180, 181, 600])('it may start for remote_runtime_init_timeout = %d seconds', (seconds) => {
    const { periodSeconds, failureThreshold } = containerOf(
      `[sandbox]\nremote_runtime_init_timeout = ${seconds}`,
    ).startupProbe;

    expect(periodSeconds * failureThreshold).toBeGreaterThanOrEqual(seconds);
    expect(periodSeconds * (failureThreshold - 1)).toBeLessThan(seconds);
  });

  test('a program that hangs is restarted', () => {
    expect(containerOf().livenessProbe.httpGet).toEqual({ path: '/server_info', port: 'http' });
  });

  test.each(['startupProbe', 'livenessProbe'])('under privileged there is no %s, as in 0.62', (probe) => {
    expect(containerOf(PRIVILEGED)).not.toHaveProperty(probe);
  });
});

describe('its user', () => {
  test('is root under baseline, with no more than su needs', () => {
    expect(specOf().securityContext).not.toHaveProperty('runAsUser');
    expect(containerOf().securityContext.capabilities).toEqual({ drop: ['ALL'], add: ['CHOWN', 'SETGID', 'SETUID'] });
  });

  test('is 1000 under restricted, without a capability', () => {
    expect(specOf(RESTRICTED).securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
    });
    expect(containerOf(RESTRICTED).securityContext.capabilities).toEqual({ drop: ['ALL'] });
  });

  test.each([
    [4321, 4321],
    [0, 1000],
  ])('with user_id = %d is %d under restricted', (id, user) => {
    expect(specOf(`${RESTRICTED}[sandbox]\nuser_id = ${id}`).securityContext.runAsUser).toBe(user);
  });
});
