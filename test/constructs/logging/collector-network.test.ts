import { objectsOfToml, type Rendered } from '../../render';
import { logged } from './profile';

const policiesOf = (toml: string): Record<string, Rendered> =>
  Object.fromEntries(
    objectsOfToml(toml)
      .filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.namespace === 'openhands-logging')
      .map(({ metadata, spec }) => [metadata.name.replace('openhands-logs-', ''), spec]),
  );

test('nobody comes in, and it goes out for three reasons', () => {
  const policies = policiesOf(logged());

  expect(Object.keys(policies)).toEqual(['default-deny', 'allow-dns', 'allow-api-server', 'allow-elasticsearch']);
  expect(Object.values(policies).flatMap(({ ingress }) => ingress ?? [])).toEqual([]);
});

test('a Service is reached in its namespace, on its port', () => {
  expect(policiesOf(logged())['allow-elasticsearch'].egress).toEqual([
    {
      to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'search' } } }],
      ports: [{ protocol: 'TCP', port: 9200 }],
    },
  ]);
});

test('an address is reached, and no other', () => {
  const toml = logged().replace('elasticsearch.search.svc', '10.1.2.3');

  expect(policiesOf(toml)['allow-elasticsearch'].egress[0].to).toEqual([{ ipBlock: { cidr: '10.1.2.3/32' } }]);
});

test.each([
  ['https://search.example.com', 443],
  ['https://search.example.com:9243/path', 9243],
  ['https://search.svc.example.com', 443],
])('%s is reached on port %i wherever it is, but for a metadata address', (url, port) => {
  const toml = logged('', '[deploy.network]\nip_families = ["IPv4"]').replace(
    'https://elasticsearch.search.svc:9200',
    url,
  );

  expect(policiesOf(toml)['allow-elasticsearch'].egress).toEqual([
    {
      to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } }],
      ports: [{ protocol: 'TCP', port }],
    },
  ]);
});
