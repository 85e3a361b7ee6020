import { keySecretsOf } from '../../../tools/keys/key-secrets';
import { objectsOf, objectsOfToml } from '../../render';

const AGENT_SERVER = '[kubernetes]\nnamespace = "team"\n[deploy]\ncontract = "agent-server"\n';

test('every session has two entries, and the pool', () => {
  const [secret, ...others] = keySecretsOf(objectsOfToml(`${AGENT_SERVER}sessions = ["a", "b"]\n[deploy.pool]`));

  expect(others).toEqual([]);
  expect(secret).toMatchObject({
    reference: { kind: 'Secret', metadata: { name: 'openhands-session-keys', namespace: 'team' } },
    entries: [
      'a.api-key',
      'a.secret-key',
      'b.api-key',
      'b.secret-key',
      'openhands-runtime.api-key',
      'openhands-runtime.secret-key',
    ],
  });
});

test('every namespace has a Secret of its own', () => {
  const objects = ['a', 'b'].flatMap((name) => objectsOfToml(AGENT_SERVER.replace('team', name)));

  expect(keySecretsOf(objects).map(({ reference }) => reference.metadata.namespace)).toEqual(['a', 'b']);
});

test('an entry that a profile reads for something else is no key to make', () => {
  const objects = objectsOfToml(
    `${AGENT_SERVER}[sandbox.runtime_startup_env_vars]\nGITHUB_TOKEN = { secret = "openhands-session-keys", key = "github" }`,
  );

  expect(keySecretsOf(objects)[0]!.entries).toEqual(['default.api-key', 'default.secret-key']);
});

test('an ExternalSecret that fills it is told', () => {
  expect(keySecretsOf(objectsOf('production'))[0]!.madeBy).toBe('ExternalSecret/openhands-session-keys');
});

test('the program of OpenHands 0.62 reads no key', () => {
  expect(keySecretsOf(objectsOf('openhands-0.62'))).toEqual([]);
});

const IDLE = `${AGENT_SERVER}sessions = ["a"]\nsession_workload = "Sandbox"\n[deploy.idle]`;

test('the idle suspender has a copy of the keys that open a sandbox, and of no other', () => {
  expect(keySecretsOf(objectsOfToml(IDLE))[1]).toMatchObject({
    reference: { metadata: { name: 'openhands-idle-keys', namespace: 'team-system' } },
    entries: ['a.api-key'],
    copyOf: { metadata: { name: 'openhands-session-keys', namespace: 'team' } },
  });
});

test('what the sign-ins encrypt cookies with is one entry for all of them, in the form that oauth2-proxy takes', () => {
  const objects = objectsOfToml(`
[kubernetes]
namespace = "team"
ingress_tls_secret = "tls"
[deploy]
contract = "agent-server"
sessions = ["a", "b"]
canvas = {}
[deploy.sign_in]
issuer = "https://login.example.com"
default_owners = { groups = ["platform"] }
client = { secret = "oidc", secret_key = "cookie-secret" }`);

  expect(
    keySecretsOf(objects).map(({ reference, entries, encoding }) => [reference.metadata.name, entries, encoding]),
  ).toEqual([
    ['openhands-session-keys', ['a.api-key', 'a.secret-key', 'b.api-key', 'b.secret-key'], 'hex'],
    ['openhands-sign-in-cookie', ['cookie-secret'], 'base64url'],
  ]);
});
