import { ApiError } from '../../../tools/cluster/api-error';
import { checkExposed, surroundingsOf } from '../../../tools/verify/exposed';
import type { Workload } from '../../../tools/verify/plan';
import type { Rendered } from '../../render';
import { CERTIFICATE, secret, VALID_FROM } from './certificate';
import { clusterOf, type FakeCluster } from './cluster';

const named = (kind: string, name: string, rest: object = {}): Rendered => ({
  kind,
  metadata: { name, namespace: 'here' },
  ...rest,
});

const service = (targetPort = 'http') => named('Service', 'demo', { spec: { ports: [{ port: 80, targetPort }] } });

const slice = (ready: boolean, of = 'demo'): Rendered => ({
  kind: 'EndpointSlice',
  metadata: { name: `${of}-1`, namespace: 'here', labels: { 'kubernetes.io/service-name': of } },
  endpoints: [{ addresses: ['192.0.2.1'], conditions: { ready } }],
  ports: [{ port: 80 }],
});

const ingress = (tls: object[] = []) => named('Ingress', 'way', { spec: { ingressClassName: 'traefik', tls } });
const served = (it: Rendered) => ({ ...it, status: { loadBalancer: { ingress: [{ ip: '192.0.2.9' }] } } });
const traefik = { kind: 'IngressClass', metadata: { name: 'traefik' } };

const CONDITIONS = ['Accepted', 'ResolvedRefs'].map((type) => ({ type, status: 'True' }));
const route = named('HTTPRoute', 'way', {
  spec: { parentRefs: [{ name: 'gateway' }] },
  status: { parents: [{ parentRef: { name: 'gateway' }, conditions: CONDITIONS }] },
});
const gateway = (name: string, secretName: string) =>
  named('Gateway', name, { spec: { listeners: [{ tls: { certificateRefs: [{ name: secretName }] } }] } });

const workload = (over: Partial<Workload>) =>
  ({
    namespace: 'here',
    pod: { containers: [{ ports: [{ name: 'http', containerPort: 8000 }] }] },
    services: [],
    routes: [],
    ...over,
  }) as Partial<Workload> as Workload;

beforeEach(() => jest.useFakeTimers({ now: VALID_FROM + 1000 }));
afterEach(() => jest.useRealTimers());

/** What came of it, and after how many seconds. */
async function checked(of: Partial<Workload>, cluster: FakeCluster, objects: Rendered[] = [], say = jest.fn()) {
  const began = Date.now();
  const seconds = () => (Date.now() - began) / 1000;
  const outcome = checkExposed(surroundingsOf(cluster, objects, 300_000), workload(of), say).then(
    (notes) => ({ notes, seconds: seconds() }),
    ({ step, message, mayPass }) => ({ step, message, mayPass, seconds: seconds() }),
  );
  await jest.runAllTimersAsync();
  return outcome;
}

describe('a Service', () => {
  test('with a Pod that is ready is well at once', async () => {
    expect(await checked({ services: [service()] }, clusterOf([slice(true)]))).toEqual({ notes: [], seconds: 0 });
  });

  test('is waited for while its Pods become ready', async () => {
    let looks = 0;
    const cluster = clusterOf([], { list: async () => [slice(++looks > 3)] });

    expect(await checked({ services: [service()] }, cluster)).toEqual({ notes: [], seconds: 1.5 });
  });

  test('is given up after ten seconds, and may be tried again', async () => {
    const others = [
      slice(true, 'other'),
      { ...slice(true), metadata: { ...slice(true).metadata, namespace: 'there' } },
    ];

    expect(await checked({ services: [service()] }, clusterOf(others))).toEqual({
      step: 'exposed',
      message: 'Service/demo has no ready endpoint',
      mayPass: true,
      seconds: 10,
    });
  });

  test('that leads to no port is not waited for: only the manifests can change that', async () => {
    expect(await checked({ services: [service('htp')] }, clusterOf([slice(true)]))).toEqual({
      step: 'exposed',
      message: `Service/demo: its port 80 leads to "htp", but the Pods' ports are http (8000)`,
      mayPass: false,
      seconds: 0,
    });
  });
});

describe('an Ingress', () => {
  const routes = [ingress()];

  test('that is served is well, one without an address is noted', async () => {
    expect(await checked({ routes }, clusterOf([served(ingress()), traefik]))).toMatchObject({ notes: [] });
    expect(await checked({ routes }, clusterOf([ingress(), traefik]))).toMatchObject({
      notes: ['Ingress/way has no address: its controller publishes none'],
    });
  });

  test('that is not there is told', async () => {
    expect(await checked({ routes }, clusterOf([traefik]))).toMatchObject({ message: 'Ingress/way is not there' });
  });

  test('that nobody serves is told with its other problems, and not waited for', async () => {
    const tls = [{ secretName: 'certificate', hosts: ['a.example.com'] }];

    expect(await checked({ services: [service()], routes }, clusterOf([ingress(tls)]))).toMatchObject({
      message: [
        'Service/demo has no ready endpoint',
        'TLS Secret certificate does not exist (for a.example.com)',
        "Ingress/way: IngressClass traefik does not exist, the cluster's are none",
      ].join('; '),
      mayPass: false,
      seconds: 0,
    });
  });
});

describe('an HTTPRoute', () => {
  const none = named('Secret', 'certificate', { data: {} });

  test('that its Gateway accepts is well', async () => {
    expect(await checked({ routes: [route] }, clusterOf([route]))).toEqual({ notes: [], seconds: 0 });
  });

  test('that no Gateway has seen is waited for', async () => {
    const fresh = { ...route, status: undefined };

    expect(await checked({ routes: [fresh] }, clusterOf([fresh]))).toEqual({
      step: 'exposed',
      message: 'HTTPRoute/way is seen by no Gateway controller',
      mayPass: true,
      seconds: 10,
    });
  });

  test('that no Gateway has seen is waited for as long with a certificate that is well', async () => {
    const fresh = { ...route, status: undefined };
    const issued = named('Secret', 'certificate', secret(CERTIFICATE));
    const cluster = clusterOf([fresh, issued]);

    expect(await checked({ routes: [fresh] }, cluster, [gateway('gateway', 'certificate')])).toMatchObject({
      message: 'HTTPRoute/way is seen by no Gateway controller',
      seconds: 10,
    });
  });

  test('has the certificate of its own Gateway, told first: the Gateway’s words are about a consequence', async () => {
    const fresh = { ...route, status: undefined };
    const gateways = [gateway('other', 'another'), gateway('gateway', 'certificate')];

    expect(await checked({ routes: [fresh] }, clusterOf([fresh, none]), gateways)).toMatchObject({
      message: 'TLS Secret certificate has no tls.crt or no tls.key; HTTPRoute/way is seen by no Gateway controller',
    });
  });
});

describe('a certificate', () => {
  const routes = [ingress()];
  const clusterWhen = (error: Error) => {
    const live = served(ingress([{ secretName: 'certificate' }]));
    const get = async ({ kind }: { kind: string }) => (kind === 'Secret' ? Promise.reject(error) : live);
    return clusterOf([traefik], { get });
  };

  test('that one may not read is noted', async () => {
    expect(await checked({ routes }, clusterWhen(new ApiError(403, 'forbidden')))).toMatchObject({
      notes: ['TLS Secret certificate is not checked: you may not read it'],
    });
  });

  test.each([new ApiError(500, 'no disk'), new Error('connect ECONNREFUSED')])(
    'that cannot be read for another reason ends it: %s',
    async (error) => {
      expect(await checked({ routes }, clusterWhen(error))).toMatchObject({ message: error.message });
    },
  );

  test('that the manifests do not make is not waited for', async () => {
    const cluster = clusterOf([traefik, served(ingress([{ secretName: 'certificate' }]))]);
    const others = [
      named('Certificate', 'a', { spec: { secretName: 'other' } }),
      { ...named('Certificate', 'b', { spec: { secretName: 'certificate' } }), metadata: { namespace: 'there' } },
    ];

    expect(await checked({ routes }, cluster, others)).toEqual({
      step: 'exposed',
      message: 'TLS Secret certificate does not exist',
      mayPass: false,
      seconds: 0,
    });
  });

  describe('that cert-manager makes', () => {
    const certificate = named('Certificate', 'certificate', { spec: { secretName: 'certificate' } });
    const message = 'Issuing certificate as Secret does not exist';
    const live = { ...certificate, status: { conditions: [{ type: 'Issuing' }, { type: 'Ready', message }] } };
    const way = served(ingress([{ secretName: 'certificate' }]));
    const says = `TLS Secret certificate does not exist; cert-manager says of Certificate/certificate: ${message}`;

    test('is waited for, with its words', async () => {
      const say = jest.fn();
      const began = Date.now();
      const issued = {
        kind: 'Secret',
        data: { 'tls.crt': Buffer.from('no certificate').toString('base64'), 'tls.key': 'a' },
      };
      const get = async ({ kind }: { kind: string }) =>
        kind === 'Secret' ? (Date.now() - began > 60_000 ? issued : undefined) : kind === 'Ingress' ? way : live;

      const outcome = await checked({ routes }, clusterOf([traefik], { get }), [certificate], say);

      expect(say).toHaveBeenCalledWith(says);
      expect(say).toHaveBeenLastCalledWith(
        expect.stringMatching(/^TLS Secret certificate: tls.crt is not a certificate/),
      );
      expect(outcome).toMatchObject({ seconds: 300 });
    });

    test('is well when it is there, whatever cert-manager says', async () => {
      const issued = named('Secret', 'certificate', secret(CERTIFICATE));

      expect(await checked({ routes }, clusterOf([traefik, way, live, issued]), [certificate])).toEqual({
        notes: [],
        seconds: 0,
      });
    });

    test('is told for the right Secret: others are nobody’s', async () => {
      const service = named('Service', 'certificate', { spec: { secretName: 'certificate' } });

      expect(await checked({ routes }, clusterOf([traefik, way]), [service])).toMatchObject({ seconds: 0 });
    });

    test('is given up when its time is over, and not tried again', async () => {
      expect(await checked({ routes }, clusterOf([traefik, way, live]), [certificate])).toEqual({
        step: 'exposed',
        message: says,
        mayPass: false,
        seconds: 300,
      });
    });

    test.each([
      ['nobody has seen it', clusterOf([traefik, way])],
      [
        'one may not read it',
        clusterOf([traefik, way], {
          get: async ({ kind }: { kind: string }) =>
            kind === 'Certificate' ? Promise.reject(new ApiError(403, 'no')) : kind === 'Ingress' ? way : undefined,
        }),
      ],
    ])('is told without words where %s', async (_, cluster) => {
      expect(await checked({ routes }, cluster, [certificate])).toMatchObject({
        message: 'TLS Secret certificate does not exist; cert-manager says nothing of Certificate/certificate',
      });
    });

    test('makes its Gateway wait as long, for the words of a consequence', async () => {
      const fresh = { ...route, status: undefined };
      const gateways = [gateway('gateway', 'certificate'), certificate];

      expect(await checked({ routes: [fresh] }, clusterOf([fresh, live]), gateways)).toMatchObject({
        message: `${says}; HTTPRoute/way is seen by no Gateway controller`,
        seconds: 300,
      });
    });

    test('does not make other problems wait', async () => {
      const outcome = await checked({ services: [service()], routes }, clusterOf([traefik, way, live]), [certificate]);

      expect(outcome).toMatchObject({ message: `Service/demo has no ready endpoint; ${says}`, seconds: 10 });
    });
  });
});
