import { parse } from 'yaml';
import { find, objectsOfToml, podOf, type Rendered } from '../../render';
import { logged } from './profile';

const sidecars = (lines = '', tables = '') =>
  logged(`collector = "Sidecar"\n${lines}`, tables).replace('["console", "elast', '["console", "file", "elast');

const configOf = (toml: string) => parse(find(objectsOfToml(toml), 'ConfigMap', 'openhands-logs').data['config.yaml']);
const collectorOf = (toml: string): Rendered =>
  podOf(objectsOfToml(toml)).spec.initContainers.find(({ name }: Rendered) => name === 'collector');

test('each sandbox has one of its own, which starts before it and stops after it', () => {
  expect(collectorOf(sidecars())).toMatchObject({ name: 'collector', restartPolicy: 'Always' });
});

test('nothing on the node is read, and there is no DaemonSet', () => {
  const objects = objectsOfToml(sidecars());

  expect(objects.map(({ kind }) => kind)).not.toContain('DaemonSet');
  expect(objects.filter(({ metadata }) => metadata.namespace === 'openhands-logging')).toEqual([]);
  expect(JSON.stringify(objects)).not.toContain('hostPath');
});

test('it reads the files of the handler, which it cannot change', () => {
  expect(configOf(sidecars()).receivers.file_log.include).toEqual([
    '/workspace/logs/app.log',
    '/workspace/logs/app.log.*',
  ]);
  expect(collectorOf(sidecars()).volumeMounts).toContainEqual({
    name: 'workspace-volume',
    mountPath: '/workspace',
    readOnly: true,
  });
});

test('what a link leads to outside of that folder is dropped before anything else looks at it', () => {
  const { include_file_path_resolved, operators } = configOf(sidecars()).receivers.file_log;

  expect(include_file_path_resolved).toBe(true);
  expect(operators[0]).toEqual({
    id: 'own',
    type: 'filter',
    expr: String.raw`not (attributes["log.file.path_resolved"] matches "^\\Q/workspace/logs\\E/app\\.log(\\.[^/]*)?$")`,
  });
});

test('it is as restricted as a container can be, whatever the sandbox is', () => {
  const privileged = sidecars('', '[deploy.security]\npod_security_standard = "privileged"');

  expect(collectorOf(privileged).securityContext).toEqual({
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    privileged: false,
    readOnlyRootFilesystem: true,
  });
});

test('where a record is from is said last', () => {
  const { pipelines } = configOf(sidecars()).service;

  expect(pipelines['logs/files'].processors).toEqual(['memory_limiter']);
  expect(pipelines['logs/documents'].processors).toEqual(['memory_limiter', 'transform/origin', 'transform']);
});

test('what comes out of the queue is for the collector alone: its volume, not the network of the sandbox', () => {
  const { receivers, exporters, extensions } = configOf(sidecars());
  const { containers } = podOf(objectsOfToml(sidecars())).spec;
  const storage = { name: 'storage', mountPath: '/var/lib/otelcol' };

  expect(receivers['otlp/queue'].protocols.grpc).toMatchObject({
    endpoint: '/var/lib/otelcol/tempdb-queue.sock',
    transport: 'unix',
  });
  expect(exporters['otlp_grpc/queue'].endpoint).toBe('unix:///var/lib/otelcol/tempdb-queue.sock');
  // What a killed collector leaves of it is removed on the next start.
  expect(extensions.file_storage.compaction).toMatchObject({ cleanup_on_start: true, directory: '/var/lib/otelcol' });
  expect(collectorOf(sidecars()).volumeMounts).toContainEqual(storage);
  expect(JSON.stringify(containers)).not.toContain('"storage"');
});

test('the sandboxes’ network reaches Elasticsearch', () => {
  const policy = find(objectsOfToml(sidecars()), 'NetworkPolicy', 'openhands-runtime-allow-elasticsearch');

  expect(policy.spec.egress).toEqual([
    {
      to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'search' } } }],
      ports: [{ protocol: 'TCP', port: 9200 }],
    },
  ]);
});

const IPV4 = '[deploy.network]\nip_families = ["IPv4"]\negress = "internet"';

test.each([
  ['elasticsearch.search.svc.cluster.local', 'search'],
  ['es.a1-b.svc', 'a1-b'],
])('the Service %s is reached in its namespace alone', (host, namespace) => {
  const toml = sidecars().replace('elasticsearch.search.svc', host);
  const [rule] = find(objectsOfToml(toml), 'NetworkPolicy', 'openhands-runtime-allow-elasticsearch').spec.egress;

  expect(rule.to).toEqual([{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }]);
});

test.each([
  ['10.1.2.3', [{ cidr: '10.1.2.3/32' }]],
  ['[fd00::7]', [{ cidr: 'fd00::7/128' }]],
  [
    'search.example.com',
    [
      {
        cidr: '0.0.0.0/0',
        except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16'],
      },
    ],
  ],
])('for %s no sandbox gets a way into another private network', (host, blocks) => {
  const toml = sidecars('', IPV4).replace('elasticsearch.search.svc', host);
  const [rule] = find(objectsOfToml(toml), 'NetworkPolicy', 'openhands-runtime-allow-elasticsearch').spec.egress;

  expect(rule.to).toEqual(blocks.map((ipBlock) => ({ ipBlock })));
});

test('the password is a file of the collector, not of the sandbox', () => {
  const { containers, volumes } = podOf(objectsOfToml(sidecars())).spec;
  const mountsOf = (container: Rendered) => container.volumeMounts.map(({ name }: Rendered) => name);

  expect(volumes.map(({ name }: Rendered) => name)).toContain('elasticsearch');
  expect(mountsOf(collectorOf(sidecars()))).toContain('elasticsearch');
  expect(mountsOf(containers[0])).not.toContain('elasticsearch');
});

test('a store outside the cluster fills the Secret in the sandbox namespace', () => {
  const objects = objectsOfToml(sidecars('', '[deploy.secrets]\nexternal = { store = "vault" }'));

  expect(find(objects, 'ExternalSecret', 'openhands-elasticsearch').metadata.namespace).toBe('openhands');
});

test('the quota has room for it, and the bounds of a container are those of the sandbox and of it', () => {
  const quota = '[deploy.quota]\nmax_sandboxes = 10';
  const ofSandboxes = (toml: string) => objectsOfToml(toml).filter((it) => it.metadata.namespace === 'openhands');
  const hardOf = (toml: string) => find(ofSandboxes(toml), 'ResourceQuota').spec.hard;
  const boundsOf = (toml: string) =>
    find(ofSandboxes(toml), 'LimitRange').spec.limits.find(({ type }: Rendered) => type === 'Container');

  expect(hardOf(logged('', quota))).toMatchObject({ 'requests.cpu': '10', 'requests.memory': '10Gi' });
  expect(hardOf(sidecars('', quota))).toMatchObject({
    'requests.cpu': '10100m',
    'requests.memory': '10880Mi',
    'limits.memory': '23040Mi',
  });
  expect(boundsOf(sidecars('', quota)).max).toEqual(boundsOf(logged('', quota)).max);
  expect(boundsOf(sidecars('', quota)).default).toEqual(boundsOf(logged('', quota)).default);
});

test.each([
  ['StatefulSet', '[deploy.pool]\nworkload = "StatefulSet"'],
  ['SandboxTemplate', '[deploy.pool]\nworkload = "SandboxWarmPool"'],
])('a sandbox of a %s has one too', (kind, pool) => {
  const { spec } = find(objectsOfToml(sidecars('', pool)), kind);
  const pod = (spec.template ?? spec.podTemplate).spec;

  expect(pod.initContainers.map(({ name }: Rendered) => name)).toContain('collector');
});
