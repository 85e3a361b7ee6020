import { parse } from 'yaml';
import { find, objectsOfToml } from '../../render';
import { logged } from './profile';

const daemonSet = (toml: string) => find(objectsOfToml(toml), 'DaemonSet', 'openhands-logs');
const podOf = (toml: string) => daemonSet(toml).spec.template.spec;
const configOf = (toml: string) => parse(find(objectsOfToml(toml), 'ConfigMap', 'openhands-logs').data['config.yaml']);

test('it lives beside the sandboxes, in a namespace whose standard allows to read files of the node', () => {
  const objects = objectsOfToml(logged());

  expect(find(objects, 'Namespace', 'openhands-logging').metadata.labels).toMatchObject({
    'pod-security.kubernetes.io/enforce': 'privileged',
  });
  expect(daemonSet(logged()).metadata.namespace).toBe('openhands-logging');
});

test('it is root without a capability, and writes to nothing but its queue', () => {
  const { securityContext, containers } = podOf(logged());

  expect(securityContext).toEqual({
    runAsNonRoot: false,
    runAsUser: 0,
    runAsGroup: 0,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  expect(containers[0].securityContext).toEqual({
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    privileged: false,
    readOnlyRootFilesystem: true,
  });
});

test('it sees the logs of the node and nothing else of it, and those it cannot change', () => {
  const { containers, volumes } = podOf(logged());
  const paths = volumes.filter((it: { hostPath?: object }) => it.hostPath);

  expect(paths).toEqual([
    { name: 'storage', hostPath: { path: '/var/lib/openhands-logs/openhands', type: 'DirectoryOrCreate' } },
    { name: 'logs', hostPath: { path: '/var/log/pods', type: 'Directory' } },
  ]);
  expect(containers[0].volumeMounts).toContainEqual({ name: 'logs', mountPath: '/var/log/pods', readOnly: true });
});

test('what it has not sent stays on the node when the Pod goes, apart from those of other profiles', () => {
  const other = logged().replace('namespace = "openhands"', 'namespace = "other"');

  expect(podOf(other).volumes).toContainEqual({
    name: 'storage',
    hostPath: { path: '/var/lib/openhands-logs/other', type: 'DirectoryOrCreate' },
  });
});

test('it runs wherever a sandbox may, and there alone', () => {
  const selected = logged().replace(
    'namespace = "openhands"',
    'namespace = "openhands"\nnode_selector_key = "openhands.dev/pool"\nnode_selector_val = "sandboxes"',
  );

  expect(podOf(selected)).toMatchObject({
    nodeSelector: { 'kubernetes.io/os': 'linux', 'openhands.dev/pool': 'sandboxes' },
    tolerations: [{ operator: 'Exists' }],
  });
});

test('another configuration makes another Pod', () => {
  const hashOf = (toml: string) => daemonSet(toml).spec.template.metadata.annotations['checksum/config'];

  expect(hashOf(logged())).toBe(hashOf(logged()));
  expect(hashOf(logged('queue_size = "1Gi"'))).not.toBe(hashOf(logged()));
});

test('it may look at the sandboxes’ Pods, and at nothing else', () => {
  const objects = objectsOfToml(logged());
  const role = find(objects, 'Role', 'openhands-logs');
  const binding = find(objects, 'RoleBinding', 'openhands-logs');

  expect(role.metadata.namespace).toBe('openhands');
  expect(role.rules).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }]);
  expect(binding.subjects).toEqual([
    { kind: 'ServiceAccount', name: 'openhands-logs', namespace: 'openhands-logging' },
  ]);
});

test('only the sandboxes of its namespace are read', () => {
  const { include } = configOf(logged()).receivers.file_log;

  expect(include).toEqual(['/var/log/pods/openhands_*/runtime/*.log', '/var/log/pods/openhands_*/runtime/*.log.*']);
});

test.each([
  ['', undefined, ['username', 'password']],
  ['own_ca = true', { ca_file: '/etc/elasticsearch/ca.crt' }, ['username', 'password', 'ca.crt']],
])('with %j it takes from the Secret what it needs', (line, tls, keys) => {
  const { volumes } = podOf(logged(line));

  expect(configOf(logged(line)).exporters.elasticsearch.tls).toEqual(tls);
  expect(volumes).toContainEqual({
    name: 'elasticsearch',
    secret: { secretName: 'openhands-elasticsearch', items: keys.map((key) => ({ key, path: key })) },
  });
});

test('the queue is on disk, as large as asked for, and is never given up', () => {
  const { exporters } = configOf(logged('queue_size = "1Gi"'));

  expect(exporters['otlp_grpc/queue']).toMatchObject({
    retry_on_failure: { enabled: true, max_elapsed_time: '0s' },
    sending_queue: { storage: 'file_storage', sizer: 'bytes', queue_size: 2 ** 30, block_on_overflow: true },
  });
});

test('the exporter that gives up has no queue of its own', () => {
  expect(configOf(logged()).exporters.elasticsearch).toMatchObject({
    endpoints: ['https://elasticsearch.search.svc:9200'],
    logs_index: 'logs-openhands-default',
    logs_dynamic_id: { enabled: true },
    sending_queue: { enabled: false },
  });
});

test.each([
  ['agent-server', 'openhands.agent_server'],
  ['action-execution-server', 'openhands.action_execution_server'],
])('records of the %s are documents of the dataset %s', (contract, dataset) => {
  const toml = logged().replace('"agent-server"', `"${contract}"`);
  const [{ statements }] = configOf(toml).processors.transform.log_statements;

  expect(statements).toContain(`set(log.body["event"]["dataset"], "${dataset}")`);
});

test('a store outside the cluster fills its Secret', () => {
  const objects = objectsOfToml(
    logged('own_ca = true', '[deploy.secrets]\nexternal = { store = "vault", kind = "ClusterSecretStore" }'),
  );
  const secret = find(objects, 'ExternalSecret', 'openhands-elasticsearch');

  expect(secret.metadata.namespace).toBe('openhands-logging');
  expect(secret.spec.data.map(({ secretKey }: { secretKey: string }) => secretKey)).toEqual([
    'username',
    'password',
    'ca.crt',
  ]);
});

test('without the handler elasticsearch there is none', () => {
  const kinds = objectsOfToml('[deploy.logging]\nhandlers = ["console"]').map(({ kind }) => kind);

  expect(kinds).not.toContain('DaemonSet');
});
