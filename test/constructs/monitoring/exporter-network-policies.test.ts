import { find, objectsOfToml, type Rendered } from '../../render';
import { monitored } from './monitored';

const policy = (name: string, objects = monitored()): Rendered =>
  find(objects, 'NetworkPolicy', `openhands-exporter-${name}`);

const inNamespace = (name: string) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } });

test('nothing comes in or goes out unless a policy says so', () => {
  expect(policy('default-deny').spec).toEqual({
    podSelector: { matchLabels: { 'app.kubernetes.io/name': 'openhands-exporter' } },
    policyTypes: ['Ingress', 'Egress'],
  });
});

test('Prometheus reaches both of its ports, and nobody else reaches any', () => {
  expect(policy('allow-prometheus').spec).toMatchObject({
    policyTypes: ['Ingress'],
    ingress: [
      {
        from: [
          { ...inNamespace('monitoring'), podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } } },
        ],
        ports: [
          { protocol: 'TCP', port: 9115 },
          { protocol: 'TCP', port: 7979 },
        ],
      },
    ],
  });
});

test('the profile says where Prometheus is', () => {
  const objects = monitored('prometheus = [{ namespace = "a" }, { namespace = "b", pods = { app = "p" } }]');

  expect(policy('allow-prometheus', objects).spec.ingress[0].from).toEqual([
    inNamespace('a'),
    { ...inNamespace('b'), podSelector: { matchLabels: { app: 'p' } } },
  ]);
});

test('a sandbox cannot have it ask another, even with Prometheus beside it', () => {
  const objects = monitored('prometheus = [{ namespace = "openhands-staging" }]');

  expect(policy('allow-prometheus', objects).spec.ingress[0].from).toEqual([
    {
      ...inNamespace('openhands-staging'),
      podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['openhands-runtime'] }] },
    },
  ]);
});

test.each([
  ['staging', 'openhands-staging', 8000],
  ['openhands-0.62', 'default', 8080],
])('in %s it reaches the API of the sandboxes and nothing else, not even DNS', (parent, namespace, port) => {
  const objects = objectsOfToml(`[deploy]\nextends = "${parent}"\n[deploy.monitoring]`);
  const own = objects.filter(
    ({ kind, metadata }) =>
      kind === 'NetworkPolicy' &&
      metadata.namespace === `${namespace}-system` &&
      metadata.name.startsWith('openhands-exporter'),
  );

  expect(own.flatMap(({ spec }) => spec.egress ?? [])).toEqual([
    {
      to: [{ ...inNamespace(namespace), podSelector: { matchLabels: { app: 'openhands-runtime' } } }],
      ports: [{ protocol: 'TCP', port }],
    },
  ]);
});
