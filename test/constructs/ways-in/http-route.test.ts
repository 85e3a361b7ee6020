import { find, objectsOfToml, type Rendered } from '../../render';

const profile = ({ tls = true, gateway = 'class_name = "istio"', timeout = 120 } = {}) => `
[kubernetes]
namespace = "sandboxes"
ingress_domain = "example.com"
${tls ? 'ingress_tls_secret = "wildcard"' : ''}
[sandbox]
timeout = ${timeout}
[deploy]
contract = "agent-server"
sessions = ["demo"]
[deploy.ingress]
kind = "HTTPRoute"
[deploy.ingress.gateway]
${gateway}
`;

const NAME = 'openhands-runtime-demo-ingress-code';

const routeOf = (toml: string, name = NAME): Rendered => find(objectsOfToml(toml), 'HTTPRoute', name);

test('an HTTPRoute stands where the Ingress stood', () => {
  const kinds = objectsOfToml(profile()).map(({ kind }) => kind);

  expect(kinds).not.toContain('Ingress');
  expect(routeOf(profile()).spec.hostnames).toEqual(['demo.example.com']);
});

test('it leads to the editor’s Service', () => {
  expect(routeOf(profile()).spec.rules[0]).toMatchObject({
    matches: [{ path: { type: 'PathPrefix', value: '/' } }],
    backendRefs: [{ name: 'openhands-runtime-demo-svc-code', port: 8001 }],
  });
});

test('external-dns finds its host under both spellings', () => {
  expect(routeOf(profile()).metadata.annotations).toEqual({
    'external-dns.alpha.kubernetes.io/hostname': 'demo.example.com',
    'external-dns.kubernetes.io/hostname': 'demo.example.com',
  });
});

test.each([
  [120, '3600s'],
  [7200, '7200s'],
])('with sandbox.timeout = %d a request may take %s', (timeout, request) => {
  expect(routeOf(profile({ timeout })).spec.rules[0].timeouts).toEqual({ request });
});

test('the longest time is a duration of Gateway API', () => {
  const { request } = routeOf(profile({ timeout: 604_800 })).spec.rules[0].timeouts;

  expect(request).toMatch(/^([0-9]{1,5}(h|m|s|ms)){1,4}$/);
});

describe('with TLS', () => {
  test('it hangs on the HTTPS listener of the Gateway', () => {
    expect(routeOf(profile()).spec.parentRefs).toEqual([
      { name: 'openhands-runtime', namespace: 'sandboxes', sectionName: 'https' },
    ]);
  });

  test('plain HTTP is sent to HTTPS', () => {
    const { parentRefs, rules } = routeOf(profile(), `${NAME}-redirect`).spec;

    expect(parentRefs[0].sectionName).toBe('http');
    expect(rules[0].filters).toEqual([
      { type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } },
    ]);
    expect(rules[0]).not.toHaveProperty('backendRefs');
  });
});

describe('without TLS', () => {
  const toml = profile({ tls: false });

  test('it hangs on the HTTP listener', () => {
    expect(routeOf(toml).spec.parentRefs[0].sectionName).toBe('http');
  });

  test('nothing is redirected', () => {
    expect(objectsOfToml(toml).filter(({ kind }) => kind === 'HTTPRoute')).toHaveLength(1);
  });
});

test('it may hang on a Gateway of another namespace, by its listeners’ names', () => {
  const gateway = 'name = "public"\nnamespace = "gateways"\nhttps_listener = "web"';

  expect(routeOf(profile({ gateway })).spec.parentRefs).toEqual([
    { name: 'public', namespace: 'gateways', sectionName: 'web' },
  ]);
});
