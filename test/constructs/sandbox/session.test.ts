import { find, objectsOfToml, type Rendered } from '../../render';

const SESSION = '[deploy]\nsessions = ["demo"]\n';

const namesOf = (objects: readonly Rendered[], kind: string) =>
  objects.filter((it) => it.kind === kind).map(({ metadata }) => metadata.name);

const sandboxObjects = (toml: string) =>
  objectsOfToml(toml).filter(({ metadata }) => metadata.labels['app.kubernetes.io/component'] === 'sandbox');

test('a session is OpenHands’s five objects, under OpenHands’s names', () => {
  expect(sandboxObjects(SESSION).map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
    'PersistentVolumeClaim/openhands-runtime-demo-pvc',
    'Deployment/openhands-runtime-demo',
    'Service/openhands-runtime-demo-svc',
    'Service/openhands-runtime-demo-svc-code',
    'Ingress/openhands-runtime-demo-ingress-code',
  ]);
});

test('a bare config.toml has one session, named default', () => {
  expect(namesOf(objectsOfToml(''), 'Deployment')).toEqual(['openhands-runtime-default']);
});

test('kubernetes.namespace is the namespace of every object of a session', () => {
  const namespaces = sandboxObjects(`[kubernetes]\nnamespace = "sandboxes"\n${SESSION}`).map(
    ({ metadata }) => metadata.namespace,
  );

  expect([...new Set(namespaces)]).toEqual(['sandboxes']);
});

test('each session has objects of its own', () => {
  const objects = objectsOfToml('[deploy]\nsessions = ["alice", "bob"]');

  expect(namesOf(objects, 'PersistentVolumeClaim')).toEqual([
    'openhands-runtime-alice-pvc',
    'openhands-runtime-bob-pvc',
  ]);
});

describe('its workspace', () => {
  const claimSpec = (toml = ''): Rendered => find(objectsOfToml(toml), 'PersistentVolumeClaim').spec;

  test('is pvc_storage_size large', () => {
    expect(claimSpec('[kubernetes]\npvc_storage_size = "37Gi"').resources.requests.storage).toBe('37Gi');
  });

  test('is of pvc_storage_class', () => {
    expect(claimSpec('[kubernetes]\npvc_storage_class = "premium-rwo"').storageClassName).toBe('premium-rwo');
  });

  test.each(['', '[kubernetes]\npvc_storage_class = ""'])('with "%s" is of the cluster’s default class', (toml) => {
    expect(claimSpec(toml)).not.toHaveProperty('storageClassName');
  });

  test('belongs to one node at a time', () => {
    expect(claimSpec().accessModes).toEqual(['ReadWriteOnce']);
  });
});

describe('its workload', () => {
  test('is one Pod at a time: two could not hold the workspace', () => {
    const { replicas, strategy } = find(objectsOfToml(SESSION), 'Deployment').spec;

    expect({ replicas, strategy }).toEqual({ replicas: 1, strategy: { type: 'Recreate' } });
  });

  test('selects its Pods by OpenHands’s two labels', () => {
    expect(find(objectsOfToml(SESSION), 'Deployment').spec.selector.matchLabels).toEqual({
      app: 'openhands-runtime',
      session: 'demo',
    });
  });

  test('is a bare Pod when asked for, and no Deployment', () => {
    const objects = objectsOfToml(`${SESSION}session_workload = "Pod"`);

    expect(namesOf(objects, 'Pod')).toEqual(['openhands-runtime-demo']);
    expect(namesOf(objects, 'Deployment')).toEqual([]);
  });

  test.each(['Deployment', 'Pod'])('as a %s has Pods with OpenHands’s labels and the recommended ones', (workload) => {
    const object = find(objectsOfToml(`${SESSION}session_workload = "${workload}"`), workload);

    expect((object.spec.template ?? object).metadata.labels).toEqual({
      app: 'openhands-runtime',
      session: 'demo',
      'app.kubernetes.io/name': 'openhands-runtime',
      'app.kubernetes.io/instance': 'openhands-runtime-demo',
      'app.kubernetes.io/version': 'python3.12-nodejs22',
      'app.kubernetes.io/component': 'sandbox',
      'app.kubernetes.io/part-of': 'openhands',
      'app.kubernetes.io/managed-by': 'cdk8s',
    });
  });
});

describe('its Services', () => {
  test.each([
    ['agent-server', { name: 'http', port: 8000 }, { name: 'code', port: 8001 }],
    ['action-execution-server', { name: 'execution-server', port: 8080 }, { name: 'code', port: 8081 }],
  ])('of the %s lead to its API and its editor', (contract, api, editor) => {
    const objects = objectsOfToml(`${SESSION}contract = "${contract}"`);

    expect(find(objects, 'Service', 'openhands-runtime-demo-svc').spec.ports).toEqual([{ ...api, targetPort: 'http' }]);
    expect(find(objects, 'Service', 'openhands-runtime-demo-svc-code').spec.ports).toEqual([
      { ...editor, targetPort: 'vscode' },
    ]);
  });

  test('are reached from inside the cluster only', () => {
    expect(find(objectsOfToml(SESSION), 'Service', 'openhands-runtime-demo-svc').spec.type).toBe('ClusterIP');
  });

  test('select their own session’s Pods', () => {
    const objects = objectsOfToml('[deploy]\nsessions = ["alice", "bob"]');

    expect(find(objects, 'Service', 'openhands-runtime-bob-svc').spec.selector).toEqual({
      app: 'openhands-runtime',
      session: 'bob',
    });
  });

  test('vscode_port is the editor’s port in Service and Ingress together', () => {
    const objects = objectsOfToml('[sandbox]\nvscode_port = 9000');
    const [{ http }] = find(objects, 'Ingress').spec.rules;

    expect(find(objects, 'Service', 'openhands-runtime-default-svc-code').spec.ports[0].port).toBe(9000);
    expect(http.paths[0].backend.service.port).toEqual({ number: 9000 });
  });
});
