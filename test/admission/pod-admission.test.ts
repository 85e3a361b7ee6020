import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedProfiles } from '../../config/load';
import { find, objectsOfToml, render, renderToml, type Rendered } from '../render';
import { BREAKS } from './breaks';
import { judge } from './judge';
import { asJudged, podsOf } from './pods';

/** What the policies say to a new Pod. */
const make = (objects: readonly Rendered[], pod: Rendered, user?: string) =>
  judge(objects, { operation: 'CREATE', resource: 'pods', object: pod, user });

const everything = render(join(__dirname, '../e2e/profiles/admission.toml')).objects;
const demo = (objects = everything): Rendered => podsOf(find(objects, 'Deployment', 'openhands-runtime-demo'))[0];

const policies = (objects: readonly Rendered[]): Rendered[] =>
  objects.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');

test('without deploy.security.admission_policy there is none', () => {
  expect(policies(objectsOfToml(''))).toEqual([]);
});

describe('each policy', () => {
  test('holds in the sandboxes’ namespace alone, and is named after it', () => {
    const names = policies(everything).map(({ metadata }) => metadata.name);

    expect(names).toEqual(['pods', 'pods-session', 'pods-pool'].map((it) => `openhands-runtime-${it}.e2e-admission`));
    expect(
      everything.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding').map(({ spec }) => spec),
    ).toEqual(
      names.map((policyName) => ({
        policyName,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'e2e-admission' } } },
      })),
    );
  });

  test('refuses what it cannot judge', () => {
    for (const { spec } of policies(everything)) expect(spec.failurePolicy).toBe('Fail');
  });

  test('judges a Pod when it is made and when it is changed, by a subresource too', () => {
    for (const { spec } of policies(everything))
      expect(spec.matchConstraints.resourceRules).toEqual([
        {
          apiGroups: [''],
          apiVersions: ['v1'],
          operations: ['CREATE', 'UPDATE'],
          resources: ['pods', 'pods/ephemeralcontainers', 'pods/resize'],
        },
      ]);
  });
});

/** Profiles whose Pods are unlike those of the shipped ones. */
const OTHERS: Readonly<Record<string, string>> = {
  'everything that a policy looks at': readFileSync(join(__dirname, '../e2e/profiles/admission.toml'), 'utf8'),
  'a dev box': '[kubernetes]\nnamespace = "own"\n[deploy.devbox]\n[deploy.security]\nadmission_policy = true',
  'a sign-in of people and one of groups': `
[kubernetes]
namespace = "own"
ingress_tls_secret = "tls"
[deploy]
contract = "agent-server"
sessions = ["alice", "reviews"]
canvas = {}
[deploy.security]
admission_policy = true
[deploy.sign_in]
issuer = "https://login.example.com"
owners = { alice = ["alice@example.com"], reviews = { groups = ["platform"] } }`,
  'a bare Pod in the namespace default':
    '[deploy]\nsession_workload = "Pod"\n[deploy.access]\nmanagers = ["apps/openhands"]\n[deploy.security]\nadmission_policy = true',
  'agent-sandbox': `
[kubernetes]
namespace = "own"
[deploy]
contract = "agent-server"
session_workload = "Sandbox"
[deploy.pool]
workload = "SandboxWarmPool"
[deploy.security]
admission_policy = true`,
  'what a sandbox may ask of its node': `
[kubernetes]
namespace = "own"
privileged = true
[sandbox]
use_host_network = true
enable_gpu = true
volumes = "/srv/data:/data,/srv/models:/models:ro"
additional_networks = ["storage"]
docker_runtime_kwargs = { shm_size = "1g", dns = ["192.0.2.53"], extra_hosts = { db = "192.0.2.1" }, cap_add = ["SYS_ADMIN"] }
[deploy]
contract = "agent-server"
[deploy.security]
pod_security_standard = "privileged"
admission_policy = true`,
  'a sidecar and annotations of its own': `
[deploy]
extends = "staging"
[deploy.metadata]
labels = { team = "a" }
annotations = { "sidecar.istio.io/inject" = "false" }
[[deploy.patches]]
target = { kind = "Deployment", name = "openhands-runtime-*" }
patch = [
  { op = "copy", from = "/spec/template/spec/containers/0", path = "/spec/template/spec/containers/-" },
  { op = "replace", path = "/spec/template/spec/containers/1/name", value = "helper" },
  { op = "replace", path = "/spec/template/spec/containers/1/image", value = "registry.example.com/helper:1" },
  { op = "replace", path = "/spec/template/spec/containers/1/ports", value = [] },
  { op = "remove", path = "/spec/template/spec/containers/1/startupProbe" },
  { op = "remove", path = "/spec/template/spec/containers/1/livenessProbe" },
  { op = "remove", path = "/spec/template/spec/containers/1/readinessProbe" },
  { op = "add", path = "/spec/minReadySeconds", value = 5 },
]
exempt = { probes = "the helper ends with the sandbox" }
[[deploy.patches]]
target = { kind = "Deployment", name = "openhands-runtime" }
merge = { spec.template.metadata.annotations."example.com/order" = "pool" }`,
  'a volume of agent-sandbox': `
[deploy]
extends = "agent-sandbox"
[[deploy.patches]]
target = { kind = "SandboxTemplate", name = "*" }
merge = { spec.podTemplate.metadata.annotations."example.com/order" = "pool" }
[[deploy.patches]]
target = { kind = "Sandbox", name = "openhands-runtime-*" }
merge = { spec.podTemplate.metadata.annotations."example.com/order" = "sessions" }`,
};

describe('every Pod that a profile renders is admitted', () => {
  const profiles = [
    ...shippedProfiles().map((name) => [name, render(name)] as const),
    ...Object.entries(OTHERS).map(([name, toml]) => [name, renderToml(toml)] as const),
  ].filter(([, { profile }]) => profile.deploy.security.admission_policy);

  test.each(profiles)('of %s', (_, { objects, profile }) => {
    const pods = objects
      .filter(({ metadata }) => metadata.namespace === profile.kubernetes.namespace)
      .flatMap((it) => podsOf(it));

    expect(pods.length).toBeGreaterThan(0);
    for (const pod of pods) {
      expect(make(objects, pod)).toEqual([]);
      // Of one kind: the policy of that kind has been asked.
      expect(
        make(objects, { ...pod, spec: { ...pod.spec, subdomain: 'a', hostname: 'b', resourceClaims: [] } }),
      ).toHaveLength(1);
    }
  });
});

describe('OpenHands 0.62’s own Pods are admitted', () => {
  const PARITY = join(__dirname, '../parity');
  const cases = readdirSync(PARITY).filter((file) => file.endsWith('.json'));

  test.each(cases)('of %s', (file) => {
    const { expected } = JSON.parse(readFileSync(join(PARITY, file), 'utf8')) as Rendered;
    const toml = readFileSync(join(PARITY, file.replace('.json', '.toml')), 'utf8');
    const standard = expected.pod.spec.containers[0].securityContext?.privileged ? 'privileged' : 'baseline';
    const objects = objectsOfToml(`${toml}
[deploy]
sessions = []
[deploy.access]
managers = ["apps/openhands"]
[deploy.security]
pod_security_standard = "${standard}"
admission_policy = true
`);
    const pod = asJudged(expected.pod.metadata.name, expected.pod);

    expect(make(objects, pod, 'system:serviceaccount:apps:openhands')).toEqual([]);
  });

  test('not where they would be refused anyway', () => {
    const { expected } = JSON.parse(readFileSync(join(PARITY, 'defaults.json'), 'utf8')) as Rendered;
    const objects = objectsOfToml(`
[kubernetes]
namespace = "own"
[deploy.access]
managers = ["apps/openhands"]
[deploy.security]
pod_security_standard = "restricted"
admission_policy = true`);

    expect(make(objects, asJudged('openhands-runtime-default', expected.pod))).not.toEqual([]);
  });
});

describe('a Pod', () => {
  test.each(BREAKS)('with $what is refused for nothing else', ({ change, message }) => {
    const pod = demo();
    change(pod);

    expect(make(everything, pod)).toEqual([message]);
  });

  test('may be less than the profile’s own', () => {
    const pod = demo();
    pod.spec.containers[0].env = [
      { name: 'A', value: 'b' },
      { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ];
    pod.spec.containers[0].resources = { limits: { cpu: '1500m', memory: '512Mi', 'ephemeral-storage': '1Gi' } };
    pod.spec.containers[0].ports = undefined;
    pod.spec.initContainers = undefined;
    pod.spec.volumes = [
      { name: 'tmp', emptyDir: {} },
      { name: 'me', projected: { sources: [{ downwardAPI: {} }] } },
    ];
    pod.spec.containers[0].volumeMounts = [{ name: 'tmp', mountPath: '/tmp' }];
    pod.spec.containers[0].livenessProbe = { exec: { command: ['true'] } };
    pod.spec.containers[0].securityContext.seccompProfile = { type: 'RuntimeDefault' };
    pod.spec.containers[0].securityContext.runAsNonRoot = true;
    pod.spec.nodeSelector['kubernetes.io/arch'] = 'amd64';
    pod.metadata.labels['sandbox.users.io/team'] = 'a';
    pod.metadata.annotations = { 'agents.x-k8s.io/propagated-labels': 'a', 'kubernetes.io/limit-ranger': 'a' };

    expect(make(everything, JSON.parse(JSON.stringify(pod)))).toEqual([]);
  });

  test('of another session has that session’s claim and keys', () => {
    const pod = JSON.parse(JSON.stringify(demo()).replaceAll('demo', 'another'));

    expect(make(everything, pod)).toEqual([]);
  });

  test('may have the networks that the profile adds, and no other', () => {
    const { objects } = renderToml(OTHERS['what a sandbox may ask of its node']!);
    const pod = podsOf(find(objects, 'Deployment'))[0];
    pod.metadata.annotations['k8s.v1.cni.cncf.io/networks'] = 'another';

    expect(make(objects, pod)).toEqual([expect.stringContaining('an annotation that orders something')]);
  });

  test('may have the paths of the node that the profile mounts, and no other', () => {
    const { objects } = renderToml(OTHERS['what a sandbox may ask of its node']!);
    const pod = podsOf(find(objects, 'Deployment'))[0];
    pod.spec.volumes.push({ name: 'root', hostPath: { path: '/' } });

    expect(make(objects, pod)).toEqual([
      "a session's Pod may mount these paths of the node: only /srv/data, /srv/models",
    ]);
  });

  test('may not write to a path of the node that the profile mounts read-only', () => {
    const { objects } = renderToml(OTHERS['what a sandbox may ask of its node']!);
    const pod = podsOf(find(objects, 'Deployment'))[0];
    delete pod.spec.containers[0].volumeMounts.find(({ mountPath }: Rendered) => mountPath === '/models').readOnly;

    expect(make(objects, pod)).toEqual(["a session's Pod may not write to what the profile mounts read-only"]);
  });

  test('of the pool may have a scratch volume of its size, and no larger one', () => {
    const pod = podsOf(find(everything, 'Deployment', 'openhands-runtime'))[0];
    const { spec } = pod.spec.volumes.find(({ ephemeral }: Rendered) => ephemeral).ephemeral.volumeClaimTemplate;
    expect(make(everything, pod)).toEqual([]);

    for (const change of [
      { resources: { requests: { storage: '1Ti' } } },
      { storageClassName: 'another' },
      { dataSource: { kind: 'PersistentVolumeClaim', name: 'openhands-runtime-demo-pvc' } },
      { dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'openhands-runtime-demo-pvc' } },
      { volumeName: 'another' },
    ]) {
      const broken = structuredClone(pod);
      broken.spec.volumes.find(({ ephemeral }: Rendered) => ephemeral).ephemeral.volumeClaimTemplate.spec = {
        ...spec,
        ...change,
      };
      expect(make(everything, broken)).toEqual([expect.stringContaining('no scratch volume of a Pod of the pool')]);
    }
  });

  test('of the pool may not have a session’s key', () => {
    const pod = podsOf(find(everything, 'Deployment', 'openhands-runtime'))[0];
    pod.spec.containers[0].env.push({
      name: 'A',
      valueFrom: { secretKeyRef: { name: 'openhands-session-keys', key: 'demo.api-key' } },
    });

    expect(make(everything, pod)).toEqual([expect.stringContaining('may read an entry of a Secret')]);
  });
});

describe('a Pod that runs', () => {
  const change = (
    by: (pod: Rendered) => void,
    resource = 'pods',
    before: (pod: Rendered) => void = () => undefined,
  ) => {
    const oldObject = demo();
    oldObject.spec.nodeName = 'node';
    before(oldObject);
    const object = structuredClone(oldObject);
    by(object);
    return judge(everything, { operation: 'UPDATE', resource, object, oldObject });
  };

  test('may be annotated, adopted and labelled', () => {
    expect(
      change((it) => {
        it.metadata.annotations = { 'example.com/any': 'a' };
        it.metadata.ownerReferences = [{ kind: 'ReplicaSet', name: 'a' }];
        it.metadata.labels['example.com/any'] = 'a';
      }),
    ).toEqual([]);
  });

  test('may be, also if it was there before the policy', () => {
    const oldImage = (it: Rendered) => (it.spec.containers[0].image = 'example.com/old:1');

    expect(change((it) => (it.metadata.labels['example.com/any'] = 'a'), 'pods', oldImage)).toEqual([]);
    expect(change((it) => (it.spec.activeDeadlineSeconds = 1), 'pods', oldImage)).toEqual([
      expect.stringContaining('may run these images'),
    ]);
  });

  test.each(['app', 'session'])('may not lose its label %s', (label) => {
    expect(change((it) => Reflect.deleteProperty(it.metadata.labels, label))).toContain(
      'the labels by which Services and NetworkPolicies select a Pod may not be changed',
    );
  });

  test.each([
    ['another app', (it: Rendered) => (it.metadata.labels.app = 'another')],
    ['another session', (it: Rendered) => (it.metadata.labels.session = 'another')],
    ['the pool’s label', (it: Rendered) => (it.metadata.labels.pool = 'openhands-runtime')],
  ])('may not get %s', (_, by) => {
    expect(change(by)).toContain('the labels by which Services and NetworkPolicies select a Pod may not be changed');
  });

  test('may not get another image', () => {
    expect(change((it) => (it.spec.containers[0].image = 'another'))).toEqual([
      expect.stringContaining('may run these images'),
    ]);
  });

  test('may not get an ephemeral container', () => {
    const debug = { name: 'debug', image: demo().spec.containers[0].image };

    expect(change((it) => (it.spec.ephemeralContainers = [debug]), 'pods/ephemeralcontainers')).toEqual([
      "a session's Pod may not have ephemeral containers",
    ]);
  });

  test('may be resized within its limits, and not above them', () => {
    const resize = (memory: string) =>
      change((it) => (it.spec.containers[0].resources.limits.memory = memory), 'pods/resize');

    expect(resize('256Mi')).toEqual([]);
    expect(resize('1Ti')).toEqual([expect.stringContaining('needs the limits of the profile')]);
  });

  test('may tell its status', () => {
    expect(change((it) => (it.spec.containers[0].image = 'another'), 'pods/status')).toEqual([]);
  });
});

describe('in a namespace that others use', () => {
  const MANAGER = 'system:serviceaccount:apps:openhands';
  const objects = objectsOfToml(`
[deploy.access]
managers = ["apps/openhands"]
[deploy.security]
admission_policy = true`);
  const stranger = asJudged('stranger', {
    metadata: { labels: { app: 'shop' } },
    spec: { containers: [{ name: 'shop', image: 'example.com/shop:1' }] },
  });

  test('a Pod of others is none of ours', () => {
    expect(make(objects, stranger)).toEqual([]);
  });

  test('a manager’s Pod must be a sandbox', () => {
    expect(make(objects, stranger, MANAGER)).toEqual([
      'a Pod in this namespace must have the labels of a kind that the profile writes: app=openhands-runtime,session=<session>',
    ]);
  });

  test('a Pod that is labelled as a sandbox is held to it, whoever makes it', () => {
    const pod = podsOf(find(objects, 'Deployment'))[0];
    expect(make(objects, pod)).toEqual([]);
    pod.spec.containers[0].image = 'example.com/any:1';

    expect(make(objects, pod)).toEqual([expect.stringContaining('may run these images')]);
  });

  test('without managers there is no policy about every Pod', () => {
    const alone = objectsOfToml('[deploy.security]\nadmission_policy = true');

    expect(policies(alone).map(({ metadata }) => metadata.name)).toEqual(['openhands-runtime-pods-session.default']);
  });
});

describe('after an upgrade', () => {
  const upgraded = objectsOfToml(`
[kubernetes]
namespace = "own"
[sandbox]
runtime_container_image = "ghcr.io/openhands/agent-server:1.59.0-python"
[deploy]
contract = "agent-server"
session_workload = "Sandbox"
sessions = ["demo"]
[deploy.security]
admission_policy = true
earlier_images = ["ghcr.io/openhands/agent-server:1.58.2-python"]
[deploy.logging]
handlers = ["console", "file", "elasticsearch"]
elasticsearch = { url = "https://elasticsearch.logging.svc:9200", collector = "Sidecar" }
[deploy.images]
mirrors = { "ghcr.io" = "registry.example.com/ghcr" }`);
  const [pod] = podsOf(find(upgraded, 'Sandbox'));
  const withImages = (image: string, isReplaced: (name: string) => boolean): Rendered => {
    const replace = (of: Rendered[] = []) => of.map((it) => (isReplaced(it.name) ? { ...it, image } : it));
    const { containers, initContainers } = pod.spec;
    return {
      ...pod,
      spec: { ...pod.spec, containers: replace(containers), initContainers: replace(initContainers) },
    };
  };
  const earlier = 'registry.example.com/ghcr/openhands/agent-server:1.58.2-python';

  test('a sandbox that keeps an earlier image starts again', () => {
    expect(
      make(
        upgraded,
        withImages(earlier, (name) => name !== 'collector'),
      ),
    ).toEqual([]);
  });

  test('a sandbox with any other image does not', () => {
    const other = 'registry.example.com/ghcr/openhands/agent-server:1.57.0-python';

    expect(
      make(
        upgraded,
        withImages(other, (name) => name !== 'collector'),
      ),
    ).toHaveLength(1);
  });

  test('a sidecar, which has a password, may not have the image of a sandbox', () => {
    expect(
      make(
        upgraded,
        withImages(earlier, (name) => name === 'collector'),
      ),
    ).toHaveLength(1);
  });
});

describe('a Pod with the container in which Velero copies files back', () => {
  const profile = (backup: string) => `
    [kubernetes]
    namespace = "own"
    [deploy]
    contract = "agent-server"
    sessions = ["demo"]
    [deploy.security]
    admission_policy = true
    [deploy.recovery.backup]
    ${backup}`;
  const restored = (objects: Rendered[]): Rendered => {
    const pod = demo(objects);
    const [runtime] = pod.spec.containers;
    const wait = { ...runtime, name: 'restore-wait', image: 'velero/velero:v1.18.3' };
    return { ...pod, spec: { ...pod.spec, initContainers: [wait, ...(pod.spec.initContainers ?? [])] } };
  };
  const says = (backup: string, user: string) => {
    const objects = objectsOfToml(profile(backup));
    return make(objects, restored(objects), user);
  };
  const VELERO = 'system:serviceaccount:velero:velero';

  test('is made by Velero', () => {
    expect(says('volumes = "file-system"', VELERO)).toEqual([]);
  });

  test('is made by the account that Velero has', () => {
    const backup = 'volumes = "file-system"\nnamespace = "backups"\naccount = "velero-server"';

    expect(says(backup, 'system:serviceaccount:backups:velero-server')).toEqual([]);
    expect(says(backup, VELERO)).not.toEqual([]);
  });

  test('is made by nobody else, and by nobody where snapshots are taken', () => {
    expect(says('volumes = "file-system"', 'system:serviceaccount:app:manager')).not.toEqual([]);
    expect(says('volumes = "snapshot"', VELERO)).not.toEqual([]);
  });
});
