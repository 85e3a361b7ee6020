import { objectsOfToml, podOf, type Rendered } from '../../render';

const DEPLOY = '[deploy]\ncontract = "agent-server"\nsessions = ["demo"]\n';

const specOf = (toml = ''): Rendered => podOf(objectsOfToml(`${DEPLOY}${toml}`)).spec;
const containerOf = (toml = ''): Rendered => specOf(toml).containers[0];
const variable = (name: string, toml = ''): Rendered => containerOf(toml).env.find((it: Rendered) => it.name === name);

test.each([
  ['nothing', '', 'ghcr.io/openhands/agent-server:1.58.2-python'],
  ['a base image', '[sandbox]\nbase_container_image = "example.com/base:1"', 'example.com/base:1'],
  ['a runtime image', '[sandbox]\nruntime_container_image = "example.com/own:2"', 'example.com/own:2'],
])('with %s its image is pinned', (_, toml, image) => {
  expect(containerOf(toml).image).toBe(image);
});

test('it listens on every address, which without a key it would not', () => {
  expect(containerOf().args).toEqual(['--host', '0.0.0.0', '--port', '8000']);
});

test('its API is on port 8000 and its editor on 8001', () => {
  expect(containerOf().ports).toEqual([
    { name: 'http', containerPort: 8000 },
    { name: 'vscode', containerPort: 8001 },
  ]);
});

test('vscode_port moves the editor, in the program and in the Pod', () => {
  const toml = '[sandbox]\nvscode_port = 9000';

  expect(variable('OH_VSCODE_PORT', toml).value).toBe('9000');
  expect(containerOf(toml).ports).toContainEqual({ name: 'vscode', containerPort: 9000 });
});

test('it does not wait for a download at import', () => {
  expect(variable('LITELLM_LOCAL_MODEL_COST_MAP').value).toBe('True');
});

test.each([
  ['OH_WORKSPACE_PATH', '/work/project'],
  ['OH_CONVERSATIONS_PATH', '/work/conversations'],
  ['OH_BASH_EVENTS_DIR', '/work/bash_events'],
])('%s is an absolute path in the workspace', (name, path) => {
  expect(variable(name, '[core]\nworkspace_mount_path_in_sandbox = "/work"').value).toBe(path);
});

test('a command without a directory runs in the workspace', () => {
  expect(containerOf('[core]\nworkspace_mount_path_in_sandbox = "/work"').workingDir).toBe('/work');
});

test('a new Pod takes a conversation over at once', () => {
  expect(variable('OH_LEASE_TTL_SECONDS').value).toBe('0');
});

test.each([
  ['debug', '[core]\ndebug = true', 'DEBUG', 'true'],
  ['no browser', '[core]\nenable_browser = false', 'OH_ENABLE_BROWSER', 'false'],
  ['linting', '[sandbox]\nenable_auto_lint = true', 'ENABLE_AUTO_LINT', 'true'],
])('%s is a variable of the program', (_, toml, name, value) => {
  expect(variable(name, toml)).toEqual({ name, value });
  expect(variable(name)).toBeUndefined();
});

describe('its keys', () => {
  test.each([
    ['OH_SESSION_API_KEYS_0', 'demo.api-key'],
    ['OH_SECRET_KEY', 'demo.secret-key'],
  ])('%s is entry %s of the Secret openhands-session-keys', (name, key) => {
    expect(variable(name).valueFrom.secretKeyRef).toMatchObject({ name: 'openhands-session-keys', key });
  });

  test.each([
    ['optional', true],
    ['required', false],
  ])('are %s: the Pod starts without them: %s', (keys, optional) => {
    const toml = `[deploy.secrets]\nsession_keys = "${keys}"`;

    expect(variable('OH_SESSION_API_KEYS_0', toml).valueFrom.secretKeyRef.optional).toBe(optional);
    expect(variable('OH_SECRET_KEY', toml).valueFrom.secretKeyRef.optional).toBe(optional);
  });
});

describe('its probes', () => {
  test.each([
    ['startupProbe', '/health'],
    ['readinessProbe', '/ready'],
    ['livenessProbe', '/alive'],
  ])('the %s asks %s of the API', (probe, path) => {
    expect(containerOf()[probe].httpGet).toEqual({ path, port: 'http' });
  });

  test.each([1, 180, 181, 600])('it may start for remote_runtime_init_timeout = %d seconds', (seconds) => {
    const { periodSeconds, failureThreshold } = containerOf(
      `[sandbox]\nremote_runtime_init_timeout = ${seconds}`,
    ).startupProbe;

    expect(periodSeconds * failureThreshold).toBeGreaterThanOrEqual(seconds);
    expect(periodSeconds * (failureThreshold - 1)).toBeLessThan(seconds);
  });

  test('a server that hangs for a minute is killed, and not waited for as one that stops', () => {
    const { periodSeconds, failureThreshold, terminationGracePeriodSeconds } = containerOf().livenessProbe;

    expect(periodSeconds * failureThreshold).toBe(60);
    expect(terminationGracePeriodSeconds).toBe(10);
  });
});

test.each([
  [30, 60],
  [600, 600],
])(
  'with sandbox.timeout = %d a stop may take %d seconds, because it waits for running requests',
  (timeout, seconds) => {
    expect(specOf(`[sandbox]\ntimeout = ${timeout}`).terminationGracePeriodSeconds).toBe(seconds);
  },
);

test.each(['baseline', 'restricted'])('under %s it runs as its image’s own user', (standard) => {
  expect(specOf(`[deploy.security]\npod_security_standard = "${standard}"`).securityContext).toMatchObject({
    runAsUser: 10001,
    runAsGroup: 10001,
    runAsNonRoot: true,
    fsGroup: 10001,
  });
});

test('user_id is its user, group and the owner of its volumes', () => {
  expect(specOf('[sandbox]\nuser_id = 20000').securityContext).toMatchObject({
    runAsUser: 20000,
    runAsGroup: 20000,
    fsGroup: 20000,
  });
});

test('user_id = 0 is the image’s user, never root', () => {
  expect(specOf('[sandbox]\nuser_id = 0').securityContext.runAsUser).toBe(10001);
});

test('it needs no capability', () => {
  expect(containerOf().securityContext.capabilities).toEqual({ drop: ['ALL'] });
});
