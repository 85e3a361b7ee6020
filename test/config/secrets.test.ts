import { load, refusals } from './config-file';
import { CREDENTIALS } from './credential-forms';

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
    ['mcp', 'sse_servers = ["https://example.com/sse?apiKey=hunter2"]', 'sse_servers[0]'],
    ['mcp', 'shttp_servers = [{ url = "https://example.com/?token=hunter2" }]', 'shttp_servers[0].url'],
    ['mcp', 'stdio_servers = [{ args = ["-y", "server", "--api-key", "hunter2"] }]', 'stdio_servers[0].args[3]'],
    ['mcp', 'stdio_servers = [{ args = ["--api-key=hunter2"] }]', 'stdio_servers[0].args[0]'],
    ['mcp', 'stdio_servers = [{ args = ["-e", "GITHUB_TOKEN=hunter2"] }]', 'stdio_servers[0].args[1]'],
    ['mcp', 'stdio_servers = [{ args = ["Authorization: Bearer hunter2"] }]', 'stdio_servers[0].args[0]'],
    ['mcp', 'stdio_servers = [{ env = [{ name = "API_KEY", value = "hunter2" }] }]', 'stdio_servers[0].env[0].value'],
    ['mcp', `stdio_servers = [{ env = { CONFIG = '{"accessKey": "hunter2"}' } }]`, 'stdio_servers[0].env.CONFIG'],
    ['mcp', 'a = [[{ b = [{ accessKey = "hunter2" }] }]]', 'a[0][0].b[0].accessKey'],
    ['llm.a.b.c', 'MYSQL_PWD = "hunter2"', 'MYSQL_PWD'],
    ['llm', 'headers = ["x-api-key: hunter2"]', 'headers[0]'],
    ['eval', 'password = "hunter2"', 'password'],
    ['extended', 'dsn = "Server=db;Password=hunter2;"', 'dsn'],
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

test.each([
  ['llm', 'password = 123456', 'password'],
  ['llm', 'api_key = 99999999999999999999', 'api_key'],
])('a number can be a secret: [%s] %s', (table, line, path) => {
  expect(refusals(`[${table}]\n${line}`)).toEqual([`config.toml:2: ${table}.${path}: ${REFUSED}`]);
});

describe('what is no secret is let through', () => {
  test.each([
    ['llm', 'max_tokens = 100000\nmax_input_tokens = 200000\ntoken = 5\nsecret = false'],
    ['llm', 'api_key = "${OPENAI_API_KEY}"'],
    ['mcp', 'stdio_servers = [{ args = ["-e", "GITHUB_TOKEN", "--token-limit", "5", "--password", "--verbose"] }]'],
    ['mcp', 'stdio_servers = [{ env = { TOKENIZERS_PARALLELISM = "false", PWD = "/work" } }]'],
    ['sandbox', 'runtime_startup_env_vars = { GOOGLE_APPLICATION_CREDENTIALS = "/var/secrets/gcp.json" }'],
    ['agent', 'system_prompt = "Use the token: it is the unit of text. Never tell a password."'],
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
