import {
  certificateProblems,
  ingressExposure,
  missedPorts,
  missingEndpoints,
  routeProblems,
  tlsOfGateway,
  tlsOfIngress,
} from '../../../tools/verify/exposure';
import { CERTIFICATE, secret, VALID_FROM } from './certificate';

const DAY = 24 * 3_600_000;

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

  test('may lead to any port of any container, and is told with all of them', () => {
    const ports = { containers: [{ name: 'none' }, { ports: [{ containerPort: 80 }] }, ...pod.containers] };

    expect(missedPorts(service('http'), ports)).toEqual([]);
    expect(missedPorts(service('htp'), ports)[0]).toMatch(/the Pods' ports are 80, http \(8000\)$/);
  });

  test('without a name is told by its number, of Pods without ports', () => {
    const bare = { kind: 'Service', metadata: { name: 'svc' }, spec: { ports: [{ port: 80 }] } };

    expect(missedPorts(bare, { containers: [{}] })).toEqual([
      "Service/svc: its port 80 leads to 80, but the Pods' ports are none",
    ]);
  });

  test('is not missed of a Service that has none', () => {
    expect(missedPorts({ kind: 'Service', metadata: { name: 'svc' }, spec: {} }, pod)).toEqual([]);
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

  test('are enough when one of them is ready', () => {
    const [no] = slice(false).endpoints;
    const [yes] = slice(true).endpoints;
    expect(missingEndpoints(service(), [{ ...slice(true), endpoints: [no, yes] }])).toBeUndefined();
  });

  test('are taken to be ready when nothing is said of that', () => {
    const endpoints = [{ addresses: ['192.0.2.1'] }];
    expect(missingEndpoints(service(), [{ ...slice(true), endpoints }])).toBeUndefined();
  });

  test.each([
    ['without endpoints', { ports: [] }],
    ['of endpoints without an address', { endpoints: [{ addresses: [], conditions: { ready: true } }] }],
  ])('are missed in a slice %s', (_, empty) => {
    expect(missingEndpoints(service(), [empty])).toBe('Service/svc has no ready endpoint');
  });

  test('of a port without a name are found in a slice whose port has none', () => {
    const bare = { kind: 'Service', metadata: { name: 'svc' }, spec: { ports: [{ port: 80 }] } };
    const { endpoints } = slice(true);

    expect(missingEndpoints(bare, [{ endpoints, ports: [{ port: 80 }] }])).toBeUndefined();
    expect(missingEndpoints(bare, [{ endpoints }])).toBe('Service/svc has no ready endpoint on port 80');
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

  const kong = { metadata: { name: 'kong' } };
  const byDefault = {
    metadata: { name: 'kong', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
  };
  const SERVED = { problems: [], notes: [] };

  test('with a class and an address is served', () => {
    expect(ingressExposure(ingress('traefik'), [traefik])).toEqual(SERVED);
    expect(ingressExposure(ingress('traefik'), [kong, traefik])).toEqual(SERVED);
  });

  test('of an unknown class is served by nobody', () => {
    expect(ingressExposure(ingress('nginx'), [traefik, kong])).toEqual({
      problems: ["Ingress/i: IngressClass nginx does not exist, the cluster's are traefik, kong"],
      notes: [],
    });
    expect(ingressExposure(ingress('nginx'), []).problems[0]).toMatch(/the cluster's are none$/);
  });

  test('may name its class in the annotation of old', () => {
    const old = {
      ...ingress(),
      metadata: { name: 'i', annotations: { 'kubernetes.io/ingress.class': 'traefik' } },
    };
    expect(ingressExposure(old, [traefik])).toEqual(SERVED);
    expect(ingressExposure(old, [kong]).problems).toHaveLength(1);
  });

  test('without a class is served by the default', () => {
    expect(ingressExposure(ingress(), [traefik, byDefault])).toEqual(SERVED);
  });

  test('without a class, where no default is, may be served all the same', () => {
    expect(ingressExposure(ingress(), [traefik])).toEqual({
      problems: [],
      notes: ['Ingress/i has no class and the cluster no default: perhaps nobody serves it'],
    });
  });

  test.each([
    ['an empty list', ingress('traefik', [])],
    ['no list', { ...ingress('traefik'), status: { loadBalancer: {} } }],
    ['no load balancer', { ...ingress('traefik'), status: {} }],
    ['no status', { ...ingress('traefik'), status: undefined }],
  ])('without an address may be served all the same: %s', (_, live) => {
    expect(ingressExposure(live, [traefik])).toEqual({
      problems: [],
      notes: ['Ingress/i has no address: its controller publishes none'],
    });
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
  for (const status of [{}, undefined]) {
    expect(routeProblems({ ...route([]), status })).toEqual(['HTTPRoute/r is seen by no Gateway controller']);
  }
});

test('an HTTPRoute of which a Gateway says nothing yet is told so, of each Gateway', () => {
  const metadata = { name: 'r' };
  const accepted = { type: 'Accepted', status: 'True' };
  const refused = { type: 'ResolvedRefs', status: 'False', reason: 'RefNotPermitted', message: 'not\n allowed' };
  const parents = [{ parentRef: { name: 'one' } }, { parentRef: { name: 'two' }, conditions: [accepted, refused] }];

  expect(routeProblems({ kind: 'HTTPRoute', metadata, status: { parents } })).toEqual([
    'HTTPRoute/r is not Accepted by Gateway one: its controller does not say',
    'HTTPRoute/r is not ResolvedRefs by Gateway one: its controller does not say',
    'HTTPRoute/r is not ResolvedRefs by Gateway two: RefNotPermitted: not allowed',
  ]);
});

describe('the certificates', () => {
  test('of an Ingress are those of its hosts', () => {
    const tls = [{ secretName: 's', hosts: ['a.example.com'] }, { secretName: 'for-any' }];
    const uses = (namespace?: string) => tlsOfIngress({ metadata: { namespace }, spec: { tls } });

    expect(uses('here')).toEqual([
      { secretName: 's', namespace: 'here', hosts: ['a.example.com'] },
      { secretName: 'for-any', namespace: 'here', hosts: [] },
    ]);
    expect(uses()[0]).toMatchObject({ namespace: 'default' });
    expect(tlsOfIngress({ metadata: {}, spec: {} })).toEqual([]);
  });

  test('of a Gateway are those of its listeners, each in its namespace', () => {
    const certificateRefs = [{ name: 's' }, { name: 't', namespace: 'there' }];
    const listeners = [
      { hostname: 'a.example.com', tls: { certificateRefs } },
      { tls: { certificateRefs: [{ name: 'for-any' }] } },
      { hostname: 'b.example.com', tls: {} },
      { hostname: 'plain.example.com' },
    ];
    const metadata = { namespace: 'here' };

    expect(tlsOfGateway({ metadata, spec: { listeners } })).toEqual([
      { secretName: 's', namespace: 'here', hosts: ['a.example.com'] },
      { secretName: 't', namespace: 'there', hosts: ['a.example.com'] },
      { secretName: 'for-any', namespace: 'here', hosts: [] },
    ]);
    expect(tlsOfGateway({ metadata, spec: {} })).toEqual([]);
  });
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
    expect(problems([], 24)).toEqual(['TLS Secret s expires on 2026-12-23, in less than 7 days']);
    expect(problems([], 31)).toEqual(['TLS Secret s has expired on 2026-12-23']);
  });

  test('is told before it begins', () => {
    expect(problems([], 0)).toEqual([]);
    expect(problems([], -1)).toEqual(['TLS Secret s is not valid before Nov 23 01:15:35 2026 GMT']);
  });

  test('that is missing or none is told so', () => {
    expect(certificateProblems({ secretName: 's', namespace: 'n', hosts: ['a.b'] }, undefined, 0)).toEqual([
      'TLS Secret s does not exist (for a.b)',
    ]);
    expect(certificateProblems({ secretName: 's', namespace: 'n', hosts: [] }, undefined, 0)).toEqual([
      'TLS Secret s does not exist',
    ]);
    for (const data of [undefined, {}, { 'tls.crt': 'eA==' }, { 'tls.key': 'eA==' }]) {
      expect(problems([], 1, { data })).toEqual(['TLS Secret s has no tls.crt or no tls.key']);
    }
    expect(problems([], 1, secret('hello'))).toEqual(['TLS Secret s: tls.crt is not a certificate']);
  });
});
