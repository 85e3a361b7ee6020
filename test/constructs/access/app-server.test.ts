import type { Cluster } from '../../../tools/cluster/cluster';
import { coldClaims } from '../../../tools/preflight/claims';
import { find, objectsOfToml, type Rendered } from '../../render';

const POOL = `
[kubernetes]
namespace = "sandboxes"
[deploy]
contract = "agent-server"
sessions = []
[deploy.pool]
workload = "SandboxWarmPool"
name = "openhands-pool"
`;
const APP_SERVER = '[deploy.access.app_server]\naccount = "apps/server"\npods = { app = "openhands-server" }\n';

const objects = objectsOfToml(POOL + APP_SERVER);

const peer = {
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'apps' } },
  podSelector: { matchLabels: { app: 'openhands-server' } },
};

test('without the table a claim may bring no variable and there is no Role', () => {
  const plain = objectsOfToml(POOL);

  expect(find(plain, 'SandboxTemplate').spec).toMatchObject({ envVarsInjectionPolicy: 'Disallowed', service: false });
  expect(plain.map(({ kind }) => kind)).not.toContain('Role');
  expect(plain.map(({ kind }) => kind)).not.toContain('ValidatingAdmissionPolicy');
});

test('its Role is exactly what it calls, bound to its account alone', () => {
  expect(find(objects, 'Role', 'openhands-app-server').rules).toEqual([
    {
      apiGroups: ['extensions.agents.x-k8s.io'],
      resources: ['sandboxclaims'],
      verbs: ['create', 'get', 'list', 'watch', 'delete'],
    },
    { apiGroups: ['agents.x-k8s.io'], resources: ['sandboxes'], verbs: ['get', 'list', 'watch', 'patch'] },
  ]);
  expect(find(objects, 'RoleBinding').subjects).toEqual([
    { kind: 'ServiceAccount', name: 'server', namespace: 'apps' },
  ]);
});

test('a claim may bring variables, and its sandbox has a Service', () => {
  expect(find(objects, 'SandboxTemplate').spec).toMatchObject({ envVarsInjectionPolicy: 'Overrides', service: true });
});

test('its Pods reach the API, and the sandboxes its webhooks, by policies that outlive the template', () => {
  expect(find(objects, 'NetworkPolicy', 'openhands-runtime-allow-app-server').spec.ingress).toEqual([
    { from: [peer], ports: [{ protocol: 'TCP', port: 8000 }] },
  ]);
  expect(find(objects, 'NetworkPolicy', 'openhands-runtime-allow-webhooks').spec.egress).toEqual([
    { to: [peer], ports: [{ protocol: 'TCP', port: 3000 }] },
  ]);
  const { ingress, egress } = find(objects, 'SandboxTemplate').spec.networkPolicy;
  expect(ingress.flatMap(({ from }: Rendered) => from)).toContainEqual(peer);
  expect(egress.flatMap(({ to }: Rendered) => to)).toContainEqual(peer);
});

test('it may not change what a Sandbox runs, no more than a manager may', () => {
  const { matchConditions } = find(objects, 'ValidatingAdmissionPolicy', 'openhands-runtime-sandboxes.sandboxes').spec;

  expect(matchConditions[0].expression).toBe('request.userInfo.username in ["system:serviceaccount:apps:server"]');
});

describe('a claim, whoever makes it,', () => {
  const { matchConstraints, matchConditions, variables, validations } = find(
    objects,
    'ValidatingAdmissionPolicy',
    'openhands-runtime-claims.sandboxes',
  ).spec;
  const fixed = JSON.parse(variables.find(({ name }: Rendered) => name === 'fixed').expression);
  const env = find(objects, 'SandboxTemplate').spec.podTemplate.spec.containers[0].env;

  test('is judged when it is made', () => {
    expect(matchConditions).toBeUndefined();
    expect(matchConstraints.resourceRules).toMatchObject([{ operations: ['CREATE'], resources: ['sandboxclaims'] }]);
  });

  test('finds every variable of the template either fixed, or secret, or its own key', () => {
    const secret = JSON.parse(/\[.*\]/.exec(validations[1].expression)![0]) as string[];

    expect([...Object.keys(fixed), ...secret, 'OH_SESSION_API_KEYS_0'].sort()).toEqual(
      env.map(({ name }: Rendered) => name).sort(),
    );
    expect(secret).toEqual(['OH_SECRET_KEY']);
  });

  test('finds them fixed to the values that the app server itself asks for', () => {
    expect(fixed).toMatchObject({
      OH_CONVERSATIONS_PATH: '/workspace/conversations',
      OH_BASH_EVENTS_DIR: '/workspace/bash_events',
      LOG_JSON: 'true',
    });
  });
});

test("a profile's own variables are fixed too, and those from a Secret cannot be replaced", () => {
  const rendered = objectsOfToml(
    `${POOL}${APP_SERVER}[sandbox.runtime_startup_env_vars]\nTEAM = "a"\nGITHUB_TOKEN = { secret = "github", key = "token" }\n`,
  );
  const { variables, validations } = find(
    rendered,
    'ValidatingAdmissionPolicy',
    'openhands-runtime-claims.sandboxes',
  ).spec;

  expect(JSON.parse(variables[1].expression)).toMatchObject({ TEAM: 'a' });
  expect(validations[1].expression).toContain('"GITHUB_TOKEN"');
});

test('preflight says that its claims start cold', async () => {
  const none = {} as Cluster;

  expect(await coldClaims(none, objectsOfToml(POOL))).toEqual([]);
  expect(await coldClaims(none, objects)).toMatchObject([
    { by: ['SandboxTemplate/openhands-pool'], found: expect.stringContaining('13 to 17 s') },
  ]);
});
