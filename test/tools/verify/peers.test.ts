import { allowedPeer, strangerNamespace, verdictFor } from '../../../tools/verify/peers';
import { apiPortOf, planOf, type Workload } from '../../../tools/verify/plan';
import { find, objectsOf, objectsOfToml, type Rendered } from '../../render';

const policiesOf = (objects: Rendered[]) => objects.filter(({ kind }) => kind === 'NetworkPolicy');

const sandboxOf = (objects: Rendered[]) => planOf(objects).find(({ program }) => program !== undefined)!;

const STRANGER = { namespace: 'openhands-verify-00000000', labels: {} };

describe.each(['local', 'development', 'staging', 'production', 'openhands-0.62'])('of the profile %s', (profile) => {
  const objects = objectsOf(profile);
  const sandbox = sandboxOf(objects);

  test('a Pod can be made up that is let in to the API, and a stranger is not', () => {
    const peer = allowedPeer(sandbox, policiesOf(objects));

    expect(peer).toBeDefined();
    expect(verdictFor(sandbox, policiesOf(objects), peer!).allowed).toBe(true);
    expect(verdictFor(sandbox, policiesOf(objects), STRANGER).allowed).toBe(false);
  });

  test('its workloads are found, each with its Services', () => {
    const plan = planOf(objects).filter(({ program }) => program);

    expect(plan.length).toBeGreaterThan(0);
    for (const workload of plan) expect(workload.services.length).toBeGreaterThan(0);
    expect(apiPortOf(sandbox)).toBe(profile === 'openhands-0.62' ? 8080 : 8000);
  });
});

test('a client is labelled as the policy asks', () => {
  const objects = objectsOf('local');
  expect(allowedPeer(sandboxOf(objects), policiesOf(objects))).toEqual({
    namespace: 'openhands',
    labels: { app: 'ubuntu-dev' },
  });
});

test('nobody is let in where nobody is named', () => {
  const objects = objectsOfToml('[kubernetes]\nnamespace = "alone"');
  expect(allowedPeer(sandboxOf(objects), policiesOf(objects))).toBeUndefined();
});

test('the policy that lets a stranger in is named', () => {
  const objects = objectsOf('local');
  const open = {
    metadata: { name: 'everybody', namespace: 'openhands' },
    spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ namespaceSelector: {} }] }] },
  };
  expect(verdictFor(sandboxOf(objects), [...policiesOf(objects), open], STRANGER)).toEqual({
    allowed: true,
    by: ['everybody'],
  });
});

test('an Ingress belongs to the workload whose Service it leads to', () => {
  const objects = objectsOf('local');
  const routesOf = (name: string) => planOf(objects).find(({ title }) => title === `Deployment/${name}`)!.routes;

  expect(routesOf('openhands-canvas-demo')).toEqual([find(objects, 'Ingress')]);
  expect(routesOf('openhands-runtime-demo')).toEqual([]);
  expect(routesOf('ubuntu-dev')).toEqual([]);
});

describe('with monitoring', () => {
  const objects = objectsOfToml('[deploy]\nextends = "local"\ndevbox = false\n[deploy.monitoring]');

  test('nobody asks in the place of the exporter or a Canvas, which are let in', () => {
    expect(allowedPeer(sandboxOf(objects), policiesOf(objects))).toBeUndefined();
  });

  test('the exporter is a workload with its Service, and no sandbox', () => {
    const exporter = planOf(objects).find(({ title }) => title === 'Deployment/openhands-exporter')!;

    expect(exporter).toMatchObject({ namespace: 'openhands-system', program: undefined });
    expect(exporter.services.map(({ metadata }) => metadata.name)).toEqual(['openhands-exporter']);
  });
});

describe('a client', () => {
  const workload = {
    namespace: 'sandboxes',
    labels: { app: 'openhands-runtime' },
    program: 'agent-server',
    pod: { containers: [{ ports: [{ name: 'http', containerPort: 8000 }] }, { name: 'without ports' }] },
  } as Partial<Workload> as Workload;

  const policy = (ingress?: object[]) => ({
    metadata: { name: 'p', namespace: 'sandboxes' },
    spec: { podSelector: {}, policyTypes: ['Ingress'], ingress },
  });
  const named = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });
  const app = (name: string) => ({ matchLabels: { app: name } });

  /** Who is let in by a policy that names these. */
  const clientOf = (...from: object[]) => allowedPeer(workload, [policy([{ from }])]);

  test.each<[string, object, object | undefined]>([
    ['of the sandboxes’ own namespace', { podSelector: app('a') }, { namespace: 'sandboxes', labels: { app: 'a' } }],
    ['of a namespace', { namespaceSelector: named('apps') }, { namespace: 'apps', labels: {} }],
    [
      'of a namespace by an expression',
      {
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['apps', 'more'] }],
        },
      },
      { namespace: 'apps', labels: {} },
    ],
    [
      'of any namespace',
      { namespaceSelector: {}, podSelector: app('a') },
      { namespace: 'sandboxes', labels: { app: 'a' } },
    ],
    [
      'of labels that an expression asks for',
      {
        podSelector: {
          ...app('a'),
          matchExpressions: [
            { key: 'app', operator: 'Exists' },
            { key: 'part', operator: 'Exists' },
            { key: 'tier', operator: 'In', values: ['front', 'back'] },
            { key: 'old', operator: 'DoesNotExist' },
            { key: 'zone', operator: 'NotIn', values: ['z'] },
          ],
        },
      },
      { namespace: 'sandboxes', labels: { app: 'a', part: '', tier: 'front' } },
    ],
    ['of a namespace that is known by another label', { namespaceSelector: { matchLabels: { team: 'a' } } }, undefined],
    ['of addresses', { ipBlock: { cidr: '10.0.0.0/8' } }, undefined],
    ['that is ours', { podSelector: { matchLabels: { app: 'openhands-canvas' } } }, undefined],
    [
      'that is ours too',
      { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'openhands-exporter' } } },
      undefined,
    ],
  ])('%s is made up as the policy asks, if that can be', (_, from, client) => {
    expect(clientOf(from)).toEqual(client);
  });

  test('elsewhere is asked from first: beside the sandboxes an admission policy may refuse it', () => {
    const beside = { podSelector: app('a') };
    const elsewhere = { podSelector: app('b'), namespaceSelector: named('apps') };

    expect(clientOf(beside, elsewhere)).toEqual({ namespace: 'apps', labels: { app: 'b' } });
    expect(clientOf(elsewhere, beside)).toEqual({ namespace: 'apps', labels: { app: 'b' } });
  });

  test.each([
    ['no policy is there', []],
    ['a policy lets everybody in', [policy([{}])]],
  ])('need not be anybody where %s', (_, policies) => {
    expect(allowedPeer(workload, policies)).toEqual({ namespace: 'sandboxes', labels: {} });
  });

  test('is let in to the port of the API alone, by its number or its name', () => {
    const rule = (port: string | number) => policy([{ from: [{ podSelector: {} }], ports: [{ port }] }]);
    const anybody = { namespace: 'sandboxes', labels: {} };

    expect(verdictFor(workload, [rule('http')], anybody).allowed).toBe(true);
    expect(verdictFor(workload, [rule(8000)], anybody).allowed).toBe(true);
    expect(verdictFor(workload, [rule('code')], anybody).allowed).toBe(false);
  });

  test('is nobody where a policy lets nobody in', () => {
    expect(allowedPeer(workload, [policy()])).toBeUndefined();
  });
});

test('a stranger’s namespace is one that nobody has named, with a short name of its own', () => {
  expect(strangerNamespace()).toMatch(/^openhands-verify-[0-9a-f]{8}$/);
});
