import { loadProfile, shippedProfiles } from '../config/load';
import { find, objectsOf, type Rendered } from './render';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const kinds = (objects: readonly Rendered[]) => new Set(objects.map(({ kind }) => kind));

const [local, development, staging, production] = ['local', 'development', 'staging', 'production'].map(objectsOf) as [
  Rendered[],
  Rendered[],
  Rendered[],
  Rendered[],
];

test.each(shippedProfiles())('profile %s is a file of less than 60 lines', (name) => {
  const text = readFileSync(join(__dirname, `../config/profiles/${name}.toml`), 'utf8');

  expect(text.split('\n').length).toBeLessThan(60);
});

test('local needs nothing of its cluster that kind does not have', () => {
  const own = /^(v1|apps\/v1|rbac\.authorization\.k8s\.io\/v1|networking\.k8s\.io\/v1)$/;

  expect(local.filter(({ apiVersion }) => !own.test(apiVersion))).toEqual([]);
});

test('development, unlike local, has a pool, a quota and an admission policy', () => {
  for (const kind of ['ResourceQuota', 'LimitRange', 'ValidatingAdmissionPolicy']) {
    expect(kinds(development)).toContain(kind);
    expect(kinds(local)).not.toContain(kind);
  }
  expect(find(development, 'Deployment', 'openhands-runtime').spec.replicas).toBe(2);
});

test('development is the only one for Docker in Docker, in a namespace that says so', () => {
  expect(find(development, 'Namespace').metadata).toMatchObject({
    name: 'openhands-privileged',
    labels: { 'pod-security.kubernetes.io/enforce': 'privileged' },
  });
  expect(shippedProfiles().filter((name) => loadProfile(name).profile.kubernetes.privileged)).toEqual(['development']);
});

test("staging's autoscaler is the Deployment openhands-runtime from 2 to 10 at 70 % CPU", () => {
  expect(find(staging, 'HorizontalPodAutoscaler').spec).toMatchObject({
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'openhands-runtime' },
    minReplicas: 2,
    maxReplicas: 10,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
  });
});

test('staging, unlike development, is restricted, survives a drain and serves TLS', () => {
  expect(find(staging, 'Namespace', 'openhands-staging').metadata.labels['pod-security.kubernetes.io/enforce']).toBe(
    'restricted',
  );
  for (const kind of ['PodDisruptionBudget', 'HorizontalPodAutoscaler', 'PriorityClass', 'Certificate']) {
    expect(kinds(staging)).toContain(kind);
    expect(kinds(development)).not.toContain(kind);
  }
  expect(find(staging, 'Ingress').spec.tls).toHaveLength(1);
});

test('staging, unlike development, starts no sandbox without its key', () => {
  const { env } = find(staging, 'Deployment', 'openhands-runtime').spec.template.spec.containers[0];
  const key = env.find(({ name }: Rendered) => name === 'OH_SESSION_API_KEYS_0').valueFrom.secretKeyRef;

  expect(key).toEqual({ name: 'openhands-session-keys', key: 'openhands-runtime.api-key', optional: false });
});

test('production, unlike staging, keeps every workspace', () => {
  expect(find(production, 'StatefulSet').spec).toMatchObject({
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    volumeClaimTemplates: [{ metadata: { name: 'workspace-volume' } }],
  });
  expect(kinds(staging)).not.toContain('StatefulSet');
});

test('production, unlike staging, has nodes of its own', () => {
  const { nodeSelector, tolerations } = find(production, 'StatefulSet').spec.template.spec;

  expect(nodeSelector).toEqual({ 'openhands.dev/pool': 'sandboxes' });
  expect(tolerations).toContainEqual(expect.objectContaining({ key: 'openhands.dev/pool', value: 'sandboxes' }));
  expect(find(staging, 'Deployment', 'openhands-runtime').spec.template.spec.nodeSelector).toBeUndefined();
});

test('production, unlike staging, is reached by the Gateway API and gets its secrets from a store', () => {
  for (const kind of ['Gateway', 'HTTPRoute', 'ExternalSecret']) {
    expect(kinds(production)).toContain(kind);
    expect(kinds(staging)).not.toContain(kind);
  }
});
