import { parse } from 'yaml';
import { contains } from '../../../config/addresses';
import { find, objectsOfToml, type Rendered } from '../../render';

const profile = (descheduler = '', more = '') => `
[kubernetes]
namespace = "sandboxes"
[deploy]
contract = "agent-server"
[deploy.recovery.descheduler]
${descheduler}
${more}`;

const WARM = '[deploy.pool]\nworkload = "SandboxWarmPool"';

const objects = objectsOfToml(profile());
const cronJob: Rendered = find(objects, 'CronJob');
const pod: Rendered = cronJob.spec.jobTemplate.spec.template;

/** What the descheduler reads: the plugins that are on, with what they are told. */
function pluginsOf(toml: string): Record<string, Rendered> {
  const policy: Rendered = parse(find(objectsOfToml(toml), 'ConfigMap', 'openhands-descheduler').data['policy.yaml']);
  const [{ pluginConfig, plugins }] = policy.profiles;
  const enabled = ['DefaultEvictor', ...plugins.deschedule.enabled];
  expect(pluginConfig.map(({ name }: Rendered) => name)).toEqual(enabled);
  return Object.fromEntries(pluginConfig.map(({ name, args }: Rendered) => [name, args]));
}

test('without its table there is none, and no namespace for it', () => {
  const kinds = objectsOfToml('[deploy.recovery]').map(({ kind }) => kind);

  expect(kinds).not.toContain('CronJob');
  expect(kinds).not.toContain('Namespace');
});

describe('its CronJob', () => {
  test('runs by the schedule, in UTC, and never twice at once', () => {
    expect(find(objectsOfToml(profile('schedule = "5 * * * 1-5"')), 'CronJob').spec).toMatchObject({
      schedule: '5 * * * 1-5',
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
    });
  });

  test('ends, also when it waits for what it may not read', () => {
    expect(cronJob.spec.jobTemplate.spec).toMatchObject({ activeDeadlineSeconds: 120, ttlSecondsAfterFinished: 3600 });
  });

  test('is not beside the sandboxes, whose managers could borrow its account', () => {
    const inSandboxes = objects.filter(({ metadata }) => metadata.namespace === 'sandboxes').map(({ kind }) => kind);

    expect(cronJob.metadata.namespace).toBe('sandboxes-system');
    expect(inSandboxes).not.toContain('CronJob');
    expect(find(objects, 'ServiceAccount', 'openhands-descheduler').metadata.namespace).toBe('sandboxes-system');
  });

  test('has a token, which its account gives to no other Pod', () => {
    expect(find(objects, 'ServiceAccount', 'openhands-descheduler').automountServiceAccountToken).toBe(false);
    expect(pod.spec.automountServiceAccountToken).toBe(true);
  });

  test('is restricted', () => {
    expect(pod.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 10001 });
    expect(pod.spec.containers[0].securityContext).toMatchObject({ readOnlyRootFilesystem: true });
  });
});

describe('its rights', () => {
  test('are to evict, in the sandboxes’ namespace alone', () => {
    const role = find(objects, 'Role', 'openhands-descheduler');

    expect(role.metadata.namespace).toBe('sandboxes');
    expect(role.rules).toEqual([
      { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
      { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] },
    ]);
  });

  test('in the cluster are to read', () => {
    expect(find(objects, 'ClusterRole').rules).toEqual([
      { apiGroups: [''], resources: ['nodes', 'pods', 'persistentvolumeclaims'], verbs: ['list', 'watch'] },
    ]);
  });

  test('of the cluster are named after the namespace, so that two profiles can share a cluster', () => {
    expect(find(objects, 'ClusterRole').metadata.name).toBe('sandboxes-descheduler');
    expect(find(objects, 'ClusterRoleBinding').metadata.name).toBe('sandboxes-descheduler');
  });

  test.each(['RoleBinding', 'ClusterRoleBinding'])('are its own by a %s', (kind) => {
    expect(find(objects, kind).subjects).toEqual([
      { kind: 'ServiceAccount', name: 'openhands-descheduler', namespace: 'sandboxes-system' },
    ]);
  });
});

describe('its network policy', () => {
  const { spec } = find(objects, 'NetworkPolicy', 'openhands-descheduler');

  test('lets it out to an API server, wherever that is', () => {
    expect(spec.egress).toHaveLength(1);
    expect(spec.egress[0].ports.map(({ port }: Rendered) => port)).toEqual([443, 6443]);
  });

  test.each([
    ['10.96.0.1/32', true],
    ['203.0.113.7/32', true],
    ['169.254.169.254/32', false],
  ])('lets it out to %s: %s', (address, isReached) => {
    const reached = spec.egress[0].to.some(
      ({ ipBlock: { cidr, except = [] } }: Rendered) =>
        contains(cidr, address) && !except.some((range: string) => contains(range, address)),
    );

    expect(reached).toBe(isReached);
  });

  test('lets nobody in', () => {
    expect(spec.policyTypes).toContain('Ingress');
    expect(spec.ingress).toBeUndefined();
  });
});

describe('what it evicts', () => {
  test('is of the sandboxes, whatever the plugin', () => {
    const { DefaultEvictor, ...plugins } = pluginsOf(profile('max_idle_age = "2h"', WARM));

    expect(DefaultEvictor.labelSelector).toEqual({ matchLabels: { app: 'openhands-runtime' } });
    for (const args of Object.values(plugins)) {
      expect(args.namespaces).toEqual({ include: ['sandboxes'] });
      expect(args.labelSelector.matchLabels).toMatchObject({ app: 'openhands-runtime' });
    }
  });

  test('may have scratch space on its node, as every sandbox has, and claims', () => {
    expect(pluginsOf(profile()).DefaultEvictor.podProtections).toEqual({ defaultDisabled: ['PodsWithLocalStorage'] });
  });

  test('has failed, and is older than min_failed_age', () => {
    expect(pluginsOf(profile('min_failed_age = "1h"')).RemoveFailedPods).toMatchObject({
      minPodLifetimeSeconds: 3600,
    });
  });

  test('or crashes on and on, max_restarts times and more', () => {
    expect(pluginsOf(profile('max_restarts = 7')).RemovePodsHavingTooManyRestarts).toMatchObject({
      podRestartThreshold: 7,
      states: ['CrashLoopBackOff'],
    });
  });

  test('is nothing for its age alone by default', () => {
    expect(pluginsOf(profile('', WARM))).not.toHaveProperty('PodLifeTime');
  });

  test('or waits in a warm pool for longer than max_idle_age: never one that is claimed, never a session', () => {
    expect(pluginsOf(profile('max_idle_age = "2h"', WARM)).PodLifeTime).toMatchObject({
      maxPodLifeTimeSeconds: 7200,
      labelSelector: {
        matchLabels: { app: 'openhands-runtime' },
        matchExpressions: [
          { key: 'pool', operator: 'Exists' },
          { key: 'agents.x-k8s.io/warm-pool-sandbox', operator: 'Exists' },
        ],
      },
    });
  });

  test('is nothing that has ended with keep_runtime_alive', () => {
    const plugins = pluginsOf(`${profile()}\n[sandbox]\nkeep_runtime_alive = true`);

    expect(Object.keys(plugins)).toEqual(['DefaultEvictor', 'RemovePodsHavingTooManyRestarts']);
  });

  test('is written down without YAML’s anchors', () => {
    expect(find(objects, 'ConfigMap', 'openhands-descheduler').data['policy.yaml']).not.toMatch(/[&*]a\d/);
  });
});
