import Ajv from 'ajv';
import { contains } from '../../../config/addresses';
import { find, objectsOfToml, podOf, type Rendered } from '../../render';
import schema from './cilium-network-policy.schema.json';

const toml = (names = 'domains = ["api.example.com", "*.example.org"]', deploy = '') =>
  `[deploy]\ncontract = "agent-server"\n${deploy}\n[deploy.network]\nnetwork_plugin = "cilium"\n[deploy.network.egress]\n${names}\n`;
const objects = (names?: string, deploy?: string): Rendered[] => objectsOfToml(toml(names, deploy));
const policy = (names?: string): Rendered => find(objects(names), 'CiliumNetworkPolicy');

const SELECTORS = [{ matchName: 'api.example.com' }, { matchPattern: '**.example.org' }];

test('it is about the sandboxes, and says why it is there', () => {
  expect(policy()).toMatchObject({
    apiVersion: 'cilium.io/v2',
    metadata: {
      name: 'openhands-runtime-allow-egress-names',
      namespace: 'default',
      annotations: { 'kubernetes.io/description': expect.stringMatching(/\.$/) },
    },
    spec: { endpointSelector: { matchLabels: { app: 'openhands-runtime' } } },
  });
});

test('the cluster’s name server is asked for the names of the profile, and for no other', () => {
  expect(policy().spec.egress[0]).toEqual({
    toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s:k8s-app': 'kube-dns' } }],
    toPorts: [{ ports: [{ port: '53', protocol: 'ANY' }], rules: { dns: SELECTORS } }],
  });
});

test('they are reached on the ports of the profile', () => {
  expect(policy('domains = ["api.example.com", "*.example.org"]\nports = [443, 8443]').spec.egress[1]).toEqual({
    toFQDNs: SELECTORS,
    toPorts: [
      {
        ports: [
          { port: '443', protocol: 'TCP' },
          { port: '8443', protocol: 'TCP' },
        ],
      },
    ],
  });
});

test('nothing else is let through', () => {
  expect(policy().spec.egress).toHaveLength(2);
  const standard = objects().filter(({ kind }) => kind === 'NetworkPolicy');
  expect(standard.map(({ metadata }) => metadata.name)).toEqual(['openhands-runtime-default-deny']);
});

test('the names of a set are among them', () => {
  expect(policy('sets = ["anthropic"]').spec.egress[1].toFQDNs).toEqual([{ matchName: 'api.anthropic.com' }]);
});

describe('whatever a name resolves to,', () => {
  const isDenied = (address: string, names?: string): boolean =>
    policy(names).spec.egressDeny[0].toCIDR.some((it: string) => contains(it, address));

  test.each(['10.1.2.3/32', '169.254.169.254/32', '127.0.0.1/32', 'fd00:ec2::254/128', '::1/128'])(
    '%s is denied',
    (address) => {
      expect(isDenied(address)).toBe(true);
    },
  );

  test.each(['203.0.113.10/32', '2606:4700::1/128'])('%s of the internet is not', (address) => {
    expect(isDenied(address)).toBe(false);
  });

  test('a private range that the profile allows is not, and all around it is', () => {
    const names = 'sets = ["github"]\nallow_private = ["10.20.0.0/16"]';
    const addresses = ['10.20.0.1/32', '10.20.255.255/32', '10.19.255.255/32', '10.21.0.0/32'];
    expect(addresses.map((it) => isDenied(it, names))).toEqual([false, false, true, true]);
  });
});

describe('the schema of its CRD', () => {
  // Kubernetes has keywords and formats of its own.
  const accepts = new Ajv({ strict: false, formats: { cidr: true, int32: true } }).compile(schema);

  test.each([
    undefined,
    'sets = ["anthropic", "openai", "github", "gitlab"]\nports = [80, 443]\nallow_private = ["10.20.0.0/16", "fd12::/32"]',
  ])('accepts it: %s', (names) => {
    accepts(policy(names).spec);
    expect(accepts.errors).toBeNull();
  });

  test.each<[string, (spec: Rendered) => void]>([
    ['a port that is a number', (it) => (it.egress[1].toPorts[0].ports[0].port = 443)],
    ['an unknown protocol', (it) => (it.egress[1].toPorts[0].ports[0].protocol = 'tcp')],
    ['a name of a misspelt kind', (it) => (it.egress[1].toFQDNs[0] = { matchNames: 'api.example.com' })],
    ['a name and a pattern in one', (it) => (it.egress[1].toFQDNs[0].matchPattern = '*.example.com')],
    ['a name with a scheme', (it) => (it.egress[1].toFQDNs[0].matchName = 'https://api.example.com')],
    ['names that are looked up beside the rules', (it) => (it.egress[0].toPorts[0].dns = [])],
    ['a deny by name', (it) => (it.egressDeny[0].toFQDNs = [{ matchName: 'api.example.com' }])],
    ['a policy about nobody', (it) => delete it.endpointSelector],
  ])('refuses %s', (_, change) => {
    const broken = structuredClone(policy().spec);
    change(broken);
    expect(accepts(broken)).toBe(false);
  });
});

test('there is no proxy, and no namespace for it', () => {
  const kinds = objects().filter(({ kind, metadata }) => kind === 'Namespace' || /squid|-egress$/.test(metadata.name));
  expect(kinds).toEqual([]);
});

describe('a sandbox', () => {
  const pod = () => podOf(objects());

  test('is told no proxy', () => {
    expect(pod().spec.containers[0].env.filter(({ name }: Rendered) => /proxy/i.test(name))).toEqual([]);
  });

  test('may be told one of the profile’s own', () => {
    const own = `${toml()}[sandbox.runtime_startup_env_vars]\nHTTPS_PROXY = "http://proxy.example.com:3128"`;
    expect(podOf(objectsOfToml(own)).spec.containers[0].env).toContainEqual({
      name: 'HTTPS_PROXY',
      value: 'http://proxy.example.com:3128',
    });
  });

  test('asks for a name as it is, at the cluster’s name server', () => {
    expect(pod().spec.dnsPolicy).toBeUndefined();
    expect(pod().spec.dnsConfig).toEqual({ options: [{ name: 'ndots', value: '1' }] });
  });
});

test('a warm pool’s own policy lets nothing out: what Cilium lets out comes on top', () => {
  const pool = `sessions = []\npool = { workload = "SandboxWarmPool" }`;
  const { spec } = find(objects(undefined, pool), 'SandboxTemplate');

  expect(spec.networkPolicy.egress).toEqual([]);
  expect(spec.podTemplate.metadata.labels.app).toBe('openhands-runtime');
  expect(spec.podTemplate.spec).toMatchObject({
    dnsPolicy: 'ClusterFirst',
    dnsConfig: { options: [{ name: 'ndots', value: '1' }] },
  });
});

test('staging takes it in the place of its proxy', () => {
  const kinds = objectsOfToml('[deploy]\nextends = "staging"\n[deploy.network]\nnetwork_plugin = "cilium"');

  expect(find(kinds, 'CiliumNetworkPolicy').metadata.namespace).toBe('openhands-staging');
  expect(kinds.filter(({ metadata }) => metadata.name.startsWith('openhands-egress'))).toEqual([]);
});
