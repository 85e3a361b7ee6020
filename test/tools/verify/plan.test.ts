import { apiPortOf, makesWay, planOf, portNamed, type Workload } from '../../../tools/verify/plan';
import type { Rendered } from '../../render';

const container = { ports: [{ name: 'http', containerPort: 8000 }] };

const template = (labels: object, spec: object = {}): Rendered => ({
  metadata: { labels },
  spec: { containers: [container], ...spec },
});

const object = (kind: string, name: string, spec: object, namespace?: string): Rendered => ({
  kind,
  metadata: { name, namespace },
  spec,
});

const deployment = (labels: object, over: object = {}) =>
  object('Deployment', 'demo', { selector: { matchLabels: labels }, template: template(labels, over) }, 'here');

/** The only workload of some objects. */
function planned(...objects: Rendered[]): Workload {
  const plan = planOf(objects);
  expect(plan).toHaveLength(1);
  return plan[0]!;
}

describe('the Pods of', () => {
  const SANDBOX = template({ app: 'openhands-runtime', session: 'demo' });

  test.each([
    ['a Deployment', object('Deployment', 'demo', { template: SANDBOX })],
    ['a StatefulSet', object('StatefulSet', 'demo', { template: SANDBOX })],
    ['a Sandbox', object('Sandbox', 'demo', { podTemplate: SANDBOX })],
    ['a Pod', { kind: 'Pod', metadata: { name: 'demo', ...SANDBOX.metadata }, spec: SANDBOX.spec }],
  ])('%s are what it says itself', (_, workload) => {
    const { title, pod, labels, namespace } = planned(workload, object('ConfigMap', 'c', {}));

    expect(title).toBe(`${workload.kind}/demo`);
    expect({ pod, labels, namespace }).toEqual({
      pod: SANDBOX.spec,
      labels: SANDBOX.metadata.labels,
      namespace: 'default',
    });
  });

  test('a warm pool are what the template that it names says', () => {
    const pool = object('SandboxWarmPool', 'demo', { sandboxTemplateRef: { name: 'made-of' } });
    const other = object('SandboxTemplate', 'other', { podTemplate: template({ app: 'other' }) });
    const own = object('SandboxTemplate', 'made-of', { podTemplate: SANDBOX });

    expect(planned(pool, object('Service', 'made-of', {}), other, own).pod).toBe(SANDBOX.spec);
  });

  test('a warm pool whose template is not there are not known: it is no workload', () => {
    expect(planOf([object('SandboxWarmPool', 'demo', { sandboxTemplateRef: { name: 'made-of' } })])).toEqual([]);
  });

  test('a Deployment are found by its selector', () => {
    const spec = { selector: { matchLabels: { part: 'b' } }, template: template({ app: 'a', part: 'b' }) };
    expect(planned(object('Deployment', 'demo', spec)).selector).toEqual({ part: 'b' });
  });

  test.each([
    [
      { app: 'a', session: 's', pool: 'p', part: 'b' },
      { app: 'a', session: 's', pool: 'p' },
    ],
    [{ part: 'b' }, { part: 'b' }],
  ])('a Sandbox, which has no selector, are found by the labels that tell sandboxes apart: %j', (labels, selector) => {
    expect(planned(object('Sandbox', 'demo', { podTemplate: template(labels) })).selector).toEqual(selector);
  });

  test('a workload may have no labels at all', () => {
    const { labels, program } = planned(object('Sandbox', 'demo', { podTemplate: { spec: { containers: [{}] } } }));

    expect({ labels, program }).toEqual({ labels: {}, program: undefined });
  });
});

describe('the program of a sandbox', () => {
  const programOf = (over: object) =>
    planned(deployment({ app: 'openhands-runtime' }, { containers: [{ ...container, ...over }] })).program;

  test.each([
    ['agent-server', {}],
    ['agent-server', { command: ['python'], args: ['-m', 'openhands.agent_server'] }],
    ['action-execution-server', { command: ['python', '-m', 'openhands.runtime.action_execution_server', '8000'] }],
    ['action-execution-server', { args: ['-m', 'openhands.runtime.action_execution_server'] }],
  ])('is the %s: %j', (program, over) => {
    expect(programOf(over)).toBe(program);
  });

  test('is nothing that another Pod runs', () => {
    expect(planned(deployment({ app: 'ubuntu-dev' })).program).toBeUndefined();
    expect(planned(object('Deployment', 'd', { template: { metadata: {}, spec: {} } })).program).toBeUndefined();
  });
});

describe('what leads to a workload', () => {
  const workload = deployment({ app: 'a', session: 's' });
  const service = (name: string, selector?: object, namespace = 'here') =>
    object('Service', name, { selector }, namespace);
  const own = service('own', { app: 'a' });
  const ingress = (...backends: string[]) => {
    const paths = backends.map((name) => ({ backend: { service: { name } } }));
    return object('Ingress', 'i', { rules: [{ host: 'none' }, { http: { paths } }] }, 'here');
  };
  const route = (...backends: string[]) =>
    object('HTTPRoute', 'r', { rules: [{ backendRefs: backends.map((name) => ({ name })) }] }, 'here');

  const servicesOf = (...services: Rendered[]) =>
    planned(workload, ...services).services.map(({ metadata }) => metadata.name);
  const routesOf = (...routes: Rendered[]) => planned(workload, own, ...routes).routes;

  test('is a Service that selects its Pods', () => {
    const others = [service('other', { app: 'b' }), service('more', { app: 'a', pool: 'p' }), service('by-hand')];
    expect(servicesOf(own, ...others)).toEqual(['own']);
  });

  test('is no Service of another namespace', () => {
    expect(servicesOf(service('there', { app: 'a' }, 'there'))).toEqual([]);
  });

  test.each([
    ['an Ingress', ingress('other', 'own')],
    ['an HTTPRoute', route('other', 'own')],
  ])('is %s that leads to such a Service, among others', (_, way) => {
    expect(routesOf(way)).toEqual([way]);
  });

  test.each([
    ['an Ingress to another Service', ingress('other')],
    ['an HTTPRoute to another Service', route('other')],
    ['an Ingress that leads to no Service', object('Ingress', 'i', { defaultBackend: {} }, 'here')],
    [
      'an Ingress that leads to something else',
      object('Ingress', 'i', { rules: [{ http: { paths: [{ backend: { resource: {} } }] } }] }, 'here'),
    ],
    ['an HTTPRoute that only redirects', object('HTTPRoute', 'r', { rules: [{ filters: [] }] }, 'here')],
    ['a way of another namespace', { ...ingress('own'), metadata: { name: 'i', namespace: 'there' } }],
    ['something else with the rules of an Ingress', { ...ingress('own'), kind: 'Other' }],
  ])('is not %s', (_, way) => {
    expect(routesOf(way)).toEqual([]);
  });
});

test('only the Deployment that holds room makes way', () => {
  expect(makesWay({ title: 'Deployment/openhands-headroom' })).toBe(true);
  expect(makesWay({ title: 'StatefulSet/openhands-headroom' })).toBe(false);
});

describe('the port', () => {
  test('of a name is found in any container', () => {
    const pod = { containers: [{}, { ports: [{ name: 'code', containerPort: 1 }, ...container.ports] }] };

    expect(portNamed(pod, 'http')).toBe(8000);
    expect(portNamed(pod, 'none')).toBeUndefined();
  });

  test.each([
    [9000, 'agent-server', 'http'],
    [8000, 'agent-server', undefined],
    [8080, 'action-execution-server', undefined],
  ] as const)('of the API is %d: of an %s, named %s', (port, program, name) => {
    const pod = { containers: [{ ports: [{ name, containerPort: 9000 }] }] };
    expect(apiPortOf({ pod, program } as Partial<Workload> as Workload)).toBe(port);
  });
});
