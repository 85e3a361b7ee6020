import type { Manifest } from '../../../constructs/policy/objects';
import { ApiError } from '../../../tools/cluster/api-error';
import { namespaceOwners } from '../../../tools/preflight/owner';
import { objectsOf } from '../../render';

const OBJECTS = objectsOf('staging');

const [SANDBOXES, SYSTEM, LOGGING] = ['openhands-staging', 'openhands-staging-system', 'openhands-staging-logging'];

/** A cluster with these namespaces and no other. */
const clusterOf = (...namespaces: Manifest[]) => ({
  get: ({ metadata }: Manifest) => Promise.resolve(namespaces.find((it) => it.metadata.name === metadata.name)),
});

const rendered = (name: string): Manifest =>
  OBJECTS.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === name);

const others = (name: string, labels = {}): Manifest => ({ metadata: { name, labels } });

const statesOn = async (...namespaces: Manifest[]) =>
  Object.fromEntries((await namespaceOwners(clusterOf(...namespaces), OBJECTS)).map(({ by, state }) => [by[0], state]));

test('namespaces that are not there yet are nobody’s', async () => {
  expect(await statesOn()).toEqual({
    [`Namespace/${SANDBOXES}`]: 'ok',
    [`Namespace/${SYSTEM}`]: 'ok',
    [`Namespace/${LOGGING}`]: 'ok',
  });
});

test('those of an earlier apply are ours, whatever Argo CD or Helm made of their labels', async () => {
  const managed = { 'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/instance': 'team' };
  const again = [SANDBOXES, SYSTEM, LOGGING].map((name) => {
    const { metadata } = rendered(name!);
    return { metadata: { ...metadata, labels: { ...metadata.labels, ...managed } } };
  });

  expect(new Set(Object.values(await statesOn(...again)))).toEqual(new Set(['ok']));
});

test.each([SYSTEM, LOGGING])('%s that somebody else owns is refused', async (name) => {
  expect((await statesOn(others(name!)))[`Namespace/${name}`]).toBe('MISSING');
  expect((await statesOn(others(name!, { 'app.kubernetes.io/part-of': 'openhands' })))[`Namespace/${name}`]).toBe(
    'MISSING',
  );
});

test('what to do about it is told', async () => {
  const rows = await namespaceOwners(clusterOf(others(SYSTEM!)), OBJECTS);

  expect(rows.find(({ state }) => state === 'MISSING')).toMatchObject({
    need: "Namespace/openhands-staging-system that is nobody else's",
    found:
      'somebody else made it: all its Pods would come under these policies and bounds; choose another kubernetes.namespace',
  });
});

test('the sandboxes’ own namespace may have been made for them', async () => {
  expect((await statesOn(others(SANDBOXES!)))[`Namespace/${SANDBOXES}`]).toBe('unsure');
});

test('one that may not be read may be anybody’s', async () => {
  const get = () => Promise.reject(new ApiError(403, 'forbidden'));

  expect((await namespaceOwners({ get }, OBJECTS)).map(({ state }) => state)).toEqual(['unsure', 'unsure', 'unsure']);
});
