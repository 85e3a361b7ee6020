import { CANVAS_NEEDS_AGENT_SERVER } from '../../../config/images';
import { find, objectsOfToml, render, renderToml, type Rendered } from '../../render';

interface Given {
  readonly deploy?: string;
  /** Lines of `[deploy.canvas]`. */
  readonly canvas?: string;
  /** Further tables. */
  readonly tables?: string;
}

const profile = ({ deploy = '', canvas = '', tables = '' }: Given = {}) => `
[kubernetes]
namespace = "sandboxes"
ingress_domain = "example.com"
[deploy]
contract = "agent-server"
sessions = ["alice", "bob"]
${deploy}
[deploy.canvas]
${canvas}
[deploy.network]
ingress_controllers = [{ namespace = "traefik" }]
${tables}`;

const objects = (given?: Given): Rendered[] => renderToml(profile(given)).objects;

const containerOf = (all: readonly Rendered[], name = 'openhands-canvas-alice'): Rendered =>
  find(all, 'Deployment', name).spec.template.spec.containers[0];

/** The routes of the program's arguments: path to address. */
const routesOf = ({ args }: Rendered): Record<string, string> =>
  Object.fromEntries(
    args.flatMap((it: string, index: number) => (args[index - 1] === '--route' ? [it.split('=')] : [])),
  );

const envOf = (all: readonly Rendered[], name: string): Rendered[] =>
  find(all, 'Deployment', name).spec.template.spec.containers[0].env;

const policy = (all: readonly Rendered[], name: string): Rendered => find(all, 'NetworkPolicy', name).spec;

const namesOf = (all: readonly Rendered[]) => all.map(({ kind, metadata }) => `${kind}/${metadata.name}`);

test('no table, no Canvas', () => {
  const without = objectsOfToml('[deploy]\ncontract = "agent-server"\nsessions = ["alice"]');

  expect(namesOf(without).filter((it) => it.includes('canvas'))).toEqual([]);
});

test('a Canvas is a policy, a Service and a Deployment, behind the way in that the session has anyhow', () => {
  const own = objects().filter(({ metadata }) => metadata.labels['app.kubernetes.io/instance'].includes('alice'));

  expect(
    namesOf(own.filter(({ metadata }) => metadata.labels['app.kubernetes.io/name'] === 'openhands-canvas')),
  ).toEqual([
    'NetworkPolicy/openhands-canvas-alice',
    'Service/openhands-canvas-alice',
    'Deployment/openhands-canvas-alice',
  ]);
  expect(namesOf(own).filter((it) => it.startsWith('Ingress/'))).toEqual([
    'Ingress/openhands-runtime-alice-ingress-code',
  ]);
});

test('it leads to the sandbox of its own session, and to no other', () => {
  expect(routesOf(containerOf(objects()))).toEqual({
    '/api': 'http://openhands-runtime-alice-svc:8000',
    '/sockets': 'http://openhands-runtime-alice-svc:8000',
    '/server_info': 'http://openhands-runtime-alice-svc:8000',
    '/alive': 'http://openhands-runtime-alice-svc:8000',
    '/health': 'http://openhands-runtime-alice-svc:8000',
    '/ready': 'http://openhands-runtime-alice-svc:8000',
    '/vscode': 'http://openhands-runtime-alice-svc-code:8001',
  });
});

test('every route leads to a port of a Service', () => {
  const all = objects();
  for (const address of Object.values(routesOf(containerOf(all)))) {
    const { hostname, port } = new URL(address);
    expect(find(all, 'Service', hostname).spec.ports.map((it: Rendered) => String(it.port))).toEqual([port]);
  }
});

test('the page asks for the session’s key, and nothing of it holds one', () => {
  const container = containerOf(objects());

  expect(container.args).toContain('--auth-required');
  expect(container.args).not.toContain('--session-api-key');
  expect(container).not.toHaveProperty('env');
});

test('nothing is told to its makers', () => {
  expect(containerOf(objects()).args).toContain('--disable-telemetry');
});

test('the image’s own entrypoint, which starts an agent-server too, is not used', () => {
  expect(containerOf(objects()).command).toEqual(['node', '/opt/agent-canvas/static-server.mjs']);
});

test('it is well without its sandbox: every probe asks for the page', () => {
  const { startupProbe, readinessProbe, livenessProbe } = containerOf(objects());

  expect([startupProbe, readinessProbe, livenessProbe].map(({ httpGet }) => httpGet.path)).toEqual([
    '/canvas/',
    '/canvas/',
    '/',
  ]);
});

test('it asks for 20m and 64Mi', () => {
  expect(containerOf(objects()).resources.requests).toMatchObject({ cpu: '20m', memory: '64Mi' });
});

describe.each(['privileged', 'baseline', 'restricted'])('under the standard %s', (standard) => {
  const pod = () =>
    find(
      objects({ tables: `[deploy.security]\npod_security_standard = "${standard}"` }),
      'Deployment',
      'openhands-canvas-alice',
    ).spec.template.spec;

  test('its Pod is restricted', () => {
    expect(pod().securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(pod().containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
    });
  });

  test('it has an account of its own, and no token', () => {
    expect(pod()).toMatchObject({ serviceAccountName: 'openhands-canvas', automountServiceAccountToken: false });
  });
});

test('it has the nodes, the priority and the pull secret of our other Pods, and its image from the mirror', () => {
  const tables = `
    [deploy.system_pods]
    node_selector = { tier = "infra" }
    image_pull_secret = "registry"
    priority_class = "infrastructure"
    [deploy.images.mirrors]
    "ghcr.io" = "registry.example.com/ghcr"`;
  const { spec } = find(objects({ tables }), 'Deployment', 'openhands-canvas-alice').spec.template;

  expect(spec).toMatchObject({
    nodeSelector: { tier: 'infra' },
    imagePullSecrets: [{ name: 'registry' }],
    priorityClassName: 'infrastructure',
  });
  expect(spec.containers[0].image).toMatch(/^registry\.example\.com\/ghcr\/openhands\/agent-canvas:/);
});

describe('the session’s host', () => {
  test('shows its Canvas', () => {
    const [rule] = find(objects(), 'Ingress', 'openhands-runtime-alice-ingress-code').spec.rules;

    expect(rule).toMatchObject({
      host: 'alice.example.com',
      http: {
        paths: [{ path: '/', backend: { service: { name: 'openhands-canvas-alice', port: { number: 8000 } } } }],
      },
    });
  });

  test('shows it by the Gateway API too', () => {
    const tables = '[deploy.ingress]\nkind = "HTTPRoute"\ngateway = { class_name = "traefik" }';
    const route = find(objects({ tables }), 'HTTPRoute', 'openhands-runtime-alice-ingress-code');

    expect(route.spec.rules[0].backendRefs).toEqual([{ name: 'openhands-canvas-alice', port: 8000 }]);
  });

  test('is nowhere without a way in, but the Canvas is there for a port-forward', () => {
    const all = objects({ tables: '[deploy.ingress]\nkind = "none"' });

    expect(all.map(({ kind }) => kind)).not.toContain('Ingress');
    expect(policy(all, 'openhands-canvas-alice')).not.toHaveProperty('ingress');
    expect(find(all, 'Service', 'openhands-canvas-alice')).toBeDefined();
  });

  test('leaves the API its own, where that is asked for', () => {
    const tables = '[deploy.ingress]\napi = true\n[deploy.secrets]\nsession_keys = "required"';
    const [rule] = find(objects({ tables }), 'Ingress', 'openhands-runtime-alice-ingress-api').spec.rules;

    expect(rule.host).toBe('alice-api.example.com');
    expect(rule.http.paths[0].backend.service).toEqual({ name: 'openhands-runtime-alice-svc', port: { number: 8000 } });
    expect(policy(objects({ tables }), 'openhands-runtime-allow-ingress-controller').ingress[0].ports).toEqual([
      { protocol: 'TCP', port: 8000 },
    ]);
  });
});

describe('the network', () => {
  test('lets the ingress controller in, and the Canvas out to its own sandbox and to the name server', () => {
    const { podSelector, policyTypes, ingress, egress } = policy(objects(), 'openhands-canvas-alice');

    expect(podSelector.matchLabels).toEqual({ app: 'openhands-canvas', session: 'alice' });
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    expect(ingress).toEqual([
      {
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'traefik' } } }],
        ports: [{ protocol: 'TCP', port: 8000 }],
      },
    ]);
    expect(egress).toHaveLength(2);
    expect(egress[0]).toEqual({
      to: [{ podSelector: { matchLabels: { app: 'openhands-runtime', session: 'alice' } } }],
      ports: [
        { protocol: 'TCP', port: 8000 },
        { protocol: 'TCP', port: 8001 },
      ],
    });
    expect(egress[1].ports.map(({ port }: Rendered) => port)).toEqual([53, 53]);
  });

  test('lets a Canvas, and no ingress controller, in to the sandboxes of sessions', () => {
    const all = objects();

    expect(policy(all, 'openhands-runtime-allow-canvas')).toMatchObject({
      podSelector: {
        matchLabels: { app: 'openhands-runtime' },
        matchExpressions: [{ key: 'session', operator: 'Exists' }],
      },
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'openhands-canvas' } } }] }],
    });
    expect(namesOf(all)).not.toContain('NetworkPolicy/openhands-runtime-allow-ingress-controller');
  });

  test('leaves the pool, which has no Canvas, to the ingress controller', () => {
    const all = objects({ tables: '[deploy.pool]\nreplicas = 2' });

    expect(policy(all, 'openhands-runtime-allow-ingress-controller-to-pool')).toMatchObject({
      podSelector: {
        matchLabels: { app: 'openhands-runtime' },
        matchExpressions: [{ key: 'pool', operator: 'Exists' }],
      },
      ingress: [{ ports: [{ protocol: 'TCP', port: 8001 }] }],
    });
  });

  test('gives a warm pool’s own policy no way for a Canvas', () => {
    const all = objects({ tables: '[deploy.pool]\nworkload = "SandboxWarmPool"\nreplicas = 2' });

    expect(JSON.stringify(find(all, 'SandboxTemplate').spec.networkPolicy)).not.toContain('openhands-canvas');
  });
});

describe('its session’s keys', () => {
  const isOptional = (all: readonly Rendered[], workload: string) =>
    envOf(all, workload).flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.optional ?? []);

  test('are required, whatever deploy.secrets.session_keys says', () => {
    expect(isOptional(objects(), 'openhands-runtime-alice')).toEqual([false, false]);
  });

  test('are not those of the pool', () => {
    expect(isOptional(objects({ tables: '[deploy.pool]\nreplicas = 2' }), 'openhands-runtime')).toEqual([true, true]);
  });
});

describe('the editor', () => {
  const basePath = (all: readonly Rendered[], workload: string) =>
    envOf(all, workload).find(({ name }) => name === 'OH_VSCODE_BASE_PATH')?.value;

  test('is below /vscode, on both sides, and its address with the key in it goes to nobody else', () => {
    const { args } = containerOf(objects());

    expect(basePath(objects(), 'openhands-runtime-alice')).toBe('/vscode');
    expect(args.slice(args.indexOf('--vscode-base-path'))).toEqual([
      '--vscode-base-path',
      '/vscode',
      '--no-referrer-prefix',
      '/vscode',
    ]);
  });

  test('of a pool is where it was', () => {
    expect(basePath(objects({ tables: '[deploy.pool]\nreplicas = 2' }), 'openhands-runtime')).toBeUndefined();
  });

  test('can be left out, and then no policy leads to it', () => {
    const all = objects({ canvas: 'editor = false' });

    expect(Object.keys(routesOf(containerOf(all)))).not.toContain('/vscode');
    expect(containerOf(all).args).not.toContain('--vscode-base-path');
    expect(basePath(all, 'openhands-runtime-alice')).toBeUndefined();
    for (const [name, side] of [
      ['openhands-canvas-alice', 'egress'],
      ['openhands-runtime-allow-canvas', 'ingress'],
    ] as const) {
      expect(policy(all, name)[side][0].ports).toEqual([{ protocol: 'TCP', port: 8000 }]);
    }
  });

  test('may listen on a port of the profile’s choice', () => {
    const all = objects({ tables: '[sandbox]\nvscode_port = 9000' });

    expect(routesOf(containerOf(all))['/vscode']).toBe('http://openhands-runtime-alice-svc-code:9000');
    expect(policy(all, 'openhands-canvas-alice').egress[0].ports[1].port).toBe(9000);
  });
});

test.each(['Deployment', 'Pod', 'Sandbox'])('a session that is a %s has one', (workload) => {
  expect(namesOf(objects({ deploy: `session_workload = "${workload}"` }))).toContain(
    'Deployment/openhands-canvas-alice',
  );
});

test.each(['local', 'development', 'staging', 'production'])(
  'the agent-server of the shipped profile %s is new enough for it',
  (name) => {
    const { profile: shipped } = render(name);
    const version = /:(\d+)\.(\d+)\./
      .exec(shipped.sandbox.runtime_container_image ?? '')!
      .slice(1)
      .map(Number);
    const [major, minor] = CANVAS_NEEDS_AGENT_SERVER.split('.').map(Number) as [number, number];

    expect(shipped.deploy.canvas).toBeDefined();
    expect(version[0]! * 1000 + version[1]!).toBeGreaterThanOrEqual(major * 1000 + minor);
  },
);
