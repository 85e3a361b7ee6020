import { find, objectsOfToml, type Rendered } from '../../render';

const profile = (gateway: string, tls = true) => `
[kubernetes]
namespace = "sandboxes"
ingress_domain = "example.com"
${tls ? 'ingress_tls_secret = "wildcard"' : ''}
[deploy.ingress]
kind = "HTTPRoute"
[deploy.ingress.gateway]
${gateway}
`;

const gatewayOf = (toml: string): Rendered => find(objectsOfToml(toml), 'Gateway');

const listener = (toml: string, protocol: string): Rendered =>
  gatewayOf(toml).spec.listeners.find((it: Rendered) => it.protocol === protocol);

test('it is of the class that the profile names', () => {
  expect(gatewayOf(profile('class_name = "istio"')).spec.gatewayClassName).toBe('istio');
});

test('it serves the hosts below ingress_domain', () => {
  expect(listener(profile('class_name = "istio"'), 'HTTP').hostname).toBe('*.example.com');
});

test('only routes of the sandboxes’ namespace may hang on it', () => {
  const { listeners } = gatewayOf(profile('class_name = "istio"')).spec;

  expect(listeners.map(({ allowedRoutes }: Rendered) => allowedRoutes)).toEqual([
    { namespaces: { from: 'Same' } },
    { namespaces: { from: 'Same' } },
  ]);
});

test('ingress_tls_secret is the certificate of its HTTPS listener', () => {
  expect(listener(profile('class_name = "istio"'), 'HTTPS').tls).toEqual({
    mode: 'Terminate',
    certificateRefs: [{ name: 'wildcard' }],
  });
});

test('without ingress_tls_secret it listens for plain HTTP alone', () => {
  const { listeners } = gatewayOf(profile('class_name = "istio"', false)).spec;

  expect(listeners.map(({ protocol }: Rendered) => protocol)).toEqual(['HTTP']);
});

test('its name, listeners and ports are the profile’s', () => {
  const lines = ['name = "edge"', 'http_listener = "web"', 'https_listener = "websecure"'];
  const toml = profile(['class_name = "istio"', ...lines, 'http_port = 8080', 'https_port = 8443'].join('\n'));

  expect(gatewayOf(toml).metadata.name).toBe('edge');
  expect(gatewayOf(toml).spec.listeners).toMatchObject([
    { name: 'web', port: 8080 },
    { name: 'websecure', port: 8443 },
  ]);
});

test('none is made beside one that exists', () => {
  const kinds = objectsOfToml(profile('namespace = "gateways"')).map(({ kind }) => kind);

  expect(kinds).toContain('HTTPRoute');
  expect(kinds).not.toContain('Gateway');
});
