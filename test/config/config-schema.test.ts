import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configSchema, type JsonSchema } from '../../tools/docs/config-schema';
import { inFolder } from '../render';
import { load, refusals } from './config-file';

const CONFIG = join(__dirname, '../../config');
const SCHEMA = join(CONFIG, 'config.schema.json');

/** Every field with its place. */
function fieldsOf(json: JsonSchema, place: string): [string, JsonSchema][] {
  const { properties = {}, items, additionalProperties, anyOf = [], oneOf = [] } = json;
  const inner = [items, typeof additionalProperties === 'object' ? additionalProperties : undefined];
  return [
    ...Object.entries(properties).flatMap(([key, field]): [string, JsonSchema][] => [
      [`${place}.${key}`, field],
      ...fieldsOf(field, `${place}.${key}`),
    ]),
    ...inner.flatMap((it) => (it ? fieldsOf(it, `${place}[]`) : [])),
    ...[...anyOf, ...oneOf].flatMap((it) => fieldsOf(it, place)),
  ];
}

test.each(fieldsOf(configSchema(), 'config'))('%s is described by the comment above it', (_, { description }) => {
  expect(description).toMatch(/^(?!Must be ).+/);
});

const profiles = readdirSync(join(CONFIG, 'profiles')).map((file) => join(CONFIG, 'profiles', file));

test.each(profiles)('%s names the schema for editors', (file) => {
  expect(readFileSync(file, 'utf8')).toMatch(/^#:schema \.\.\/config\.schema\.json\n/);
});

/** The files that Taplo finds fault with. */
function faulty(files: readonly string[]): string[] {
  const taplo = join(__dirname, '../../node_modules/.bin/taplo');
  const { stderr, status } = spawnSync(taplo, ['lint', '--schema', `file://${SCHEMA}`, ...files], { encoding: 'utf8' });
  const found = [...stderr.matchAll(/invalid file error=schema validation failed path="([^"]+)"/g)].map(
    ([, it]) => it!,
  );
  expect(status).toBe(found.length === 0 ? 0 : 1);
  return found.sort();
}

const GOOD = [
  '[eval]\nany = 1\n[core]\nnewer = true',
  '[deploy]\nextends = "staging"\nautoscaling = false\n[deploy.quota]',
  '[llm.gpt]\nmodel = "x"\n[mcp]\nsse_servers = ["http://localhost"]',
  'deploy.network.egress = [{ cidr = "203.0.113.0/24", ports = [443] }, { namespace = "a", pods = { app = "b" } }]',
  '[deploy.metadata]\nlabels = { "example.com/team" = "a" }\n[[deploy.patches]]\ntarget = { kind = "A", name = "*" }\nmerge = { spec.a = [1, { b = true }] }',
  '[[deploy.patches]]\ntarget = { kind = "A", name = "a" }\npatch = [{ op = "add", path = "/a~1b/-", value = 1 }]\nexempt = { spread = "why" }',
  '[deploy]\nextends = "staging"\npatches = false',
  'sandbox.docker_runtime_kwargs = { mem_limit = "2G", extra_hosts = ["a:1.2.3.4"] }\nkubernetes.tolerations_yaml = ""',
];

const BAD = [
  'kubernetes.nmespace = "x"',
  'kubernetes.namespace = "X"',
  'kubernetes.namespace = 5',
  'kubernetes.privileged = "yes"',
  'kubernetes.image_pull_secret = "A B"',
  'sandbox.timeout = "120"',
  'sandbox.timeout = 0',
  'sandbox.trusted_dirs = "/a"',
  'sandbox.remote_runtime_class = "gviser"',
  'sandbox.platform = "windows/amd64"',
  'sandbox.api_key = "x"',
  'sandbox.runtime_startup_env_vars = { "1A" = "x" }',
  'sandbox.runtime_startup_env_vars = { A = { secret = "a" } }',
  'sandbox.docker_runtime_kwargs = { auto_remove = true }',
  'sandbox.docker_runtime_kwargs = { mem_limit = "1x" }',
  'core.debug = 1',
  'core.workspace_mount_path_in_sandbox = "workspace"',
  'llm = 5',
  'deploy.contract = "agent-sever"',
  'deploy.sessions = ["Demo"]',
  'deploy.sessions = ["a_b"]',
  'deploy.pool = true',
  'deploy.pool = { workloads = "Deployment" }',
  'deploy.network.egress = ["api.example.com"]',
  'deploy.network.egress = "internt"',
  'deploy.network.egress = [{ cidr = "203.0.113.0/24", port = [443] }]',
  'deploy.network.clients = [{}]',
  'deploy.access.managers = ["x"]',
  'deploy.ingress.annotations = { "a b" = "x" }',
  'deploy.monitoring.alertmanager.receivers = [{ name = "a", severities = ["info"], type = "telegram" }]',
  'deploy.recovery.restore_from = { a = { backup = "a", snapshot = "b" } }',
  'deploy.metadata.labels = { a = "b!" }',
  'deploy.patches = true',
  'deploy.patches = [{ merge = { a = 1 } }]',
  'deploy.patches = [{ target = { kind = "A", name = "a" }, patch = [{ op = "delete", path = "/a" }] }]',
  'deploy.patches = [{ target = { kind = "A", name = "a" }, patch = [{ op = "remove", path = "a" }] }]',
  '[deploy.quota]',
];

test('Taplo finds fault with exactly what the program refuses for its shape, and with no shipped profile', () => {
  inFolder((folder) => {
    const write = (kind: string, texts: readonly string[]) =>
      texts.map((text, index) => {
        const file = join(folder, `${kind}-${String(index).padStart(2, '0')}.toml`);
        writeFileSync(file, text);
        return file;
      });
    const good = write('good', GOOD);
    const bad = write('bad', BAD);
    expect(faulty([...profiles, ...good, ...bad])).toEqual(bad);
  });
});

test.each(BAD)('%j is refused by the program too', (text) => {
  expect(refusals(text)).not.toEqual([]);
});

test.each(GOOD)('%j is taken by the program too', (text) => {
  expect(() => load(text)).not.toThrow();
});
