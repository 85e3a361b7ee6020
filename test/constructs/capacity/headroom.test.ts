import { find, objectsOfToml, type Rendered } from '../../render';
import { refusals } from '../../config/config-file';

const NAME = 'openhands-headroom';
const toml = (rest = '', headroom = 'sandboxes = 3') =>
  `[kubernetes]
namespace = "box"
node_selector_key = "pool"
node_selector_val = "sandboxes"
tolerations_yaml = "[{ key: pool, operator: Exists }]"
resource_cpu_request = "250m"
resource_memory_request = "512Mi"
[deploy]
contract = "agent-server"
[deploy.headroom]
${headroom}
${rest}`;
const deployment = (text = toml()): Rendered => find(objectsOfToml(text), 'Deployment', NAME);
const podSpec = (text = toml()): Rendered => deployment(text).spec.template.spec;

test('placeholders are this Deployment, all of it', () => {
  const labels = {
    'app.kubernetes.io/name': NAME,
    'app.kubernetes.io/instance': NAME,
    'app.kubernetes.io/version': '3.10',
    'app.kubernetes.io/component': 'capacity',
    'app.kubernetes.io/part-of': 'openhands',
    'app.kubernetes.io/managed-by': 'cdk8s',
  };
  const room = { cpu: '250m', memory: '512Mi', 'ephemeral-storage': '1Gi' };

  expect(deployment()).toEqual({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME, namespace: 'box-system', labels },
    spec: {
      replicas: 3,
      selector: { matchLabels: { 'app.kubernetes.io/name': NAME } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: '100%' } },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: NAME,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 0,
          nodeSelector: { pool: 'sandboxes' },
          tolerations: [{ key: 'pool', operator: 'Exists' }],
          priorityClassName: `${NAME}.box`,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65535,
            runAsGroup: 65535,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [
            {
              name: 'pause',
              image: 'registry.k8s.io/pause:3.10',
              resources: { requests: room, limits: room },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
                privileged: false,
                readOnlyRootFilesystem: true,
              },
            },
          ],
        },
      },
    },
  });
});

test('they go before nobody, and an autoscaler makes nodes for them', () => {
  expect(find(objectsOfToml(toml()), 'PriorityClass', `${NAME}.box`)).toMatchObject({
    value: -10,
    preemptionPolicy: 'Never',
  });
});

test.each(['0', '-11', '-1.5', '"low"'])('a priority of %s is refused', (priority) => {
  expect(refusals(toml('', `sandboxes = 1\npriority = ${priority}`))).toEqual([
    expect.stringContaining('deploy.headroom.priority: must be -10 to -1'),
  ]);
});

test('two profiles have a PriorityClass each', () => {
  const names = ['one', 'two'].map(
    (it) => find(objectsOfToml(toml().replace('box', it)), 'PriorityClass').metadata.name,
  );

  expect(new Set(names).size).toBe(2);
});

test('they are as large as a sandbox of the pool, which is what a burst is of', () => {
  const pool = '[deploy.pools.large]\nresource_memory_request = "2Gi"\nruntime_class = "kata"';

  expect(podSpec(toml(pool))).toMatchObject({
    runtimeClassName: 'kata',
    containers: [{ resources: { requests: { memory: '2Gi', cpu: '250m' } } }],
  });
});

test('they have the GPUs of a sandbox', () => {
  const { resources } = podSpec(toml('[sandbox]\nenable_gpu = true')).containers[0];

  expect(resources).toMatchObject({ requests: { 'nvidia.com/gpu': '1' }, limits: { 'nvidia.com/gpu': '1' } });
});

test('they talk with nobody', () => {
  expect(find(objectsOfToml(toml()), 'NetworkPolicy', `${NAME}-default-deny`).spec).toEqual({
    podSelector: { matchLabels: { 'app.kubernetes.io/name': NAME } },
    policyTypes: ['Ingress', 'Egress'],
  });
});

describe('with a quota', () => {
  test('their GPUs are nobody else’s by default', () => {
    const objects = objectsOfToml(toml('[deploy.quota]\nmax_sandboxes = 5\n[sandbox]\nenable_gpu = true'));
    const [quota, range] = ['ResourceQuota', 'LimitRange'].map((wanted) =>
      objects.find(({ kind, metadata }) => kind === wanted && metadata.namespace === 'box-system'),
    );

    expect(quota.spec.hard['requests.nvidia.com/gpu']).toBe('3');
    expect(quota.spec.hard).not.toHaveProperty(['limits.nvidia.com/gpu']);
    expect(JSON.stringify(range.spec)).not.toContain('nvidia');
  });

  const GVISOR =
    '[deploy.security]\nruntime_class = "gvisor"\n[deploy.runtime_classes.gvisor]\nhandler = "runsc"\noverhead = { memory = "64Mi" }\n';
  const hard = (namespace: string, rest = ''): Rendered =>
    objectsOfToml(toml(`[deploy.quota]\nmax_sandboxes = 5\n${rest}`)).find(
      ({ kind, metadata }) => kind === 'ResourceQuota' && metadata.namespace === namespace,
    ).spec.hard;

  test('they take nothing of the sandboxes’', () => {
    expect(hard('box')).toMatchObject({ pods: 5, 'requests.memory': '2560Mi' });
  });

  test('they have one of their own, with what their RuntimeClass takes', () => {
    expect(hard('box-system')).toMatchObject({ pods: 3, 'requests.memory': '1536Mi', 'requests.cpu': '750m' });
    expect(hard('box-system', GVISOR)).toMatchObject({ pods: 3, 'requests.memory': '1728Mi' });
  });
});
