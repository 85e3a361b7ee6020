import { find, objectsOfToml, type Rendered } from '../../render';

const NAME = 'openhands-runtime-default-ingress-code';

const ingressOf = (toml = ''): Rendered => find(objectsOfToml(toml), 'Ingress', NAME);

/** A profile that may expose the API. */
const API = `
[deploy]
contract = "agent-server"
sessions = ["demo"]
[deploy.secrets]
session_keys = "required"
[deploy.ingress]
api = true
`;

test('the editor is at <session>.<ingress_domain>', () => {
  const toml = '[kubernetes]\ningress_domain = "dev.example.com"';

  expect(ingressOf(toml).spec.rules[0].host).toBe('default.dev.example.com');
});

test('the whole host leads to the editor’s Service', () => {
  expect(ingressOf().spec.rules[0].http.paths).toEqual([
    {
      path: '/',
      pathType: 'Prefix',
      backend: { service: { name: 'openhands-runtime-default-svc-code', port: { number: 8081 } } },
    },
  ]);
});

test('external-dns finds the host under both its spellings', () => {
  expect(ingressOf().metadata.annotations).toEqual({
    'external-dns.alpha.kubernetes.io/hostname': 'default.localhost',
    'external-dns.kubernetes.io/hostname': 'default.localhost',
  });
});

test('ingress_tls_secret is the host’s certificate', () => {
  expect(ingressOf('[kubernetes]\ningress_tls_secret = "wildcard"').spec.tls).toEqual([
    { hosts: ['default.localhost'], secretName: 'wildcard' },
  ]);
});

test('without ingress_tls_secret it is plain HTTP', () => {
  expect(ingressOf().spec).not.toHaveProperty('tls');
});

test('class_name is its class', () => {
  expect(ingressOf('[deploy.ingress]\nclass_name = "traefik"').spec.ingressClassName).toBe('traefik');
});

test('without class_name it is of the cluster’s default class', () => {
  expect(ingressOf().spec).not.toHaveProperty('ingressClassName');
});

test('kind none exposes nothing', () => {
  const kinds = objectsOfToml('[deploy.ingress]\nkind = "none"').map(({ kind }) => kind);

  expect(kinds).toContain('Service');
  expect(kinds).not.toContain('Ingress');
});

describe('how long a request may take', () => {
  const annotations = (className: string, timeout: number): Rendered =>
    ingressOf(`[sandbox]\ntimeout = ${timeout}\n[deploy.ingress]\nclass_name = "${className}"`).metadata.annotations;

  test.each([
    ['nginx', 120, 'nginx.ingress.kubernetes.io/proxy-read-timeout', '3600'],
    ['nginx', 7200, 'nginx.ingress.kubernetes.io/proxy-read-timeout', '7200'],
    ['nginx-internal', 7200, 'nginx.ingress.kubernetes.io/proxy-send-timeout', '7200'],
    ['haproxy', 120, 'haproxy.org/timeout-server', '3600s'],
    ['haproxy', 7200, 'haproxy.org/timeout-tunnel', '7200s'],
  ])('with %s and sandbox.timeout = %d: %s is %s', (className, timeout, annotation, value) => {
    expect(annotations(className, timeout)[annotation]).toBe(value);
  });

  test('a class that has no annotation for it gets none', () => {
    expect(Object.keys(annotations('traefik', 7200)).filter((key) => !key.startsWith('external-dns'))).toEqual([]);
  });
});

describe('annotations of the profile', () => {
  test('are on every Ingress', () => {
    const toml = '[deploy.ingress]\nannotations = { "example.com/a" = "b" }';

    expect(ingressOf(toml).metadata.annotations['example.com/a']).toBe('b');
  });

  test('win over this program’s', () => {
    const key = 'nginx.ingress.kubernetes.io/proxy-read-timeout';
    const toml = `[deploy.ingress]\nclass_name = "nginx"\nannotations = { "${key}" = "5" }`;

    expect(ingressOf(toml).metadata.annotations[key]).toBe('5');
  });
});

describe('the API', () => {
  test('is at <session>-api.<ingress_domain> when asked for', () => {
    const { spec } = find(objectsOfToml(API), 'Ingress', 'openhands-runtime-demo-ingress-api');

    expect(spec.rules[0].host).toBe('demo-api.localhost');
    expect(spec.rules[0].http.paths[0].backend.service).toEqual({
      name: 'openhands-runtime-demo-svc',
      port: { number: 8000 },
    });
  });

  test('is not exposed by default', () => {
    const ingresses = objectsOfToml('').filter(({ kind }) => kind === 'Ingress');

    expect(ingresses.map(({ metadata }) => metadata.name)).toEqual([NAME]);
  });
});
