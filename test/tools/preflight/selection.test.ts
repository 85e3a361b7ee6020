import { selectionOf } from '../../../tools/preflight/selection';

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team', labels: { tier: 'sandboxes' } } };
const MONITOR = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PodMonitor',
  metadata: { name: 'a', namespace: 'team', labels: { release: 'stack' } },
};

const prometheus = (podMonitorSelector?: object, podMonitorNamespaceSelector?: object, namespace = 'monitoring') => ({
  kind: 'Prometheus',
  metadata: { name: 'main', namespace },
  spec: { podMonitorSelector, podMonitorNamespaceSelector },
});

const rowsFor = (...readers: object[]) =>
  selectionOf({ list: async () => readers, get: async () => undefined }, [NAMESPACE, MONITOR]);

const OWN_LABELS = { matchLabels: { release: 'stack' } };

test.each([
  ['its labels, in every namespace', prometheus(OWN_LABELS, {})],
  ['everything', prometheus({}, {})],
  ['its namespace by a label', prometheus({}, { matchLabels: { tier: 'sandboxes' } })],
  ['its namespace by its name', prometheus({}, { matchLabels: { 'kubernetes.io/metadata.name': 'team' } })],
  ['no namespace but its own, which is this one', prometheus({}, undefined, 'team')],
])('a Prometheus that selects %s reads it', async (_, reader) => {
  expect(await rowsFor(reader)).toEqual([
    {
      need: 'Prometheus that selects it',
      by: ['PodMonitor/a'],
      state: 'ok',
      found: `Prometheus/main in ${reader.metadata.namespace}`,
    },
  ]);
});

test.each([
  ['other labels', prometheus({ matchLabels: { release: 'other' } }, {})],
  ['nothing', prometheus(undefined, {})],
  ['another namespace', prometheus({}, { matchLabels: { tier: 'other' } })],
  ['no namespace but its own', prometheus({})],
])('one that selects %s does not', async (_, reader) => {
  expect(await rowsFor(reader)).toMatchObject([{ state: 'unsure', found: 'none of 1: see its podMonitorSelector' }]);
});

test('without an operator there is nobody', async () => {
  expect(await rowsFor()).toMatchObject([{ state: 'unsure', found: 'none of 0: see its podMonitorSelector' }]);
});

test('other objects are not asked about', async () => {
  expect(await selectionOf({ list: async () => [], get: async () => undefined }, [NAMESPACE])).toEqual([]);
});
