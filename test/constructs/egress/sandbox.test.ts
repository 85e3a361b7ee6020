import { find, objectsOfToml, podOf, type Rendered } from '../../render';

const NAMES = '[deploy.network.egress]\nsets = ["github"]\n';
const agentServer = (toml = '') => `[deploy]\ncontract = "agent-server"\n${toml}\n${NAMES}`;

const envOf = (pod: Rendered): Record<string, string> =>
  Object.fromEntries(pod.spec.containers[0].env.map(({ name, value }: Rendered) => [name, value]));

const PROXY = 'http://10.96.0.53:3128';
const VARIABLES = {
  HTTP_PROXY: PROXY,
  HTTPS_PROXY: PROXY,
  http_proxy: PROXY,
  https_proxy: PROXY,
  NO_PROXY: 'localhost,127.0.0.1,::1',
  no_proxy: 'localhost,127.0.0.1,::1',
  NODE_USE_ENV_PROXY: '1',
};

test('a session’s programs are told the proxy', () => {
  expect(envOf(podOf(objectsOfToml(agentServer())))).toMatchObject(VARIABLES);
});

test('so are those of the 0.62 program', () => {
  expect(envOf(podOf(objectsOfToml(NAMES)))).toMatchObject(VARIABLES);
});

test.each(['Deployment', 'StatefulSet'])('so are those of a pool that is a %s', (workload) => {
  const objects = objectsOfToml(`${agentServer('sessions = []')}[deploy.pool]\nworkload = "${workload}"`);
  expect(envOf(find(objects, workload, 'openhands-runtime').spec.template)).toMatchObject(VARIABLES);
});

describe('a warm pool', () => {
  const template = () =>
    find(objectsOfToml(`${agentServer('sessions = []')}[deploy.pool]\nworkload = "SandboxWarmPool"`), 'SandboxTemplate')
      .spec;

  test('tells it too', () => {
    expect(envOf(template().podTemplate)).toMatchObject(VARIABLES);
  });

  test('lets out to the proxy alone, by the policy of the controller as well', () => {
    expect(template().networkPolicy.egress).toEqual([
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default-system' } },
            podSelector: { matchLabels: { 'app.kubernetes.io/name': 'openhands-egress' } },
          },
        ],
        ports: [{ protocol: 'TCP', port: 3128 }],
      },
    ]);
  });

  test('has no name server, and none that the controller would choose', () => {
    expect(template().podTemplate.spec).toMatchObject({ dnsPolicy: 'None', dnsConfig: { nameservers: ['127.0.0.1'] } });
  });
});

test('an IPv6 address is in brackets', () => {
  const toml = `${agentServer()}address = "fd00::53"`;
  expect(envOf(podOf(objectsOfToml(toml))).HTTPS_PROXY).toBe('http://[fd00::53]:3128');
});

test('a program that does not know of the proxy fails at once: its name server is not there', () => {
  expect(podOf(objectsOfToml(agentServer())).spec).toMatchObject({
    dnsPolicy: 'None',
    dnsConfig: { nameservers: ['127.0.0.1'] },
  });
});

test('no policy lets a sandbox look names up, or out to an address', () => {
  const egress = objectsOfToml(agentServer())
    .filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.namespace === 'default')
    .flatMap(({ spec }) => spec.egress ?? []);

  expect(egress).toEqual([
    {
      to: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default-system' } },
          podSelector: { matchLabels: { 'app.kubernetes.io/name': 'openhands-egress' } },
        },
      ],
      ports: [{ protocol: 'TCP', port: 3128 }],
    },
  ]);
});

test('a claim may bring no other proxy', () => {
  const toml = `${agentServer('sessions = []')}[deploy.access]\napp_server = { account = "openhands-app/openhands" }\n[deploy.pool]\nworkload = "SandboxWarmPool"`;
  const policy = find(objectsOfToml(toml), 'ValidatingAdmissionPolicy', 'openhands-runtime-claims.default');
  const fixed = policy.spec.variables.find(({ name }: Rendered) => name === 'fixed').expression;

  expect(JSON.parse(fixed)).toMatchObject(VARIABLES);
});

test('without egress by name nothing of it is there', () => {
  const objects = objectsOfToml('[deploy]\ncontract = "agent-server"');

  expect(Object.keys(envOf(podOf(objects))).filter((it) => /proxy/i.test(it))).toEqual([]);
  expect(podOf(objects).spec.dnsPolicy).toBeUndefined();
  expect(objects.filter(({ metadata }) => metadata.name.includes('egress'))).toEqual([]);
});
