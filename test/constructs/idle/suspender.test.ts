import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { find, objectsOfToml, type Rendered } from '../../render';

const PROFILE = (more = '') => `
[kubernetes]
namespace = "sandboxes"
[deploy]
contract = "agent-server"
sessions = ["a", "b"]
session_workload = "Sandbox"
[deploy.pool]
workload = "SandboxWarmPool"
[deploy.idle]
suspend_after = "45m"
${more}`;

const NAME = 'openhands-idle-suspender';
const objects = objectsOfToml(PROFILE());
const cronJob: Rendered = find(objects, 'CronJob');
const pod: Rendered = cronJob.spec.jobTemplate.spec.template;
const [container]: Rendered[] = pod.spec.containers;

test('without its table there is none', () => {
  expect(objectsOfToml('[deploy]').map(({ kind }) => kind)).not.toContain('CronJob');
});

describe('its CronJob', () => {
  test('looks at everybody by the schedule, in UTC, and never twice at once', () => {
    expect(find(objectsOfToml(PROFILE('schedule = "5 * * * *"')), 'CronJob').spec).toMatchObject({
      schedule: '5 * * * *',
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
    });
  });

  test('ends a round that hangs', () => {
    expect(cronJob.spec.jobTemplate.spec).toMatchObject({ activeDeadlineSeconds: 240, backoffLimit: 0 });
  });

  test('is not beside the sandboxes, whose keys it has', () => {
    expect(cronJob.metadata.namespace).toBe('sandboxes-system');
    expect(find(objects, 'ServiceAccount', NAME)).toMatchObject({
      metadata: { namespace: 'sandboxes-system' },
      automountServiceAccountToken: false,
    });
  });

  test('is restricted', () => {
    expect(pod.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 10001 });
    expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true });
  });

  test.each([
    ['SUSPEND_AFTER_SECONDS', '2700'],
    ['DRY_RUN', 'false'],
    ['SANDBOX_NAMESPACE', 'sandboxes'],
    ['API_PORT', '8000'],
    ['EDITOR_PORT', '8001'],
  ])('tells its program %s = %s', (name, value) => {
    expect(container.env).toContainEqual({ name, value });
  });

  test('tells its program of a dry run', () => {
    const dry = find(objectsOfToml(PROFILE('dry_run = true')), 'CronJob').spec.jobTemplate.spec.template;

    expect(dry.spec.containers[0].env).toContainEqual({ name: 'DRY_RUN', value: 'true' });
  });

  test('has the keys that open the sandboxes’ API, and not those that their secrets are encrypted with', () => {
    const [{ secret }] = pod.spec.volumes.filter(({ name }: Rendered) => name === 'keys');

    expect(secret).toMatchObject({
      secretName: 'openhands-idle-keys',
      items: ['a', 'b', 'openhands-runtime'].map((it) => ({ key: `${it}.api-key`, path: `${it}.api-key` })),
    });
  });
});

describe('its program', () => {
  const files: Record<string, string> = find(objects, 'ConfigMap', NAME).data;

  test('is made of the files that are tested here', () => {
    const folder = join(__dirname, '../../../constructs/idle/program');

    for (const [name, text] of Object.entries(files)) expect(text).toBe(readFileSync(join(folder, name), 'utf8'));
  });

  test('has every file that one of them imports, and nothing that is not Node’s own', () => {
    const imported = Object.values(files).flatMap((text) =>
      [...text.matchAll(/ from '([^']+)';/g)].map(([, name]) => name!),
    );

    for (const name of imported) {
      if (!name.startsWith('node:')) expect(Object.keys(files)).toContain(name.replace('./', ''));
    }
  });

  test('is started by the one that is there', () => {
    expect(Object.keys(files)).toContain(container.command.at(-1).replace('/program/', ''));
  });
});

describe('its rights', () => {
  test('are to see sandboxes, their claims and Pods, to patch a Sandbox and to tell', () => {
    expect(find(objects, 'Role', NAME)).toMatchObject({
      metadata: { namespace: 'sandboxes' },
      rules: [
        { apiGroups: ['agents.x-k8s.io'], resources: ['sandboxes'], verbs: ['list', 'patch'] },
        { apiGroups: ['extensions.agents.x-k8s.io'], resources: ['sandboxclaims'], verbs: ['list'] },
        { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
        { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] },
      ],
    });
  });

  test('are its own', () => {
    expect(find(objects, 'RoleBinding', NAME).subjects).toEqual([
      { kind: 'ServiceAccount', name: NAME, namespace: 'sandboxes-system' },
    ]);
  });
});

describe('its network', () => {
  test('leads to the API of sandboxes and to the API server', () => {
    const { egress, ingress } = find(objects, 'NetworkPolicy', NAME).spec;

    expect(egress.map(({ ports }: Rendered) => ports.map(({ port }: Rendered) => port))).toEqual([[8000], [443, 6443]]);
    expect(egress[0].to).toEqual([
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'sandboxes' } },
        podSelector: { matchLabels: { app: 'openhands-runtime' } },
      },
    ]);
    expect(ingress).toBeUndefined();
  });

  test('is let in by sandboxes, also by those of a pool, at their API alone', () => {
    const peer = {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'sandboxes-system' } },
      podSelector: { matchLabels: { 'app.kubernetes.io/name': NAME } },
    };
    const rule = { from: [peer], ports: [{ protocol: 'TCP', port: 8000 }] };

    expect(find(objects, 'NetworkPolicy', 'openhands-runtime-allow-idle-suspender').spec.ingress).toEqual([rule]);
    expect(find(objects, 'SandboxTemplate').spec.networkPolicy.ingress).toContainEqual(rule);
  });
});

describe('a session', () => {
  const mode = (toml: string) => find(objectsOfToml(toml), 'Sandbox', 'openhands-runtime-a').spec.operatingMode;

  test('does not say that it runs: applying it again would resume it', () => {
    expect(mode(PROFILE())).toBeUndefined();
  });

  test('says that it is suspended where the profile does', () => {
    expect(mode(PROFILE('[deploy.sandbox]\noperating_mode = "Suspended"'))).toBe('Suspended');
  });

  test('says that it runs where nobody suspends it', () => {
    expect(mode(PROFILE().replace(/\[deploy\.idle\][^]*/, ''))).toBe('Running');
  });
});

test('an external store fills the copy of the keys from the entry of the sandboxes’ own', () => {
  const filled = objectsOfToml(
    PROFILE('[deploy.secrets]\nexternal = { store = "vault", kind = "ClusterSecretStore" }'),
  );

  expect(find(filled, 'ExternalSecret', 'openhands-idle-keys')).toMatchObject({
    metadata: { namespace: 'sandboxes-system' },
    spec: {
      data: ['a', 'b', 'openhands-runtime'].map((it) => ({
        secretKey: `${it}.api-key`,
        remoteRef: { key: 'openhands-session-keys', property: `${it}.api-key` },
      })),
    },
  });
});
