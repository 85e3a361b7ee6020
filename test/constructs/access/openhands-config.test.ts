import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { loadProfile } from '../../../config/load';
import { objectsOf } from '../../../main';
import { find, inFolder, objectsOfToml } from '../../render';

const ACCESS = '\n[deploy.access]\nmanagers = ["apps/openhands"]\n';

const textOf = (toml: string): string =>
  find(objectsOfToml(toml + ACCESS), 'ConfigMap', 'openhands-config').data['config.toml'];

test.each([
  ['sandbox', 'remote_runtime_api_url = "http://example.com"'],
  ['sandbox', 'remote_runtime_api_timeout = 20'],
  ['sandbox', 'remote_runtime_enable_retries = false'],
  ['sandbox', 'local_runtime_url = "http://example.com"'],
  ['sandbox', 'keep_runtime_alive = true'],
  ['sandbox', 'pause_closed_runtimes = false'],
  ['sandbox', 'timeout = 600'],
  ['sandbox', 'close_delay = 60'],
  ['sandbox', 'remote_runtime_init_timeout = 600'],
  ['sandbox', 'enable_auto_lint = true'],
  ['sandbox', 'selected_repo = "openhands/openhands"'],
  ['sandbox', 'trusted_dirs = ["/srv"]'],
  ['core', 'max_iterations = 7'],
  ['core', 'file_store = "local"'],
  ['llm', 'model = "gpt"\ntemperature = 0.5'],
  ['agent', 'enable_browsing = false'],
  ['security', 'confirmation_mode = true'],
  ['condenser', 'type = "noop"'],
  ['mcp', 'sse_servers = ["http://example.com"]'],
  ['kubernetes', 'namespace = "sandboxes"'],
])('OpenHands reads [%s] %s as it was written', (table, lines) => {
  const toml = `[${table}]\n${lines}\n`;

  expect(parse(textOf(toml))).toEqual(parse(toml));
});

test('OpenHands gets the tables and keys that 0.62 does not know, as they were written', () => {
  const toml = 'new = 1\n\n[core]\nnewer = [ 2 ]\n\n[eval]\nmodel = "x"\n';

  expect(parse(textOf(toml))).toEqual(parse(toml));
});

test('OpenHands does not get [deploy], which it does not know', () => {
  expect(parse(textOf('[core]\ndebug = true'))).not.toHaveProperty('deploy');
});

test('an override of the environment is in it too', () => {
  const text = inFolder((folder) => {
    const file = join(folder, 'config.toml');
    writeFileSync(file, `[sandbox]\ntimeout = 60\n${ACCESS}`);
    const objects = objectsOf(loadProfile(file, { SANDBOX_TIMEOUT: '90' }).profile);
    return find(objects, 'ConfigMap', 'openhands-config').data['config.toml'];
  });

  expect(parse(text)).toEqual({ sandbox: { timeout: 90 } });
});

describe('a reference to a Secret', () => {
  const text = textOf(`
[core]
jwt_secret = { secret = "openhands", key = "jwt" }
[llm.gpt]
api_key = { secret = "llm", key = "gpt" }
[sandbox]
api_key = { secret = "remote", key = "key" }
`);

  test('is not in the tables, where OpenHands would not understand it', () => {
    expect(parse(text)).toEqual({ core: {}, llm: { gpt: {} }, sandbox: {} });
  });

  test.each([
    ['JWT_SECRET', 'openhands', 'jwt'],
    ['LLM_GPT_API_KEY', 'llm', 'gpt'],
    ['SANDBOX_API_KEY', 'remote', 'key'],
  ])('is a comment that says what %s must be', (variable, secret, key) => {
    expect(text).toContain(`# ${variable}: set it from Secret ${secret}, entry ${key}\n`);
  });
});

test('without managers there is nobody to read it', () => {
  expect(objectsOfToml('').map(({ kind }) => kind)).not.toContain('ConfigMap');
});
