import {
  certificateProblems,
  ingressExposure,
  missedPorts,
  missingEndpoints,
  routeProblems,
} from '../../../tools/verify/exposure';

/** Self-signed, for *.example.com and example.org; its key is thrown away. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBlDCCATqgAwIBAgIUCRF2fLYb4lauvLi2+bsPx5bZGPMwCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBdDAeFw0yNjExMjMwMTE1MzVaFw0yNjEyMjMwMTE1MzVaMAwx
CjAIBgNVBAMMAXQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQjYbQvXTa8O0S/
i3qKP7e3fwl+qmRJwDzj774x1E7vSA5pqNrm2QA++h98nPc/v/aU/tYSniRTuyq8
dqm5hdH4o3oweDAdBgNVHQ4EFgQUPmGCFERWLRJa1VuuXTKDeDPWipEwHwYDVR0j
BBgwFoAUPmGCFERWLRJa1VuuXTKDeDPWipEwDwYDVR0TAQH/BAUwAwEB/zAlBgNV
HREEHjAcgg0qLmV4YW1wbGUuY29tggtleGFtcGxlLm9yZzAKBggqhkjOPQQDAgNI
ADBFAiAo/LM3vVMV/l3yaBmSRC01Ujv4x4H76UBWrlSbcSDnbQIhAIEA2RY1ad8m
PPcStWm3p+gYHf26qTsXid97gle+GfQk
-----END CERTIFICATE-----`;

const VALID_FROM = Date.parse('2026-11-23T01:15:35Z');
const DAY = 24 * 3_600_000;

const secret = (certificate: string) => ({
  data: { 'tls.crt': Buffer.from(certificate).toString('base64'), 'tls.key': 'a2V5' },
});

const service = (targetPort?: string | number) => ({
  kind: 'Service',
  metadata: { name: 'svc' },
  spec: { ports: [{ name: 'http', port: 8000, targetPort }] },
});

describe("a Service's port", () => {
  const pod = { containers: [{ ports: [{ name: 'http', containerPort: 8000 }] }] };

  test.each([['http'], [8000], [undefined]])('leads to a port of its Pods: %s', (targetPort) => {
    expect(missedPorts(service(targetPort), pod)).toEqual([]);
  });

  test.each([['htp'], [9000]])('that leads nowhere is told with what there is: %s', (targetPort) => {
    expect(missedPorts(service(targetPort), pod)).toEqual([
      `Service/svc: its port http leads to ${JSON.stringify(targetPort)}, but the Pods' ports are http (8000)`,
    ]);
  });
});

describe('the endpoints of a Service', () => {
  const slice = (ready: boolean, port = 'http') => ({
    endpoints: [{ addresses: ['192.0.2.1'], conditions: { ready } }],
    ports: [{ name: port, port: 8000 }],
  });

  test('are enough when every port has one that is ready', () => {
    expect(missingEndpoints(service(), [slice(false), slice(true)])).toBeUndefined();
  });

  test('are missed when none is ready, or not on that port', () => {
    expect(missingEndpoints(service(), [slice(false)])).toBe('Service/svc has no ready endpoint');
    expect(missingEndpoints(service(), [slice(true, 'code')])).toBe('Service/svc has no ready endpoint on port http');
  });
});

describe('an Ingress', () => {
  const traefik = { metadata: { name: 'traefik' } };
  const ingress = (ingressClassName?: string, addresses: unknown[] = [{ ip: '192.0.2.1' }]) => ({
    kind: 'Ingress',
    metadata: { name: 'i' },
    spec: { ingressClassName },
    status: { loadBalancer: { ingress: addresses } },
  });

  test('with a class and an address is served', () => {
    expect(ingressExposure(ingress('traefik'), [traefik])).toEqual({ problems: [], notes: [] });
  });

  test('of an unknown class is served by nobody', () => {
    expect(ingressExposure(ingress('nginx'), [traefik]).problems).toEqual([
      "Ingress/i: IngressClass nginx does not exist, the cluster's are traefik",
    ]);
  });

  test('without an address, or without a class, may be served all the same', () => {
    expect(ingressExposure(ingress('traefik', []), [traefik]).notes).toHaveLength(1);
    expect(ingressExposure(ingress(), [traefik]).notes).toHaveLength(1);
  });
});

test('an HTTPRoute is told in the words of its Gateway', () => {
  const route = (conditions: object[]) => ({
    kind: 'HTTPRoute',
    metadata: { name: 'r' },
    status: { parents: [{ parentRef: { name: 'g' }, conditions }] },
  });
  const accepted = { type: 'Accepted', status: 'True' };
  const resolved = { type: 'ResolvedRefs', status: 'True' };
  const unresolved = { type: 'ResolvedRefs', status: 'False', reason: 'BackendNotFound', message: 'no such Service' };

  expect(routeProblems(route([accepted, resolved]))).toEqual([]);
  expect(routeProblems(route([accepted, unresolved]))).toEqual([
    'HTTPRoute/r is not ResolvedRefs by Gateway g: BackendNotFound: no such Service',
  ]);
  expect(routeProblems({ ...route([]), status: {} })).toEqual(['HTTPRoute/r is seen by no Gateway controller']);
});

describe('a certificate', () => {
  const problems = (hosts: string[], days: number, of: object | undefined = secret(CERTIFICATE)) =>
    certificateProblems({ secretName: 's', namespace: 'n', hosts }, of, VALID_FROM + days * DAY);

  test('for its hosts and in its time is fine', () => {
    expect(problems(['demo.example.com', '*.example.com', 'example.org'], 1)).toEqual([]);
  });

  test('for another host is told with those that it is for', () => {
    expect(problems(['demo.example.net'], 1)).toEqual([
      'TLS Secret s is not for demo.example.net, but for DNS:*.example.com, DNS:example.org',
    ]);
  });

  test('is told a week before it ends, and when it has ended', () => {
    expect(problems([], 22)).toEqual([]);
    expect(problems([], 24)[0]).toMatch(/^TLS Secret s expires on .*, in less than 7 days$/);
    expect(problems([], 31)[0]).toMatch(/^TLS Secret s has expired on /);
  });

  test('that is missing or none is told so', () => {
    expect(certificateProblems({ secretName: 's', namespace: 'n', hosts: ['a.b'] }, undefined, 0)).toEqual([
      'TLS Secret s does not exist (for a.b)',
    ]);
    expect(problems([], 1, { data: {} })).toEqual(['TLS Secret s has no tls.crt or no tls.key']);
    expect(problems([], 1, secret('hello'))).toEqual(['TLS Secret s: tls.crt is not a certificate']);
  });
});
