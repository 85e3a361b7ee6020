import { contains } from '../../../config/addresses';
import { find, objectsOfToml, type Rendered } from '../../render';

const policiesOf = (toml: string): Rendered[] => objectsOfToml(toml).filter(({ kind }) => kind === 'NetworkPolicy');

const policy = (name: string, toml = ''): Rendered =>
  find(objectsOfToml(toml), 'NetworkPolicy', `openhands-runtime-${name}`).spec;

const network = (lines: string) => `[deploy.network]\n${lines}\n`;

/** Whether a policy lets a sandbox out to an address. */
const reaches = (spec: Rendered, address: string): boolean =>
  spec.egress.some(({ to }: Rendered) =>
    to.some(
      ({ ipBlock }: Rendered) =>
        ipBlock &&
        contains(ipBlock.cidr, address) &&
        !ipBlock.except?.some((range: string) => contains(range, address)),
    ),
  );

describe('nothing comes in or goes out unless a policy says so', () => {
  const BOTH = ['Ingress', 'Egress'];

  test('of any Pod in a namespace of ours', () => {
    expect(policy('default-deny', '[kubernetes]\nnamespace = "sandboxes"')).toEqual({
      podSelector: {},
      policyTypes: BOTH,
    });
  });

  test('of a sandbox in a namespace that others use', () => {
    expect(policy('default-deny')).toEqual({
      podSelector: { matchLabels: { app: 'openhands-runtime' } },
      policyTypes: BOTH,
    });
  });

  test('and where others use it, the policy says what it does not hold', () => {
    const { metadata } = find(objectsOfToml(''), 'NetworkPolicy', 'openhands-runtime-default-deny');

    expect(metadata.annotations['kubernetes.io/description']).toContain(
      'This namespace is shared: a Pod without the label app=openhands-runtime is not held.',
    );
  });
});

test('what is allowed is allowed to the sandboxes alone, those that OpenHands makes at run time too', () => {
  const toml = network('clients = [{ namespace = "a" }]\ningress_controllers = [{ namespace = "b" }]');

  const allowing = policiesOf(`[kubernetes]\nnamespace = "sandboxes"\n${toml}`).filter(
    ({ metadata }) => metadata.name !== 'openhands-runtime-default-deny',
  );
  expect(allowing.map(({ spec }) => spec.podSelector)).toEqual(
    Array.from({ length: 4 }, () => ({ matchLabels: { app: 'openhands-runtime' } })),
  );
});

describe('names', () => {
  const PORTS = [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ];

  test('are looked up at the cluster’s name servers', () => {
    expect(policy('allow-dns').egress).toEqual([
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
            podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
          },
        ],
        ports: PORTS,
      },
    ]);
  });

  test.each([
    ['169.254.20.10', '169.254.20.10/32'],
    ['fd00:10::a', 'fd00:10::a/128'],
  ])('may be looked up at the node’s cache %s too', (address, cidr) => {
    const [rule] = policy('allow-dns', network(`dns_node_local = "${address}"`)).egress;

    expect(rule.to).toContainEqual({ ipBlock: { cidr } });
    expect(rule.to).toHaveLength(2);
  });

  test('are looked up at the profile’s own name servers instead', () => {
    const [rule] = policy('allow-dns', '[sandbox]\ndocker_runtime_kwargs = { dns = ["192.0.2.53"] }').egress;

    expect(rule).toEqual({ to: [{ ipBlock: { cidr: '192.0.2.53/32' } }], ports: PORTS });
  });
});

describe('the API', () => {
  test.each([
    ['action-execution-server', 8080],
    ['agent-server', 8000],
  ])('of the %s is its only port for clients', (contract, port) => {
    const toml = `[deploy]\ncontract = "${contract}"\n${network('clients = [{ namespace = "apps" }]')}`;

    expect(policy('allow-api', toml).ingress[0].ports).toEqual([{ protocol: 'TCP', port }]);
  });

  test.each([
    ['{ namespace = "apps" }', { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'apps' } } }],
    [
      '{ namespace = "apps", pods = { app = "openhands" } }',
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'apps' } },
        podSelector: { matchLabels: { app: 'openhands' } },
      },
    ],
    ['{ cidr = "10.1.2.3/32" }', { ipBlock: { cidr: '10.1.2.3/32' } }],
  ])('may be called by the client %s', (client, peer) => {
    expect(policy('allow-api', network(`clients = [${client}]`)).ingress[0].from).toEqual([peer]);
  });

  test('may be called by the managers’ namespaces', () => {
    const toml = '[deploy.access]\nmanagers = ["apps/openhands"]';

    expect(policy('allow-api', toml).ingress[0].from).toEqual([
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'apps' } } },
    ]);
  });

  test('may be called by the dev box', () => {
    expect(policy('allow-api', '[deploy.devbox]').ingress[0].from).toEqual([
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } },
        podSelector: { matchLabels: { app: 'ubuntu-dev' } },
      },
    ]);
  });

  test('may not be called by another sandbox when the sandboxes’ namespace is a client', () => {
    expect(policy('allow-api', network('clients = [{ namespace = "default" }]')).ingress[0].from).toEqual([
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } },
        podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['openhands-runtime'] }] },
      },
    ]);
  });

  test('may not be called by another sandbox when every Pod of their namespace is a client by no labels', () => {
    const [rule] = policy('allow-api', network('clients = [{ namespace = "default", pods = {} }]')).ingress;

    expect(rule.from[0].podSelector.matchExpressions).toEqual([
      { key: 'app', operator: 'NotIn', values: ['openhands-runtime'] },
    ]);
  });

  test('may be called by nobody when nobody is named', () => {
    expect(policiesOf('').map(({ metadata }) => metadata.name)).not.toContain('openhands-runtime-allow-api');
  });
});

describe('the ingress controller', () => {
  const CONTROLLER = network('ingress_controllers = [{ namespace = "traefik" }]');

  const portsFor = (toml: string): number[] =>
    policy('allow-ingress-controller', toml).ingress[0].ports.map(({ port }: Rendered) => port);

  test('reaches the editor', () => {
    expect(portsFor(CONTROLLER)).toEqual([8081]);
  });

  test('may be several', () => {
    const toml = network('ingress_controllers = [{ namespace = "traefik" }, { cidr = "192.0.2.1/32" }]');

    expect(policy('allow-ingress-controller', toml).ingress[0].from).toEqual([
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'traefik' } } },
      { ipBlock: { cidr: '192.0.2.1/32' } },
    ]);
  });

  test('reaches the editor at vscode_port', () => {
    expect(portsFor(`[sandbox]\nvscode_port = 9000\n${CONTROLLER}`)).toEqual([9000]);
  });

  test('reaches the API only where it is exposed', () => {
    const toml = `
[deploy]
contract = "agent-server"
[deploy.secrets]
session_keys = "required"
[deploy.ingress]
api = true
${CONTROLLER}`;

    expect(portsFor(toml)).toEqual([8001, 8000]);
  });

  test.each([CONTROLLER + '[deploy.ingress]\nkind = "none"', ''])(
    'without an exposed port or a name: no policy',
    (toml) => {
      const names = policiesOf(toml).map(({ metadata }) => metadata.name);

      expect(names).not.toContain('openhands-runtime-allow-ingress-controller');
    },
  );
});

describe('the exporter', () => {
  test.each([
    ['action-execution-server', 8080],
    ['agent-server', 8000],
  ])('reaches the API of the %s from its own namespace', (contract, port) => {
    const toml = `[kubernetes]\nnamespace = "team"\n[deploy]\ncontract = "${contract}"\n[deploy.monitoring]`;

    expect(policy('allow-monitoring', toml).ingress).toEqual([
      {
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'team-system' } },
            podSelector: { matchLabels: { 'app.kubernetes.io/name': 'openhands-exporter' } },
          },
        ],
        ports: [{ protocol: 'TCP', port }],
      },
    ]);
  });

  test('is let in by nobody who has none', () => {
    expect(policiesOf('').map(({ metadata }) => metadata.name)).not.toContain('openhands-runtime-allow-monitoring');
  });

  test('is the only one who is let in for monitoring: Prometheus itself is not', () => {
    const toml = '[deploy.monitoring]\nprometheus = [{ namespace = "monitoring" }]';
    const peers = policiesOf(toml)
      .filter(({ metadata }) => metadata.namespace === 'default')
      .flatMap(({ spec }) => spec.ingress ?? []);

    expect(JSON.stringify(peers)).not.toContain('"monitoring"');
  });
});

describe('by default a sandbox', () => {
  test.each(['1.1.1.1/32', '2606:4700::1111/128'])('reaches the internet at %s', (address) => {
    expect(reaches(policy('allow-internet'), address)).toBe(true);
  });

  test.each(['169.254.169.254/32', 'fd00:ec2::254/128'])('cannot reach the cloud metadata address %s', (address) => {
    expect(reaches(policy('allow-internet'), address)).toBe(false);
  });

  test.each(['10.0.0.1/32', '172.16.0.1/32', '192.168.0.1/32', '100.64.0.1/32', 'fd12::1/128', 'fe80::1/128'])(
    'cannot reach the private address %s',
    (address) => {
      expect(reaches(policy('allow-internet'), address)).toBe(false);
    },
  );
});

describe('egress', () => {
  test.each(['"none"', '[]'])('%s lets a sandbox out nowhere', (egress) => {
    const names = policiesOf(network(`egress = ${egress}`)).map(({ metadata }) => metadata.name);

    expect(names).toEqual(['openhands-runtime-default-deny', 'openhands-runtime-allow-dns']);
  });

  test('may be a list of addresses and Pods, with ports', () => {
    const toml = network(
      'egress = [{ cidr = "192.0.2.0/24", ports = [443] }, { namespace = "llm", pods = { app = "proxy" }, ports = [4000] }]',
    );

    expect(policy('allow-egress-1', toml).egress).toEqual([
      { to: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ protocol: 'TCP', port: 443 }] },
    ]);
    expect(policy('allow-egress-2', toml).egress).toEqual([
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'llm' } },
            podSelector: { matchLabels: { app: 'proxy' } },
          },
        ],
        ports: [{ protocol: 'TCP', port: 4000 }],
      },
    ]);
  });

  test.each(['0.0.0.0/0', '169.254.0.0/16', '::/0', 'fd00::/8'])(
    'to %s leaves the cloud metadata addresses out',
    (cidr) => {
      const spec = policy('allow-egress-1', network(`egress = [{ cidr = "${cidr}", allow_private = true }]`));

      expect(reaches(spec, '169.254.169.254/32') || reaches(spec, 'fd00:ec2::254/128')).toBe(false);
    },
  );
});
