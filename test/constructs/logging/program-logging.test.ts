import { objectsOfToml, podOf, type Rendered } from '../../render';

const envOf = (toml: string): Record<string, string> =>
  Object.fromEntries(
    podOf(objectsOfToml(toml))
      .spec.containers[0].env.filter(({ name }: Rendered) => /^(LOG_|DEBUG$)/.test(name))
      .map(({ name, value }: Rendered) => [name, value]),
  );

const AGENT_SERVER = '[deploy]\ncontract = "agent-server"\n';

test('without the table nothing is said to the agent-server but that its logs are JSON', () => {
  expect(envOf(AGENT_SERVER)).toEqual({ LOG_JSON: 'true' });
});

test('the level is what is asked for', () => {
  expect(envOf(`${AGENT_SERVER}[deploy.logging]\nlevel = "WARNING"`)).toEqual({
    LOG_JSON: 'true',
    LOG_LEVEL: 'WARNING',
  });
});

test('with core.debug it is DEBUG', () => {
  expect(envOf(`core.debug = true\n${AGENT_SERVER}[deploy.logging]\nlevel = "WARNING"`)).toEqual({
    LOG_JSON: 'true',
    DEBUG: 'true',
  });
});

test('the handler file writes into the workspace, and a new file at the time asked for', () => {
  const toml = `
    core.workspace_mount_path_in_sandbox = "/work"
    ${AGENT_SERVER}
    [deploy.logging]
    handlers = ["console", "file"]
    file = { rotate_when = "H", keep = 24 }`;

  expect(envOf(toml)).toEqual({
    LOG_JSON: 'true',
    LOG_LEVEL: 'INFO',
    LOG_TO_FILE: 'true',
    LOG_DIR: '/work/logs',
    LOG_ROTATE_WHEN: 'H',
    LOG_BACKUP_COUNT: '24',
  });
});

test('the action execution server gets the level, and keeps no file beside its code', () => {
  expect(envOf('[deploy.logging]\nlevel = "DEBUG"')).toEqual({ LOG_LEVEL: 'DEBUG', LOG_TO_FILE: 'false' });
});

test.each(['baseline', 'restricted', 'privileged'])('without the table its Pod is what it was under %s', (standard) => {
  const env = envOf(`[deploy.security]\npod_security_standard = "${standard}"`);

  expect(env).toEqual(standard === 'restricted' ? { LOG_TO_FILE: 'false' } : {});
});

test('a variable of the profile wins', () => {
  const toml = `${AGENT_SERVER}[deploy.logging]\n[sandbox.runtime_startup_env_vars]\nLOG_LEVEL = "ERROR"`;

  expect(envOf(toml).LOG_LEVEL).toBe('ERROR');
});
