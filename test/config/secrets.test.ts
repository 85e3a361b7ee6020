import { hasSecretName, looksLikeCredential, namesSecret } from '../../config/secrets';
import { load, refusals } from './config-file';

test.each([
  'API_KEY',
  'llm_api_key',
  'apiKey',
  'X-Api-Key',
  'GITHUB_TOKEN',
  'DB_PASSWORD',
  'jwt_secret',
  'Authorization',
])('%s is the name of a secret', (name) => expect(hasSecretName(name)).toBe(true));

test.each(['model', 'custom_tokenizer', 'max_input_tokens', 'monkey', 'keyboard', 'toString', 'input_cost_per_tokens'])(
  '%s is no name of a secret',
  (name) => expect(hasSecretName(name)).toBe(false),
);

/** Split, so that no scanner takes them for real ones. */
const CREDENTIALS = [
  `-----BEGIN ${'RSA PRIVATE KEY'}-----\nhunter2`,
  `-----BEGIN ${'PRIVATE KEY'}-----`,
  `sk-${'hunter2'.repeat(3)}`,
  `ghp_${'hunter2'.repeat(4)}`,
  `github_pat_${'hunter2'.repeat(4)}`,
  `glpat-${'hunter2'.repeat(3)}`,
  `AKIA${'HUNTER22'.repeat(2)}`,
  `xoxb-${'hunter2'.repeat(2)}`,
  `eyJ${'hunter2'.repeat(2)}.eyJ${'hunter2'.repeat(2)}`,
  `https://user:${'hunter2'}@example.com/path`,
  `postgres://:${'hunter2'}@db`,
];

test.each(CREDENTIALS)('%j has the form of a credential', (value) => {
  expect(looksLikeCredential(value)).toBe(true);
});

test.each([
  'https://example.com:8443/a@b',
  'git@github.com:a/b',
  'sk-short',
  'risk-management-of-many-things',
  '',
  5,
  null,
])('%j has no form of a credential', (value) => expect(looksLikeCredential(value)).toBe(false));

test.each(["{'API_KEY': 'x'}", '--token=x', 'Password: x'])('%j names a secret', (text) => {
  expect(namesSecret(text)).toBe(true);
});

const REFUSED =
  'must not be a secret written out: write { secret = "name", key = "entry" } instead, the name and the entry of a Secret';

describe('a secret that is written out is refused and not shown', () => {
  test.each([
    ['sandbox', 'runtime_startup_env_vars = { GITHUB_TOKEN = "hunter2" }', 'runtime_startup_env_vars.GITHUB_TOKEN'],
    ['sandbox', 'api_key = "hunter2"', 'api_key'],
    ['llm', 'api_key = "hunter2"', 'api_key'],
    ['llm.gpt', 'aws_secret_access_key = "hunter2"', 'aws_secret_access_key'],
    ['llm', 'secret = "hunter2"', 'secret'],
    ['llm', 'key = "hunter2"', 'key'],
    ['core', 'jwt_secret = "hunter2"', 'jwt_secret'],
    ['core', 'search_api_key = "hunter2"', 'search_api_key'],
    [
      'core',
      'file_store_web_hook_headers = { Authorization = "hunter2" }',
      'file_store_web_hook_headers.Authorization',
    ],
    ['mcp', 'shttp_servers = [{ api_key = "hunter2" }]', 'shttp_servers[0].api_key'],
    ['mcp', 'stdio_servers = [{ env = { X = "a", DB_PASSWORD = "hunter2" } }]', 'stdio_servers[0].env.DB_PASSWORD'],
    ['mcp', 'secrets = ["a", "hunter2"]', 'secrets[1]'],
    ['mcp', 'sse_servers = ["https://u:hunter2@example.com"]', 'sse_servers[0]'],
  ])('[%s] %s', (table, line, path) => {
    const refused = refusals(`[${table}]\n${line}`);
    expect(refused).toContain(`config.toml:2: ${table}.${path}: ${REFUSED}`);
    expect(refused.join()).not.toContain('hunter2');
  });

  test.each([
    'kubernetes.namespace',
    'kubernetes.tolerations_yaml',
    'sandbox.volumes',
    'sandbox.runtime_container_image',
    'sandbox.timeout',
    'sandbox.runtime_startup_env_vars.PLAIN',
    'core.cache_dir',
    'core.debug',
    'deploy.contract',
    'deploy.ingress.annotations.note',
    'llm.model',
    'extended.anything',
  ])('by its form, in %s', (path) => {
    for (const credential of CREDENTIALS) {
      expect(refusals(`${path} = ${JSON.stringify(credential)}`)).toEqual([`config.toml:1: ${path}: ${REFUSED}`]);
    }
  });

  test('by a rule that another field breaks', () => {
    const selector = `node_selector_key = "kubernetes.io/arch"\nnode_selector_val = "ghp_${'hunter2'.repeat(4)}"`;
    const refused = refusals(`[sandbox]\nplatform = "linux/arm64"\n[kubernetes]\n${selector}`);
    expect(refused).toEqual([`config.toml:5: kubernetes.node_selector_val: ${REFUSED}`]);
  });

  test.each([
    ['a list of tables for a table', '[[llm]]\napi_key = "hunter2"'],
    ['a table for a value', '[core]\ndebug = { api_key = "hunter2" }'],
    ['a list for a value', '[kubernetes]\nnamespace = ["hunter2", { password = "hunter2" }]'],
    ['a reference that is none', '[sandbox]\nruntime_startup_env_vars = { A = { secret = "hunter2" } }'],
    ['a bad name of a Secret', '[kubernetes]\ningress_tls_secret = "hunter2!"'],
    ['a text that names it', '[sandbox]\nplatform = "password=hunter2"'],
    ['an unknown key', '[kubernetes]\npassword = "hunter2"'],
  ])('inside %s', (_, text) => {
    expect(refusals(text).join()).not.toContain('hunter2');
  });
});

describe('what is no secret is let through', () => {
  test.each([
    ['llm', 'api_key = ""'],
    ['llm', 'api_key = { secret = "llm", key = "api-key" }'],
    ['llm', 'input_cost_per_token = 0.5\nmax_input_tokens = 100'],
    ['mcp', 'stdio_servers = [{ env = { API_TOKEN = { secret = "mcp", key = "token" } } }]'],
    ['sandbox', 'api_key = { secret = "runtime", key = "api-key" }'],
    ['sandbox', 'runtime_startup_env_vars = { GITHUB_TOKEN = { secret = "github", key = "token" }, HOST = "a" }'],
    ['kubernetes', 'node_selector_key = "zone"\nnode_selector_val = "a"\ningress_tls_secret = "tls"'],
  ])('[%s] %s', (table, lines) => {
    expect(() => load(`[${table}]\n${lines}`)).not.toThrow();
  });
});
