import { find, objectsOfToml, type Rendered } from '../../render';

const NAME = 'openhands-egress';
const toml = (deploy = '', egress = '') =>
  `[deploy]\ncontract = "agent-server"\n${deploy}\n[deploy.network.egress]\nsets = ["github"]\n${egress}`;
const deployment = (text = toml()): Rendered => find(objectsOfToml(text), 'Deployment', NAME);

test('it lives beside the sandboxes’ namespace, where no manager of sandboxes makes Pods', () => {
  const own = objectsOfToml(toml()).filter(({ metadata }) => metadata.name.startsWith(NAME));

  expect(new Set(own.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['default-system']));
  expect(find(objectsOfToml(toml()), 'Namespace', 'default-system').metadata.labels).toMatchObject({
    'pod-security.kubernetes.io/enforce': 'restricted',
  });
});

test('it is the proxy that the sandboxes’ variables name, at its address', () => {
  expect(find(objectsOfToml(toml('', 'address = "10.43.0.53"')), 'Service', NAME).spec).toEqual({
    clusterIP: '10.43.0.53',
    selector: { 'app.kubernetes.io/name': NAME },
    ports: [{ name: 'proxy', port: 3128, targetPort: 'proxy' }],
  });
});

test('it is restricted, with a read-only root and no token', () => {
  const { spec } = deployment().spec.template;

  expect(spec).toMatchObject({
    automountServiceAccountToken: false,
    serviceAccountName: NAME,
    securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: 'RuntimeDefault' } },
  });
  expect(spec.containers[0].securityContext).toEqual({
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    privileged: false,
    readOnlyRootFilesystem: true,
  });
});

test('another list of names is another Pod', () => {
  const checksum = (text: string) => deployment(text).spec.template.metadata.annotations['checksum/config'];

  expect(checksum(toml('', 'domains = ["a.example.com"]'))).not.toBe(checksum(toml()));
});

test('each of its pages is where Squid looks for it', () => {
  const { data } = find(objectsOfToml(toml()), 'ConfigMap', NAME);
  const mounts = deployment().spec.template.spec.containers[0].volumeMounts;
  const pages = Object.keys(data).filter((it) => it !== 'squid.conf');

  expect(pages.length).toBeGreaterThan(0);
  for (const page of pages) {
    const mountPath = `/usr/share/squid/errors/templates/${page}`;
    expect(mounts).toContainEqual({ name: 'config', mountPath, subPath: page, readOnly: true });
  }
  for (const page of pages) expect(data['squid.conf']).toContain(`deny_info ${page} `);
});

test('there is one, without a budget', () => {
  expect(deployment().spec.replicas).toBe(1);
  expect(objectsOfToml(toml()).filter(({ kind }) => kind === 'PodDisruptionBudget')).toEqual([]);
});

test('with high availability there are two, spread, of which a drain takes one', () => {
  const text = toml('high_availability = {}\npool = {}');
  const { replicas, template } = deployment(text).spec;

  expect(replicas).toBe(2);
  expect(template.spec.priorityClassName).toBe('openhands-runtime.default');
  expect(template.spec.topologySpreadConstraints).toHaveLength(2);
  expect(find(objectsOfToml(text), 'PodDisruptionBudget', NAME).spec).toEqual({
    selector: { matchLabels: { 'app.kubernetes.io/name': NAME } },
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
    maxUnavailable: 1,
  });
});

test('where it runs is what [deploy.system_pods] says', () => {
  const text = toml(
    'high_availability = {}\npool = {}\nsystem_pods = { priority_class = "platform", node_selector = { a = "b" } }',
  );

  expect(deployment(text).spec.template.spec).toMatchObject({
    priorityClassName: 'platform',
    nodeSelector: { a: 'b' },
  });
});

test('its namespace’s quota has room for it', () => {
  const text = toml('quota = { max_sandboxes = 1 }');
  const { hard } = find(
    objectsOfToml(text).filter(({ metadata }) => metadata.namespace === 'default-system'),
    'ResourceQuota',
  ).spec;

  expect(hard).toMatchObject({ pods: 2, 'limits.memory': '1Gi' });
});
