import { find, objectsOfToml } from '../../render';

const profile = (ingress: string) => `
[kubernetes]
ingress_domain = "example.com"
ingress_tls_secret = "sandboxes-tls"
[deploy]
contract = "agent-server"
sessions = ["alice", "bob"]
[deploy.secrets]
session_keys = "required"
[deploy.ingress]
${ingress}
`;

const certificateOf = (ingress: string) => find(objectsOfToml(profile(ingress)), 'Certificate');

test('one certificate fills ingress_tls_secret', () => {
  expect(certificateOf('cluster_issuer = "letsencrypt"').spec).toMatchObject({
    secretName: 'sandboxes-tls',
    issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: 'letsencrypt' },
  });
});

test('it names every host that is exposed, once', () => {
  expect(certificateOf('cluster_issuer = "letsencrypt"\napi = true').spec.dnsNames).toEqual([
    'alice.example.com',
    'alice-api.example.com',
    'bob.example.com',
    'bob-api.example.com',
  ]);
});

test('its private key is a new one each time', () => {
  expect(certificateOf('cluster_issuer = "letsencrypt"').spec.privateKey.rotationPolicy).toBe('Always');
});

test.each(['', 'cluster_issuer = "letsencrypt"\nkind = "none"'])('with "%s" there is none', (ingress) => {
  const kinds = objectsOfToml(profile(ingress)).map(({ kind }) => kind);

  expect(kinds).not.toContain('Certificate');
});
