import { find, renderToml, type Rendered } from '../../render';

interface Given {
  readonly deploy?: string;
  /** Lines of `[deploy.sign_in]`, beside its issuer and owners. */
  readonly signIn?: string;
  readonly issuer?: string;
  /** Further tables. */
  readonly tables?: string;
}

const profile = ({ deploy = '', signIn = '', issuer = 'https://login.example.com', tables = '' }: Given = {}) => `
[kubernetes]
namespace = "sandboxes"
ingress_domain = "example.com"
ingress_tls_secret = "tls"
[deploy]
contract = "agent-server"
sessions = ["alice", "reviews"]
canvas = {}
${deploy}
[deploy.network]
ip_families = ["IPv4"]
ingress_controllers = [{ namespace = "traefik" }]
[deploy.sign_in]
issuer = "${issuer}"
owners = { alice = ["alice@example.com", "Bob@example.com"], reviews = { groups = ["platform", "security"] } }
${signIn}
${tables}`;

const objects = (given?: Given): Rendered[] => renderToml(profile(given)).objects;
const namesOf = (all: readonly Rendered[]) => all.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
const deploymentOf = (all: readonly Rendered[], session = 'alice') =>
  find(all, 'Deployment', `openhands-sign-in-${session}`).spec;
const podOf = (all: readonly Rendered[], session = 'alice') => deploymentOf(all, session).template.spec;
const argsOf = (all: readonly Rendered[], session = 'alice'): string[] => podOf(all, session).containers[0].args;
const policy = (all: readonly Rendered[], name: string): Rendered => find(all, 'NetworkPolicy', name).spec;

test('no table, no sign-in', () => {
  const { objects: without } = renderToml('[deploy]\ncontract = "agent-server"\ncanvas = {}\n');

  expect(namesOf(without).filter((it) => it.includes('sign-in'))).toEqual([]);
});

test('a session that people own has a policy, a Service, their addresses and a Deployment', () => {
  expect(namesOf(objects()).filter((it) => it.endsWith('openhands-sign-in-alice'))).toEqual([
    'NetworkPolicy/openhands-sign-in-alice',
    'Service/openhands-sign-in-alice',
    'ConfigMap/openhands-sign-in-alice',
    'Deployment/openhands-sign-in-alice',
  ]);
});

describe('it lets in', () => {
  test('the people of a session by their addresses, and nobody by a domain or a group', () => {
    expect(find(objects(), 'ConfigMap', 'openhands-sign-in-alice').data).toEqual({
      emails: 'alice@example.com\nbob@example.com\n',
    });
    expect(argsOf(objects())).toContain('--authenticated-emails-file=/etc/openhands-sign-in/emails/emails');
    expect(argsOf(objects()).filter((it) => /^--(email-domain|allowed-group)=/.test(it))).toEqual([]);
  });

  test('the groups of a session, and nobody by an address', () => {
    const args = argsOf(objects(), 'reviews');

    expect(args.filter((it) => it.startsWith('--allowed-group='))).toEqual([
      '--allowed-group=platform',
      '--allowed-group=security',
    ]);
    expect(args).toContain('--email-domain=*');
    expect(args.join()).not.toContain('authenticated-emails-file');
    expect(namesOf(objects())).not.toContain('ConfigMap/openhands-sign-in-reviews');
  });

  test('nobody else: no path, no address and no token goes past it', () => {
    for (const session of ['alice', 'reviews']) {
      expect(argsOf(objects(), session).join(' ')).not.toMatch(
        /--(skip-auth|trusted-ip|skip-jwt|htpasswd|ssl-insecure)/,
      );
    }
  });

  test('former owners no longer: with other owners there are other Pods', () => {
    const checksum = (all: readonly Rendered[]) => deploymentOf(all).template.metadata.annotations['checksum/config'];

    expect(checksum(objects())).not.toBe(
      checksum(objects({ signIn: 'admins = { emails = ["root@example.com"], groups = ["admins"] }' })),
    );
  });
});

describe('what it asks and believes', () => {
  test('the issuer, with PKCE and a nonce, and sends people back to the one address', () => {
    expect(argsOf(objects())).toEqual(
      expect.arrayContaining([
        '--provider=oidc',
        '--oidc-issuer-url=https://login.example.com',
        '--scope=openid email offline_access',
        '--code-challenge-method=S256',
        '--insecure-oidc-skip-nonce=false',
        '--redirect-url=https://alice.example.com/oauth2/callback',
      ]),
    );
  });

  test('no header from outside, and no other address to go on to', () => {
    expect(argsOf(objects())).toEqual(
      expect.arrayContaining(['--reverse-proxy=false', '--pass-user-headers=true', '--pass-basic-auth=false']),
    );
    expect(argsOf(objects()).join()).not.toContain('--whitelist-domain');
  });

  test('an issuer with a certificate of its own authority, from the client’s Secret', () => {
    const all = objects({ signIn: 'own_ca = true' });

    expect(argsOf(all)).toContain('--provider-ca-file=/etc/openhands-sign-in/client/ca.crt');
    expect(podOf(all).volumes.find(({ name }: Rendered) => name === 'client').secret.items).toContainEqual({
      key: 'ca.crt',
      path: 'ca.crt',
    });
  });
});

test('its cookie is of its own session and host, over https, out of the reach of scripts, and of an hour', () => {
  const cookie = (session: string) => argsOf(objects(), session).filter((it) => it.startsWith('--cookie-'));

  expect(cookie('alice')).toEqual(
    expect.arrayContaining([
      '--cookie-name=__Host-openhands-sign-in-alice',
      '--cookie-secure=true',
      '--cookie-httponly=true',
      '--cookie-samesite=lax',
      '--cookie-expire=1h',
      '--cookie-refresh=5m',
    ]),
  );
  expect(cookie('reviews')).toContain('--cookie-name=__Host-openhands-sign-in-reviews');
  expect(cookie('alice').join()).not.toContain('--cookie-domain');
});

test('no secret is in the manifests: each is an entry of a Secret that the user names', () => {
  const all = objects({
    signIn:
      'client = { secret = "oidc", id_key = "id", secret_key = "password" }\ncookie = { secret = "cookies", key = "sandboxes" }',
  });
  const { containers, volumes } = podOf(all);

  expect(containers[0].env).toEqual([
    { name: 'OAUTH2_PROXY_CLIENT_ID', valueFrom: { secretKeyRef: { name: 'oidc', key: 'id' } } },
  ]);
  expect(volumes.filter(({ secret }: Rendered) => secret)).toEqual([
    { name: 'client', secret: { secretName: 'oidc', items: [{ key: 'password', path: 'client-secret' }] } },
    { name: 'cookie', secret: { secretName: 'cookies', items: [{ key: 'sandboxes', path: 'cookie-secret' }] } },
  ]);
});

test('a script that calls the API is told 401, and a person is shown where to sign in', () => {
  const [route] = argsOf(objects()).filter((it) => it.startsWith('--api-route='));
  const pattern = new RegExp(route!.slice('--api-route='.length));

  for (const path of ['/api/conversations', '/sockets/events/1?x=y', '/server_info', '/ready'])
    expect(path).toMatch(pattern);
  for (const path of ['/', '/canvas/', '/apiary', '/vscode/']) expect(path).not.toMatch(pattern);
  expect(argsOf(objects())).not.toContain('--skip-provider-button=true');
});

test('its own health is where the agent-server has none', () => {
  const { startupProbe, readinessProbe, livenessProbe } = podOf(objects()).containers[0];

  expect([startupProbe, readinessProbe, livenessProbe].map(({ httpGet }) => httpGet.path)).toEqual([
    '/oauth2/ping',
    '/oauth2/ready',
    '/oauth2/ping',
  ]);
  expect(argsOf(objects())).toEqual(expect.arrayContaining(['--ping-path=/oauth2/ping', '--ready-path=/oauth2/ready']));
});

describe.each(['privileged', 'baseline', 'restricted'])('under the standard %s', (standard) => {
  test('its Pod is restricted, with an account of its own and no token', () => {
    const pod = podOf(objects({ tables: `[deploy.security]\npod_security_standard = "${standard}"` }));

    expect(pod).toMatchObject({ serviceAccountName: 'openhands-sign-in', automountServiceAccountToken: false });
    expect(pod.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(pod.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
    });
  });
});

describe('a profile that is highly available', () => {
  const all = objects({ tables: '[deploy.pool]\n[deploy.high_availability]\neviction_seconds = 30' });

  test('has two of it, spread, of which a drain takes one', () => {
    expect(deploymentOf(all).replicas).toBe(2);
    expect(podOf(all).topologySpreadConstraints).toHaveLength(2);
    expect(podOf(all).tolerations).toHaveLength(2);
    expect(find(all, 'PodDisruptionBudget', 'openhands-sign-in-alice').spec).toEqual({
      selector: { matchLabels: { app: 'openhands-sign-in', session: 'alice' } },
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
  });

  test('and any other has one', () => {
    expect(deploymentOf(objects()).replicas).toBe(1);
    expect(namesOf(objects())).not.toContain('PodDisruptionBudget/openhands-sign-in-alice');
  });
});

test('it has the nodes, the priority and the pull secret of our other Pods, and its image from the mirror', () => {
  const tables = `
    [deploy.system_pods]
    node_selector = { tier = "infra" }
    tolerations = [{ key = "infra", operator = "Exists", effect = "NoSchedule" }]
    image_pull_secret = "registry"
    priority_class = "infrastructure"
    [deploy.pool]
    [deploy.high_availability]
    eviction_seconds = 30
    [deploy.images.mirrors]
    "quay.io" = "registry.example.com/quay"`;
  const pod = podOf(objects({ tables }));

  expect(pod).toMatchObject({
    nodeSelector: { tier: 'infra' },
    imagePullSecrets: [{ name: 'registry' }],
    priorityClassName: 'infrastructure',
  });
  expect(pod.tolerations.map(({ key }: Rendered) => key)).toEqual([
    'node.kubernetes.io/not-ready',
    'node.kubernetes.io/unreachable',
    'infra',
  ]);
  expect(pod.containers[0].image).toMatch(/^registry\.example\.com\/quay\/oauth2-proxy\/oauth2-proxy:v7\.15\./);
});

describe('the network', () => {
  const controller = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'traefik' } } }];

  test('the host leads to the sign-in, by an Ingress and by the Gateway API', () => {
    const service = { name: 'openhands-sign-in-alice', port: 4180 };
    const [rule] = find(objects(), 'Ingress', 'openhands-runtime-alice-ingress-code').spec.rules;
    const tables = '[deploy.ingress]\nkind = "HTTPRoute"\ngateway = { class_name = "traefik" }';
    const route = find(objects({ tables }), 'HTTPRoute', 'openhands-runtime-alice-ingress-code');

    expect(rule.http.paths[0].backend.service).toEqual({ name: service.name, port: { number: service.port } });
    expect(route.spec.rules[0].backendRefs).toEqual([service]);
  });

  test('leads from the controller to the sign-in, from there to the Canvas of its own session, and no other way', () => {
    expect(policy(objects(), 'openhands-sign-in-alice').ingress).toEqual([
      { from: controller, ports: [{ protocol: 'TCP', port: 4180 }] },
    ]);
    expect(policy(objects(), 'openhands-sign-in-alice').egress[0]).toEqual({
      to: [{ podSelector: { matchLabels: { app: 'openhands-canvas', session: 'alice' } } }],
      ports: [{ protocol: 'TCP', port: 8000 }],
    });
    expect(policy(objects(), 'openhands-canvas-alice').ingress).toEqual([
      {
        from: [{ podSelector: { matchLabels: { app: 'openhands-sign-in', session: 'alice' } } }],
        ports: [{ protocol: 'TCP', port: 8000 }],
      },
    ]);
  });

  test('has no way from the controller to anything else, a pool’s editors included', () => {
    const all = objects({ tables: '[deploy.pool]\nreplicas = 2' });
    const open = all
      .filter(({ kind, spec }) => kind === 'NetworkPolicy' && JSON.stringify(spec.ingress ?? []).includes('traefik'))
      .map(({ metadata }) => metadata.name);

    expect(open).toEqual(['openhands-sign-in-alice', 'openhands-sign-in-reviews']);
  });

  test.each([
    [
      'an issuer outside',
      'https://login.example.com',
      '',
      [{ ipBlock: { cidr: '0.0.0.0/0', except: expect.any(Array) } }],
      443,
    ],
    [
      'an issuer’s own port',
      'https://login.example.com:8443',
      '',
      [{ ipBlock: { cidr: '0.0.0.0/0', except: expect.any(Array) } }],
      8443,
    ],
    [
      'an issuer on a private network',
      'https://login.example.com',
      'issuer_cidr = "10.1.2.0/24"',
      [{ ipBlock: { cidr: '10.1.2.0/24' } }],
      443,
    ],
    [
      'an issuer in the cluster',
      'https://dex.identity.svc:5556',
      '',
      [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'identity' } } }],
      5556,
    ],
  ])('leads to %s', (_, issuer, signIn, to, port) => {
    expect(policy(objects({ issuer, signIn }), 'openhands-sign-in-alice').egress[1]).toEqual({
      to,
      ports: [{ protocol: 'TCP', port }],
    });
  });
});

describe('the Canvas behind it', () => {
  const canvas = (all: readonly Rendered[]) => find(all, 'Deployment', 'openhands-canvas-alice').spec.template.spec;

  test('gives its page the key of its own session, from the Secret, in the place of asking for it', () => {
    const [container] = canvas(objects()).containers;

    expect(container.args).not.toContain('--auth-required');
    expect(container.args.join(' ')).toContain('--session-api-key $(SESSION_API_KEY)');
    expect(container.env).toEqual([
      {
        name: 'SESSION_API_KEY',
        valueFrom: { secretKeyRef: { name: 'openhands-session-keys', key: 'alice.api-key' } },
      },
    ]);
  });
});

test('a store outside fills its Secrets too', () => {
  const all = objects({ tables: '[deploy.secrets]\nexternal = { store = "vault" }' });

  expect(namesOf(all)).toEqual(
    expect.arrayContaining(['ExternalSecret/openhands-sign-in', 'ExternalSecret/openhands-sign-in-cookie']),
  );
});

test.each([
  ['one and the new one of an update', '', 2],
  ['two and the new one of an update', '[deploy.pool]\n[deploy.high_availability]\npriority = 1', 3],
])('the quota has room for %s in front of each session', (_, availability, each) => {
  const tables = `${availability}\n[deploy.quota]\nmax_sandboxes = 4`;
  const without = `${profile().split('[deploy.sign_in]')[0]}${tables}`;
  const pods = (all: readonly Rendered[]) => Number(find(all, 'ResourceQuota').spec.hard.pods);

  expect(pods(objects({ tables })) - pods(renderToml(without).objects)).toBe(2 * each);
});
