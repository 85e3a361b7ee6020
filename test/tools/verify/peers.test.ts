import { allowedPeer, verdictFor } from '../../../tools/verify/peers';
import { apiPortOf, planOf } from '../../../tools/verify/plan';
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
