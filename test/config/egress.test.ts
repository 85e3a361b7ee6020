import { egressNames, namesOf } from '../../config/egress';
import { EGRESS_SETS } from '../../config/egress-sets';
import { EgressDomain } from '../../config/schema/egress-names';
import { load, refusals } from './config-file';

const NAME = 'a host name such as api.example.com, or *.example.com for every name below it';

const egress = (lines: string) => `[deploy.network.egress]\n${lines}\n`;

const namesIn = (toml: string) => egressNames(load(toml).profile.deploy.network);

test('egress is by name where it is a table', () => {
  expect(namesIn(egress('domains = ["api.example.com"]'))).toEqual({
    domains: ['api.example.com'],
    sets: [],
    ports: [443],
    allow_private: [],
    address: '10.96.0.53',
  });
  expect(namesIn('[deploy.network]\negress = "internet"')).toBeUndefined();
  expect(namesIn('[deploy.network]\negress = [{ cidr = "203.0.113.0/24" }]')).toBeUndefined();
});

test('the names of a set come after the profile’s own', () => {
  const names = namesOf(namesIn(egress('domains = ["mirror.example.com"]\nsets = ["github", "anthropic"]'))!);

  expect(names).toEqual([
    'mirror.example.com',
    'github.com',
    'api.github.com',
    'codeload.github.com',
    '*.githubusercontent.com',
    'api.anthropic.com',
  ]);
});

test('every name of a set is one that a profile could name', () => {
  for (const name of Object.values(EGRESS_SETS).flat()) expect(EgressDomain.safeParse(name).success).toBe(true);
});

describe('a name', () => {
  test.each(['example.com', 'a.b.example.com', '*.example.com', 'xn--bcher-kva.example', 'svc-1.ns.svc.cluster.local'])(
    'may be %s',
    (name) => {
      expect(namesIn(egress(`domains = ["${name}"]`))!.domains).toEqual([name]);
    },
  );

  test.each([
    ['https://api.example.com', 'without a scheme'],
    ['api.example.com/v1', 'without a path'],
    ['api.example.com:443', 'without a port, which belongs in ports'],
    ['api.*.example.com', 'with * in the place of its first labels only, before two others at least'],
    ['*', 'with * in the place of its first labels only, before two others at least'],
    ['*.com', 'with * in the place of its first labels only, before two others at least'],
    ['*example.com', 'with * in the place of its first labels only, before two others at least'],
    ['10.0.0.1', 'and no address: addresses are let through by a list of { cidr, ports }'],
    ['2001:db8::1', 'and no address: addresses are let through by a list of { cidr, ports }'],
    ['API.example.com', 'in lower case'],
    ['example.com.', 'without a dot at its end'],
  ])('is not %s', (name, hint) => {
    expect(refusals(egress(`domains = ["api.example.com", "${name}"]`))).toEqual([
      `config.toml:2: deploy.network.egress.domains[1]: must be ${NAME}, ${hint}, got "${name}"`,
    ]);
  });

  test.each(['localhost', '.example.com', 'a..b.example.com', '-a.example.com', 'exa mple.com', ''])(
    'is not %j either',
    (name) => {
      expect(refusals(egress(`domains = ["${name}"]`))).toEqual([
        `config.toml:2: deploy.network.egress.domains[0]: must be ${NAME}, got "${name}"`,
      ]);
    },
  );
});

test.each(['', 'domains = []', 'sets = []', 'domains = []\nsets = []'])(
  'a table with no name in it is refused: %j',
  (lines) => {
    expect(refusals(egress(lines))).toEqual([
      expect.stringMatching(
        /^config\.toml:[12]: deploy\.network\.egress\.domains: must have a name, or egress a set: egress = "none" is nowhere, got none$/,
      ),
    ]);
  },
);

test.each([
  ['domains = ["a.example.com", "a.example.com"]', 'domains[1]: must differ from the others, got a.example.com twice'],
  ['sets = ["github", "github"]', 'sets[1]: must differ from the others, got github twice'],
  [
    'sets = ["github"]\ndomains = ["github.com"]',
    'domains[0]: must differ from those of the set github, got github.com',
  ],
  [
    'sets = ["githib"]',
    'sets[0]: must be one of anthropic, openai, github, gitlab, got "githib", did you mean github?',
  ],
  ['sets = ["github"]\nports = []', 'ports: must be a list of ports, such as [443], got a list'],
  ['sets = ["github"]\nports = [443, 443]', 'ports[1]: must differ from the others, got 443 twice'],
  ['sets = ["github"]\nports = [0]', 'ports[0]: must be a port (1 to 65535), got 0'],
  ['sets = ["github"]\naddress = "proxy"', 'address: must be an IP address, got "proxy"'],
  [
    'sets = ["github"]\naddress = "169.254.169.254"',
    "address: must not be a cloud's metadata address, got 169.254.169.254",
  ],
  [
    'sets = ["github"]\nallow_private = ["10.0.0.1"]',
    'allow_private[0]: must be an address range such as 10.0.0.0/8 or fd00::/8, got "10.0.0.1"',
  ],
  [
    'sets = ["github"]\nallow_private = ["203.0.113.0/24"]',
    'allow_private[0]: must lie in a private range such as 10.0.0.0/8: the internet needs no exception, got 203.0.113.0/24',
  ],
  [
    'sets = ["github"]\nallow_private = ["0.0.0.0/0"]',
    "allow_private[0]: must leave out a cloud's metadata address, got 0.0.0.0/0",
  ],
  [
    'sets = ["github"]\nallow_private = ["169.254.0.0/16"]',
    "allow_private[0]: must leave out a cloud's metadata address, got 169.254.0.0/16",
  ],
  [
    'sets = ["github"]\nallow_private = ["10.1.0.0/16", "10.1.2.0/24"]',
    'allow_private[1]: must not overlap with 10.1.0.0/16, got 10.1.2.0/24',
  ],
  ['sets = ["github"]\ndomain = "a.example.com"', 'domain: unknown key, did you mean domains?'],
])('%s is refused', (lines, problem) => {
  const line = 1 + lines.split('\n').length;
  expect(refusals(egress(lines))).toEqual([`config.toml:${line}: deploy.network.egress.${problem}`]);
});

test('an address of a family that the cluster does not have is refused', () => {
  const toml = `[deploy.network]\nip_families = ["IPv4"]\n[deploy.network.egress]\nsets = ["github"]\naddress = "fd00::53"\nallow_private = ["fd12::/32"]`;

  expect(refusals(toml)).toEqual([
    'config.toml:5: deploy.network.egress.address: is IPv6, which deploy.network.ip_families leaves out',
    'config.toml:6: deploy.network.egress.allow_private[0]: is IPv6, which deploy.network.ip_families leaves out',
  ]);
});

describe('what would pass the proxy by, or look names up itself, is refused with it:', () => {
  const NAMES = 'deploy.network.egress.sets = ["github"]\n';

  test('the network of the node', () => {
    const toml = `${NAMES}sandbox.use_host_network = true\ndeploy.security.pod_security_standard = "privileged"`;
    expect(refusals(toml)).toEqual([
      "config.toml:2: sandbox.use_host_network: must be false with egress by name: no NetworkPolicy holds a Pod on its node's network, got true",
    ]);
  });

  test('name servers of the sandboxes’ own', () => {
    expect(refusals(`${NAMES}sandbox.docker_runtime_kwargs.dns = ["9.9.9.9"]`)).toEqual([
      'config.toml:2: sandbox.docker_runtime_kwargs.dns: must be left out with egress by name: the proxy alone looks names up',
    ]);
  });

  test.each(['HTTP_PROXY', 'https_proxy'])('a variable %s', (name) => {
    expect(refusals(`${NAMES}sandbox.runtime_startup_env_vars.${name} = "http://proxy.example.com"`)).toEqual([
      `config.toml:2: sandbox.runtime_startup_env_vars.${name}: must be left out with egress by name, which sets it to its proxy`,
    ]);
  });

  test('a collector in each sandbox that is told a name', () => {
    const toml = `${NAMES}deploy.contract = "agent-server"
[deploy.logging]
handlers = ["file", "elasticsearch"]
elasticsearch = { url = "https://elasticsearch.logging.svc:9200", collector = "Sidecar" }`;
    expect(refusals(toml)).toEqual([
      'config.toml:5: deploy.logging.elasticsearch.url: must be an address: with egress by name a sandbox, and a Sidecar in it, looks no names up, got https://elasticsearch.logging.svc:9200',
    ]);
  });
});

test('a namespace’s name leaves room for that of the proxy’s', () => {
  const name = 'a'.repeat(57);
  expect(refusals(`kubernetes.namespace = "${name}"\n${egress('sets = ["github"]')}`)).toEqual([
    `config.toml:1: kubernetes.namespace: must be at most 56 characters: a second namespace is called NAME-system, got 57`,
  ]);
});

test('an app server is warned that its sandboxes look up no name of it', () => {
  const appServer = '[deploy.access]\napp_server = { account = "openhands-app/openhands" }\n';
  const told = (toml: string) =>
    load(
      `${appServer}[deploy.pool]\nworkload = "SandboxWarmPool"\n[deploy]\ncontract = "agent-server"\n${toml}`,
    ).notices.filter((it) => it.includes('deploy.access.app_server'));

  expect(told(egress('sets = ["github"]'))).toEqual([
    expect.stringMatching(/config\.toml:2: warning: deploy\.access\.app_server: has no name that its sandboxes find/),
  ]);
  expect(told('')).toEqual([]);
});

describe('with network_plugin = "cilium"', () => {
  const plugin = (lines = 'egress = { sets = ["github"] }') =>
    `[deploy.network]\nnetwork_plugin = "cilium"\n${lines}\n`;
  const warnings = (toml: string) => load(toml).notices.filter((it) => it.includes('deploy.network.egress.address'));

  test.each(['', 'egress = "internet"', 'egress = "none"', 'egress = [{ cidr = "203.0.113.0/24" }]'])(
    'another egress than by name is refused: %j',
    (lines) => {
      expect(refusals(plugin(lines))).toEqual([
        'config.toml:2: deploy.network.network_plugin: needs egress by name, such as { domains = ["api.example.com"] }: any other egress is NetworkPolicies, which Cilium enforces unasked, got cilium',
      ]);
    },
  );

  test('another plugin is refused', () => {
    expect(refusals('[deploy.network]\nnetwork_plugin = "calico"\negress = { sets = ["github"] }')).toEqual([
      'config.toml:2: deploy.network.network_plugin: must be "cilium", got "calico"',
    ]);
  });

  test('a node-local DNS cache is refused', () => {
    expect(refusals(plugin('egress = { sets = ["github"] }\ndns_node_local = "169.254.20.10"'))).toEqual([
      'config.toml:4: deploy.network.dns_node_local: must be left out with network_plugin = "cilium": to Cilium no range means an address of a node, got 169.254.20.10',
    ]);
  });

  test('name servers of the sandboxes’ own are refused', () => {
    expect(refusals(`sandbox.docker_runtime_kwargs.dns = ["9.9.9.9"]\n${plugin()}`)).toEqual([
      "config.toml:1: sandbox.docker_runtime_kwargs.dns: must be left out with egress by name: Cilium's policy knows the cluster's name server alone",
    ]);
  });

  test('more ports than a rule of Cilium’s may have are refused', () => {
    const ports = Array.from({ length: 41 }, (_, index) => index + 1).join(', ');
    expect(refusals(plugin(`egress = { sets = ["github"], ports = [${ports}] }`))).toEqual([
      'config.toml:3: deploy.network.egress.ports: must be 40 at most with network_plugin = "cilium", got 41',
    ]);
  });

  test('a collector in each sandbox is refused', () => {
    const toml = `${plugin()}[deploy]
contract = "agent-server"
[deploy.logging]
handlers = ["file", "elasticsearch"]
elasticsearch = { url = "https://elasticsearch.logging.svc:9200", collector = "Sidecar" }`;
    expect(refusals(toml)).toEqual([
      'config.toml:8: deploy.logging.elasticsearch.collector: must be DaemonSet with network_plugin = "cilium" and egress by name: what denies a sandbox private addresses would deny them to its Sidecar, got Sidecar',
    ]);
  });

  test('the address of a proxy, which a parent may have, has no effect', () => {
    expect(warnings(plugin('egress = { sets = ["github"], address = "10.96.0.54" }'))).toEqual([
      expect.stringMatching(
        /config\.toml:3: warning: .* has no effect with network_plugin = "cilium": there is no proxy$/,
      ),
    ]);
    expect(warnings(plugin())).toEqual([]);
  });

  test('that address need be of no family of the cluster’s', () => {
    expect(() => load(plugin('ip_families = ["IPv6"]\negress = { sets = ["github"] }'))).not.toThrow();
  });

  test('an app server is warned that its name must be listed', () => {
    const toml = `[deploy]
contract = "agent-server"
[deploy.access]
app_server = { account = "openhands-app/openhands" }
[deploy.pool]
workload = "SandboxWarmPool"
${plugin()}`;
    expect(load(toml).notices).toContainEqual(
      expect.stringContaining('has a name that its sandboxes find if deploy.network.egress.domains has it'),
    );
  });
});
