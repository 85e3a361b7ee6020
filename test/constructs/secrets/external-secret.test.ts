import { find, objectsOfToml, type Rendered } from '../../render';

const profile = (store: string, contract = 'agent-server') => `
[sandbox.runtime_startup_env_vars]
LLM_API_KEY = { secret = "llm", key = "api-key" }
SECOND_API_KEY = { secret = "llm", key = "api-key" }
MODEL = "written-out"
[deploy]
contract = "${contract}"
sessions = ["alice", "bob"]
${store}
`;

const STORE = '[deploy.secrets]\nexternal = { store = "vault" }';

const secretsOf = (toml: string): Rendered[] => objectsOfToml(toml).filter(({ kind }) => kind === 'ExternalSecret');

const entriesOf = (toml: string, name: string): string[] =>
  find(objectsOfToml(toml), 'ExternalSecret', name).spec.data.map(({ secretKey }: Rendered) => secretKey);

test('without a store Secrets are made by hand', () => {
  expect(secretsOf(profile(''))).toEqual([]);
});

test('it fills the Secret with every session’s keys', () => {
  expect(entriesOf(profile(STORE), 'openhands-session-keys')).toEqual([
    'alice.api-key',
    'alice.secret-key',
    'bob.api-key',
    'bob.secret-key',
  ]);
});

test('an entry that two variables refer to is fetched once', () => {
  expect(entriesOf(profile(STORE), 'llm')).toEqual(['api-key']);
});

test('the store’s entry has the name of the Secret and of its entry', () => {
  expect(find(objectsOfToml(profile(STORE)), 'ExternalSecret', 'llm').spec).toMatchObject({
    target: { name: 'llm', creationPolicy: 'Owner' },
    data: [{ secretKey: 'api-key', remoteRef: { key: 'llm', property: 'api-key' } }],
  });
});

test.each([
  ['external = { store = "vault" }', 'SecretStore'],
  ['external = { store = "vault", kind = "ClusterSecretStore" }', 'ClusterSecretStore'],
])('%s is a %s', (line, kind) => {
  const [secret] = secretsOf(profile(`[deploy.secrets]\n${line}`));

  expect(secret.spec.secretStoreRef).toEqual({ name: 'vault', kind });
});

test('the action execution server has no keys to fetch', () => {
  const names = secretsOf(profile(STORE, 'action-execution-server')).map(({ metadata }) => metadata.name);

  expect(names).toEqual(['llm']);
});

test('nothing but names is written down', () => {
  expect(JSON.stringify(secretsOf(profile(STORE)))).not.toContain('written-out');
});
