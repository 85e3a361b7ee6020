import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadProfile, shippedProfiles } from '../../../config/load';
import { Refused } from '../../../config/refusal';
import { EXEMPTIONS, exemptionsOf } from '../../../constructs/policy/exemptions';
import { nameOf } from '../../../constructs/policy/objects';
import { findings, violations } from '../../../constructs/policy/policy';
import { synthesize } from '../../../main';
import { find, inFolder, objectsOfToml, render, renderToml, type Rendered, type RenderedProfile } from '../../render';

/** What no shipped profile is, so that every exemption has a profile that needs it. */
const OTHERS = {
  'a bare config.toml': '',
  'a bare config.toml with managers': '[deploy.access]\nmanagers = ["apps/openhands"]',
  'a restricted agent-server': `
[kubernetes]
namespace = "restricted"
[deploy]
contract = "agent-server"
[deploy.security]
pod_security_standard = "restricted"`,
  'a restricted action execution server': `
[kubernetes]
namespace = "restricted"
[deploy.security]
pod_security_standard = "restricted"`,
  'a dev box in the namespace default': '[deploy.devbox]',
  'a sandbox that asks for its node': `
[sandbox]
use_host_network = true
volumes = "/srv/data:/data"
[sandbox.docker_runtime_kwargs]
cap_add = ["SYS_ADMIN"]
[deploy.security]
pod_security_standard = "privileged"`,
  'a sandbox of whatever is the latest': `
[sandbox]
runtime_container_image = "example.com/sandbox:latest"`,
  'a sandbox of both address families': `
[deploy.network]
clients = [{ cidr = "fd12::/16" }]`,
  'a restricted agent-server that asks for less': `
[kubernetes]
namespace = "restricted"
[sandbox]
user_id = 1000
[deploy]
contract = "agent-server"
[deploy.security]
pod_security_standard = "restricted"
read_only_root_filesystem = false`,
  'a Sandbox of agent-sandbox': `
[kubernetes]
namespace = "sandboxes"
[deploy]
contract = "agent-server"
session_workload = "Sandbox"
[deploy.access]
managers = ["apps/openhands"]`,
  'a warm pool of agent-sandbox': `
[kubernetes]
namespace = "sandboxes"
[deploy]
contract = "agent-server"
sessions = []
[deploy.pool]
workload = "SandboxWarmPool"`,
  'a watched agent-server': `
[kubernetes]
namespace = "sandboxes"
[deploy]
contract = "agent-server"
[deploy.monitoring.alertmanager]
receivers = [{ name = "team", type = "webhook", severities = ["critical"], url = { secret = "alerts", key = "url" } }]`,
  'a profile with recovery': `
[kubernetes]
namespace = "sandboxes"
[deploy]
contract = "agent-server"
sessions = ["demo"]
[deploy.recovery.descheduler]
[deploy.recovery.backup]
[deploy.recovery.restore_from]
demo = { backup = "sandboxes-20260101030000" }`,
  'a collector of logs on each node': `
[deploy.logging]
handlers = ["console", "elasticsearch"]
[deploy.logging.elasticsearch]
url = "https://search.example.com"`,
  'a collector of logs beside each sandbox': `
[kubernetes]
namespace = "restricted"
[deploy]
contract = "agent-server"
[deploy.security]
pod_security_standard = "restricted"
[deploy.logging]
handlers = ["console", "file", "elasticsearch"]
[deploy.logging.elasticsearch]
url = "https://search.example.com"
collector = "Sidecar"`,
  'a profile whose names Cilium knows': `
[kubernetes]
namespace = "sandboxes"
[deploy]
contract = "agent-server"
[deploy.network]
network_plugin = "cilium"
egress = { sets = ["github"] }`,
  'a profile that pulls from mirrors': `
[deploy]
extends = "production"
[deploy.images.mirrors]
"ghcr.io" = "registry.example.com/ghcr"
"quay.io" = "registry.example.com/quay"
"docker.io" = "registry.example.com/dockerhub"
"registry.k8s.io" = "registry.example.com/k8s"
[deploy.images.digests]
"ghcr.io/openhands/agent-server:1.58.2-python" = "sha256:${'0'.repeat(64)}"
[deploy.system_pods]
priority_class = "infrastructure"`,
  'a Sandbox from a mirror': `
[kubernetes]
namespace = "sandboxes"
[deploy]
contract = "agent-server"
session_workload = "Sandbox"
pool = { workload = "SandboxWarmPool" }
[deploy.images.mirrors]
"ghcr.io" = "registry.example.com/ghcr"`,
  'sandboxes in gVisor that start at once': `
[kubernetes]
namespace = "sandboxes"
[deploy]
contract = "agent-server"
headroom = { sandboxes = 2 }
prepull = {}
quota = { max_sandboxes = 4 }
[deploy.security]
runtime_class = "gvisor"
[deploy.runtime_classes.gvisor]
handler = "runsc"
overhead = { memory = "64Mi" }`,
} as const;

const PROFILES: Readonly<Record<string, RenderedProfile>> = Object.fromEntries([
  ...shippedProfiles().map((name) => [name, render(name)] as const),
  ...Object.entries(OTHERS).map(([name, toml]) => [name, renderToml(toml)] as const),
]);

test.each(Object.keys(PROFILES))('%s keeps the policy', (name) => {
  const { objects, profile } = PROFILES[name]!;

  expect(violations(objects, profile)).toEqual([]);
});

/** One thing that is broken in a profile's manifests, and what is then said. */
interface Break {
  readonly profile: string;
  readonly what: string;
  /** Break it, in a copy. */
  readonly mutate: (objects: Rendered[]) => void;
  /** `rule: Kind/name text` */
  readonly line: string;
}

const DEMO = 'openhands-runtime-demo';

/** Break the Pod of staging's session, its program alone: what breaks every container is told of each. */
const pod = (what: string, mutate: (spec: Rendered) => void, line: string, rule: string): Break => ({
  profile: 'staging',
  what,
  mutate: (objects) => {
    const { spec } = find(objects, 'Deployment', DEMO).spec.template;
    delete spec.initContainers;
    mutate(spec);
  },
  line: `${rule}: Deployment/${DEMO} ${line}`,
});

/** Break the container of staging's session. */
const container = (what: string, mutate: (container: Rendered) => void, line: string, rule: string): Break =>
  pod(what, ({ containers }) => mutate(containers[0]), `container runtime ${line}`, rule);

/** Break one object of a profile. */
const object = (
  profile: string,
  kind: string,
  name: string,
  what: string,
  mutate: (object: Rendered) => void,
  text: string,
  rule: string,
): Break => ({
  profile,
  what,
  mutate: (objects) => mutate(find(objects, kind, name)),
  line: `${rule}: ${kind}/${name} ${text}`,
});

// Not one word, so that nobody takes this file for a leak.
const CREDENTIAL = ['ghp', '0123456789abcdefghij'].join('_');

const CONTAINERS: readonly Break[] = [
  container(
    'no tag',
    (it) => (it.image = 'localhost:5000/sandbox'),
    'has the image localhost:5000/sandbox',
    'pinned-image',
  ),
  container('the tag latest', (it) => (it.image = 'sandbox:latest'), 'has the image sandbox:latest', 'pinned-image'),
  container(
    'no requests',
    // A limit would be one.
    ({ resources }) => delete resources.requests.cpu && delete resources.limits.cpu,
    'has no requests.cpu',
    'requests-and-limits',
  ),
  container(
    'no memory limit',
    (it) => delete it.resources.limits.memory,
    'has no limits.memory',
    'requests-and-limits',
  ),
  container(
    'no resources',
    (it) => delete it.resources,
    'has no requests.cpu, requests.memory, requests.ephemeral-storage, limits.memory, limits.ephemeral-storage',
    'requests-and-limits',
  ),
  container('privileged', (it) => (it.securityContext.privileged = true), 'is privileged', 'not-privileged'),
  container(
    'privilege escalation',
    (it) => (it.securityContext.allowPrivilegeEscalation = true),
    'may escalate its privileges',
    'no-privilege-escalation',
  ),
  container(
    'privilege escalation left open',
    (it) => delete it.securityContext.allowPrivilegeEscalation,
    'may escalate its privileges',
    'no-privilege-escalation',
  ),
  container(
    'capabilities',
    (it) => delete it.securityContext.capabilities,
    'does not drop ALL capabilities',
    'drop-capabilities',
  ),
  container(
    'a capability',
    (it) => (it.securityContext.capabilities.add = ['SYS_ADMIN']),
    'adds SYS_ADMIN',
    'no-added-capabilities',
  ),
  container(
    'its own seccomp profile',
    (it) => (it.securityContext.seccompProfile = { type: 'Unconfined' }),
    'has no seccomp profile RuntimeDefault',
    'seccomp',
  ),
  pod(
    'no seccomp profile of the Pod',
    (it) => delete it.securityContext.seccompProfile,
    'container runtime has no seccomp profile RuntimeDefault',
    'seccomp',
  ),
  pod(
    'no promise about root',
    (it) => delete it.securityContext.runAsNonRoot,
    'container runtime may run as root',
    'non-root',
  ),
  pod(
    'a low user id',
    (it) => (it.securityContext.runAsUser = 1000),
    'container runtime runs as a user id of 10000 or less',
    'high-user-id',
  ),
  container(
    'a writable root',
    (it) => delete it.securityContext.readOnlyRootFilesystem,
    'may write to its root file system',
    'read-only-root',
  ),
  container('no start-up probe', (it) => delete it.startupProbe, 'has no startupProbe', 'probes'),
  container(
    'probes that are the same',
    (it) => (it.livenessProbe = it.readinessProbe),
    'has the same liveness and readiness probe',
    'probes-differ',
  ),
  container(
    'a probe of another port',
    (it) => (it.livenessProbe.httpGet.port = 'admin'),
    'is probed on port admin, which it does not declare',
    'probed-port-declared',
  ),
  pod(
    'a sidecar without probes',
    (it) => {
      const { startupProbe: _, ...rest } = it.containers[0];
      it.initContainers = [{ ...rest, name: 'beside', restartPolicy: 'Always' }];
    },
    'container beside has no startupProbe',
    'probes',
  ),
  pod(
    'an init container without a pinned image',
    (it) => (it.initContainers = [{ ...structuredClone(it.containers[0]), name: 'first', image: 'first' }]),
    'container first has the image first',
    'pinned-image',
  ),
];

const PODS: readonly Break[] = [
  pod(
    'the node’s network',
    (it) => (it.hostNetwork = true),
    "shares the node's network, processes or IPC",
    'no-host-namespaces',
  ),
  pod(
    'the node’s IPC',
    (it) => (it.hostIPC = true),
    "shares the node's network, processes or IPC",
    'no-host-namespaces',
  ),
  pod(
    'a path of the node',
    (it) => it.volumes.push({ name: 'node', hostPath: { path: '/' } }),
    'mounts a path of the node',
    'no-host-path',
  ),
  pod(
    'a port of the node',
    (it) => (it.containers[0].ports[0].hostPort = 80),
    'takes a port of the node',
    'no-host-port',
  ),
  pod('a token', (it) => delete it.automountServiceAccountToken, 'mounts a ServiceAccount token', 'no-token'),
  pod(
    'the account default',
    (it) => (it.serviceAccountName = 'default'),
    'runs as the account default',
    'own-service-account',
  ),
  pod('no account', (it) => delete it.serviceAccountName, 'runs as the account default', 'own-service-account'),
  pod(
    'service links',
    (it) => delete it.enableServiceLinks,
    'gets a variable for every Service of the namespace',
    'no-service-links',
  ),
  {
    profile: 'staging',
    what: 'a bare Pod',
    mutate: (objects) => {
      const { metadata, spec } = find(objects, 'Deployment', DEMO).spec.template;
      objects.push({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { ...metadata, name: 'alone', namespace: 'openhands-staging' },
        spec,
      });
    },
    line: 'no-bare-pod: Pod/alone is a bare Pod: nobody replaces it',
  },
  object(
    'staging',
    'Deployment',
    DEMO,
    'a selector of Pods that it does not make',
    (it) => (it.spec.selector.matchLabels.session = 'other'),
    'selects session, which its Pods have not',
    'selector-in-labels',
  ),
];

const REFERENCES: readonly Break[] = [
  object(
    'staging',
    'Service',
    `${DEMO}-svc`,
    'a Service of nobody',
    (it) => (it.spec.selector.session = 'other'),
    'selects no Pod',
    'service-ports',
  ),
  object(
    'staging',
    'Service',
    `${DEMO}-svc`,
    'a Service of a port that is not there',
    (it) => (it.spec.ports[0].targetPort = 'admin'),
    'port 8000 targets admin, which the Pod does not declare',
    'service-ports',
  ),
  object(
    'staging',
    'Ingress',
    `${DEMO}-ingress-code`,
    'an Ingress to a port that is not there',
    (it) => (it.spec.rules[0].http.paths[0].backend.service.port.number = 1),
    'leads to openhands-canvas-demo:1, which is not there',
    'backends',
  ),
  object(
    'production',
    'HTTPRoute',
    'openhands-runtime-reviews-ingress-code',
    'an HTTPRoute to a Service that is not there',
    (it) => (it.spec.rules[0].backendRefs[0].name = 'other'),
    'leads to other:4180, which is not there',
    'backends',
  ),
  pod(
    'a claim that is not there',
    (it) => (it.volumes[0].persistentVolumeClaim.claimName = 'other'),
    'names PersistentVolumeClaim other, which is not there',
    'pod-references',
  ),
  {
    profile: 'a profile with recovery',
    what: 'a claim that Velero makes for another session',
    mutate: (objects) => {
      find(objects, 'Restore').spec.labelSelector.matchLabels['app.kubernetes.io/instance'] = 'other';
    },
    line: `pod-references: Deployment/${DEMO} names PersistentVolumeClaim ${DEMO}-pvc, which is not there`,
  },
  pod(
    'a ConfigMap that is not there',
    (it) => it.volumes.push({ name: 'config', configMap: { name: 'other' } }),
    'names ConfigMap other, which is not there',
    'pod-references',
  ),
  pod(
    'an account that is not there',
    (it) => (it.serviceAccountName = 'other'),
    'names ServiceAccount other, which is not there',
    'pod-references',
  ),
  pod(
    'a mount of a volume that is not there',
    (it) => it.containers[0].volumeMounts.push({ name: 'other', mountPath: '/other' }),
    'mounts the volume other, which it does not have',
    'pod-references',
  ),
  pod(
    'a PriorityClass that is not there',
    (it) => (it.priorityClassName = 'other'),
    'names PriorityClass other, which is not there',
    'pod-references',
  ),
  object(
    'local',
    'RoleBinding',
    'mirrord-binding',
    'a Role that is not there',
    (it) => (it.roleRef.name = 'other'),
    'binds Role other, which is not there',
    'role-references',
  ),
  object(
    'staging',
    'Ingress',
    `${DEMO}-ingress-code`,
    'no TLS',
    (it) => delete it.spec.tls,
    'serves demo.staging.example.com without TLS',
    'tls',
  ),
  object(
    'staging',
    'Ingress',
    `${DEMO}-ingress-code`,
    'TLS of another host',
    (it) => (it.spec.tls[0].hosts = ['other.example.com']),
    'serves demo.staging.example.com without TLS',
    'tls',
  ),
  object(
    'production',
    'Gateway',
    'openhands-runtime',
    'no HTTPS listener',
    (it) => it.spec.listeners.pop(),
    'has no HTTPS listener',
    'tls',
  ),
];

const role = (what: string, rule: Rendered, text: string, name: string): Break => ({
  profile: 'staging',
  what,
  mutate: (objects) =>
    objects.push({
      ...structuredClone(roleOf(objects)),
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], ...rule }],
    }),
  line: `${name}: Role/extra ${text}`,
});

const roleOf = (objects: readonly Rendered[]): Rendered => {
  const { metadata } = find(objects, 'ServiceAccount', 'openhands-runtime');
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { ...metadata, name: 'extra' } };
};

const ACCESS: readonly Break[] = [
  role('a Role for every verb', { verbs: ['*'] }, 'has a *', 'no-wildcard'),
  role('a Role for every group', { apiGroups: ['*'] }, 'has a *', 'no-wildcard'),
  role('a Role that reads Secrets', { resources: ['secrets'] }, 'reaches Secrets', 'no-secrets-access'),
  role('a Role that makes Pods', { verbs: ['create'] }, 'may make Pods or run commands in them', 'no-pod-creation'),
  role(
    'a Role that runs commands',
    { resources: ['pods/exec'], verbs: ['create'] },
    'may make Pods or run commands in them',
    'no-pod-creation',
  ),
  object(
    'staging',
    'ServiceAccount',
    'openhands-runtime',
    'an account with a token',
    (it) => delete it.automountServiceAccountToken,
    'gives its Pods a token',
    'tokenless-account',
  ),
  ...['enforce', 'audit', 'warn'].map((mode) =>
    object(
      'staging',
      'Namespace',
      'openhands-staging',
      `a namespace that does not ${mode}`,
      (it) => (it.metadata.labels[`pod-security.kubernetes.io/${mode}`] = ''),
      `has no pinned pod-security.kubernetes.io/${mode}`,
      'pod-security-labels',
    ),
  ),
  object(
    'staging',
    'Namespace',
    'openhands-staging',
    'a standard of no version',
    (it) => (it.metadata.labels['pod-security.kubernetes.io/enforce-version'] = 'latest'),
    'has no pinned pod-security.kubernetes.io/enforce-version',
    'pod-security-labels',
  ),
];

const policy = (name: string, what: string, mutate: (spec: Rendered) => void, text: string, rule: string): Break =>
  object('local', 'NetworkPolicy', `openhands-runtime-${name}`, what, ({ spec }) => mutate(spec), text, rule);

const NETWORK: readonly Break[] = [
  ...['Ingress', 'Egress'].map((direction): Break => ({
    profile: 'a dev box in the namespace default',
    what: `a Pod that no policy is about for ${direction}`,
    mutate: (objects) => {
      const { spec } = find(objects, 'NetworkPolicy', 'ubuntu-dev');
      spec.policyTypes = spec.policyTypes.filter((it: string) => it !== direction);
    },
    line: `pod-is-selected: Deployment/ubuntu-dev is under no NetworkPolicy for ${direction}`,
  })),
  ...['Ingress', 'Egress'].map((direction): Break => ({
    profile: 'local',
    what: `a namespace where a Pod without labels is under no policy for ${direction}`,
    mutate: (objects) => {
      const { metadata, spec } = find(objects, 'NetworkPolicy', 'openhands-runtime-default-deny');
      spec.policyTypes = spec.policyTypes.filter((it: string) => it !== direction);
      // The sandboxes themselves are.
      const podSelector = { matchLabels: { app: 'openhands-runtime' } };
      objects.push({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { ...metadata, name: 'sandboxes' },
        spec: { podSelector, policyTypes: ['Ingress', 'Egress'] },
      });
    },
    line: `namespace-is-denied: Namespace/openhands has no NetworkPolicy about every Pod for ${direction}`,
  })),
  object(
    'local',
    'NetworkPolicy',
    'openhands-runtime-default-deny',
    'a policy without a reason',
    (it) => delete it.metadata.annotations,
    'does not say why it is there',
    'policy-is-meant',
  ),
  policy(
    'allow-api',
    'a policy without ports',
    (it) => delete it.ingress[0].ports,
    'lets everybody in on every port',
    'policy-is-meant',
  ),
  policy(
    'allow-api',
    'a policy without clients',
    (it) => (it.ingress[0].from = []),
    'lets everybody in',
    'known-peers',
  ),
  policy(
    'allow-dns',
    'a policy without destinations',
    (it) => delete it.egress[0].to,
    'lets its Pods out to everybody',
    'known-peers',
  ),
  policy(
    'allow-internet',
    'a range with the metadata address',
    (it) => it.egress[0].to[0].ipBlock.except.pop(),
    'reaches the metadata address 169.254.169.254/32',
    'no-metadata',
  ),
  policy(
    'allow-internet',
    'a range with the metadata address of IPv6',
    (it) => it.egress[0].to.push({ ipBlock: { cidr: '::/0' } }),
    'reaches the metadata address fd00:ec2::254/128',
    'no-metadata',
  ),
  policy(
    'allow-dns',
    'the metadata address itself',
    (it) => it.egress[0].to.push({ ipBlock: { cidr: '169.254.169.254/32' } }),
    'reaches the metadata address 169.254.169.254/32',
    'no-metadata',
  ),
  ...[
    ['169.254.0.0/16', '169.254.169.254/32'],
    ['fc00::/7', 'fd00:ec2::254/128'],
  ].map(([range, address]) =>
    object(
      'a profile whose names Cilium knows',
      'CiliumNetworkPolicy',
      'openhands-runtime-allow-egress-names',
      `a name that may be ${address}`,
      ({ spec: { egressDeny } }) => (egressDeny[0].toCIDR = egressDeny[0].toCIDR.filter((it: string) => it !== range)),
      `does not deny the metadata address ${address}`,
      'no-metadata',
    ),
  ),
  object(
    'a profile whose names Cilium knows',
    'CiliumNetworkPolicy',
    'openhands-runtime-allow-egress-names',
    'a policy by name that denies the metadata address of IPv4 alone',
    ({ spec }) => (spec.egressDeny = [{ toCIDR: ['0.0.0.0/0'] }]),
    'does not deny the metadata address fd00:ec2::254/128',
    'no-metadata',
  ),
];

const IDENTITY: readonly Break[] = [
  {
    profile: 'staging',
    what: 'an object that is there twice',
    mutate: (objects) => objects.push(structuredClone(find(objects, 'ServiceAccount', 'openhands-runtime'))),
    line: 'unique-object: ServiceAccount/openhands-runtime is there twice',
  },
  {
    profile: 'staging',
    what: 'a hashed name',
    mutate: (objects) => (find(objects, 'ConfigMap', 'openhands-config').metadata.name = 'config-c8a1b2c3'),
    line: 'plain-name: ConfigMap/config-c8a1b2c3 has the name config-c8a1b2c3',
  },
  object(
    'staging',
    'ConfigMap',
    'openhands-config',
    'no namespace',
    (it) => delete it.metadata.namespace,
    'has no namespace',
    'namespace-stated',
  ),
  object(
    'staging',
    'Namespace',
    'openhands-staging',
    'a namespace of a namespace',
    (it) => (it.metadata.namespace = 'default'),
    'has a namespace and is of the cluster',
    'namespace-stated',
  ),
  object(
    'staging',
    'ConfigMap',
    'openhands-config',
    'a missing label',
    (it) => delete it.metadata.labels['app.kubernetes.io/part-of'],
    'lacks app.kubernetes.io/part-of',
    'recommended-labels',
  ),
  object(
    'staging',
    'ResourceQuota',
    'openhands-runtime',
    'a typed value in a raw object',
    (it) => (it.spec.hard['count/jobs.batch'] = { value: 3 }),
    'has an unresolved value 3',
    'plain-values',
  ),
  object(
    'staging',
    'ConfigMap',
    'openhands-config',
    'a credential',
    (it) => (it.data['config.toml'] += CREDENTIAL),
    'holds a credential',
    'no-secret',
  ),
  pod(
    'a secret written into a variable',
    (it) => it.containers[0].env.push({ name: 'LLM_API_KEY', value: 'x' }),
    'writes LLM_API_KEY out',
    'no-secret',
  ),
];

/** Break the pool of staging, or what scales and protects it. */
const scaling = (kind: string, what: string, mutate: (object: Rendered) => void, text: string, rule: string): Break =>
  object('staging', kind, 'openhands-runtime', what, mutate, text, rule);

const SCALING: readonly Break[] = [
  scaling(
    'HorizontalPodAutoscaler',
    'an autoscaler of nothing',
    (it) => (it.spec.scaleTargetRef.kind = 'StatefulSet'),
    'scales openhands-runtime, which is not there',
    'autoscaler-target',
  ),
  scaling(
    'Deployment',
    'a number beside an autoscaler',
    (it) => (it.spec.replicas = 2),
    'writes replicas down, which an autoscaler decides',
    'autoscaler-decides',
  ),
  scaling(
    'HorizontalPodAutoscaler',
    'a range of one',
    (it) => (it.spec.maxReplicas = 2),
    'goes from 2 to 2',
    'autoscaler-range',
  ),
  scaling(
    'HorizontalPodAutoscaler',
    'a range from one',
    (it) => (it.spec.minReplicas = 1),
    'goes from 1 to 10',
    'autoscaler-range',
  ),
  {
    profile: 'staging',
    what: 'a budget of nothing',
    mutate: (objects) => {
      const budget = structuredClone(find(objects, 'PodDisruptionBudget', 'openhands-runtime'));
      objects.push({
        ...budget,
        metadata: { ...budget.metadata, name: 'extra' },
        spec: { ...budget.spec, selector: { matchLabels: { app: 'other' } } },
      });
    },
    line: 'budget-selects: PodDisruptionBudget/extra selects no Pod',
  },
  scaling(
    'PodDisruptionBudget',
    'a budget that keeps every Pod',
    (it) => (it.spec.maxUnavailable = 0),
    'needs one of minAvailable and maxUnavailable, above 0',
    'budget-lets-drain',
  ),
  scaling(
    'PodDisruptionBudget',
    'a budget for broken Pods',
    (it) => delete it.spec.unhealthyPodEvictionPolicy,
    'keeps Pods that are not ready from being drained',
    'budget-lets-drain',
  ),
  scaling(
    'Deployment',
    'a pool on one node',
    (it) => delete it.spec.template.spec.topologySpreadConstraints,
    'is not spread over zones and hosts',
    'spread',
  ),
  scaling(
    'Deployment',
    'a pool without a priority',
    (it) => delete it.spec.template.spec.priorityClassName,
    'has no PriorityClass',
    'priority',
  ),
  {
    profile: 'staging',
    what: 'a pool without a budget',
    mutate: (objects) => objects.splice(objects.indexOf(find(objects, 'PodDisruptionBudget', 'openhands-runtime')), 1),
    line: 'budget: Deployment/openhands-runtime has no PodDisruptionBudget',
  },
  scaling(
    'ResourceQuota',
    'a quota of no Pods',
    (it) => delete it.spec.hard.pods,
    'says nothing about pods',
    'quota-complete',
  ),
  scaling(
    'LimitRange',
    'bounds without a maximum',
    (it) => delete it.spec.limits[0].max,
    'says nothing about max',
    'bounds-complete',
  ),
];

/** Break a rule of Prometheus. */
const watching = (what: string, name: string, mutate: (rule: Rendered) => void, text: string, rule: string): Break =>
  object(
    'a watched agent-server',
    'PrometheusRule',
    'openhands-sandboxes',
    what,
    ({ spec }) => mutate(spec.groups.flatMap(({ rules }: Rendered) => rules).find((it: Rendered) => it.alert === name)),
    text,
    rule,
  );

const MONITORING: readonly Break[] = [
  watching(
    'an alert that does not say what to do',
    'SandboxNotReady',
    (it) => delete it.annotations.runbook_url,
    'alert SandboxNotReady lacks runbook_url',
    'alerts-explained',
  ),
  watching(
    'an alert that says neither how bad it is nor whose',
    'SandboxNotReady',
    (it) => (it.labels = { severity: 'page' }),
    'alert SandboxNotReady lacks severity, namespace',
    'alerts-explained',
  ),
  watching(
    'an alert about a series that nobody records',
    'SandboxOutOfMemory',
    (it) => (it.expr = 'openhands:sandbox_oom_kill:increase10m > 0'),
    'SandboxOutOfMemory reads openhands:sandbox_oom_kill:increase10m, which is not recorded before',
    'series-recorded',
  ),
  object(
    'a watched agent-server',
    'PrometheusRule',
    'openhands-sandboxes',
    'a series that is recorded from one that comes later',
    ({ spec }) => {
      const { rules } = spec.groups[0];
      rules.push(
        ...rules.splice(
          rules.findIndex((it: Rendered) => it.record === 'openhands:sandbox_restarts:increase10m'),
          1,
        ),
      );
    },
    'openhands:sandbox_oom_kills:increase10m reads openhands:sandbox_restarts:increase10m, which is not recorded before',
    'series-recorded',
  ),
  object(
    'a watched agent-server',
    'AlertmanagerConfig',
    'openhands-sandboxes',
    'a route to a receiver that is not there',
    ({ spec }) => spec.route.routes.push({ receiver: 'boss' }),
    'routes to boss, which is not there',
    'receivers-routed',
  ),
  object(
    'a watched agent-server',
    'AlertmanagerConfig',
    'openhands-sandboxes',
    'a receiver that is never told anything',
    ({ spec }) => spec.receivers.push({ name: 'boss' }),
    'has the receiver boss, to which no route leads',
    'receivers-routed',
  ),
];

/** Break the image of the first container of an object that makes Pods. */
const image = (
  kind: string,
  name: string,
  templateOf: (object: Rendered) => Rendered,
  reference: string,
  line: string,
  profile = 'a profile that pulls from mirrors',
): Break => ({
  profile,
  what: `${kind} ${name} with the image ${reference}`,
  mutate: (objects) => {
    templateOf(find(objects, kind, name)).spec.containers[0].image = reference;
  },
  line: line.replace('OBJECT', `${kind}/${name}`),
});

const template = ({ spec }: Rendered) => spec.template;
const podTemplate = ({ spec }: Rendered) => spec.podTemplate;
const SANDBOX_IMAGE = 'ghcr.io/openhands/agent-server:1.58.2-python';
const passesBy = (container: string, image: string, registry: string) =>
  `mirrored-image: OBJECT container ${container} has the image ${image}, which passes by the mirror of ${registry}`;

const QUOTA: readonly Break[] = [
  {
    profile: 'production',
    what: 'an exporter of which there are more than the quota of its namespace has room for',
    mutate: (objects) => {
      const isOfTheExporter = ({ metadata }: Rendered) => metadata.namespace === 'openhands-production-system';
      find(objects.filter(isOfTheExporter), 'ResourceQuota').spec.hard.pods = 6;
    },
    line: 'quota-room: ResourceQuota/openhands-system has pods 6, and its Pods need 7',
  },
  {
    profile: 'production',
    what: 'a sandbox that asks for more than the quota has',
    mutate: (objects) => {
      find(objects, 'ResourceQuota', 'openhands-runtime').spec.hard['requests.cpu'] = '10500m';
    },
    line: 'quota-room: ResourceQuota/openhands-runtime has requests.cpu 10500m, and its Pods need 11.07',
  },
];

const SIZE: readonly Break[] = [
  {
    profile: 'staging',
    what: 'a dashboard with more data than a ConfigMap may have',
    mutate: (objects) => {
      find(objects, 'ConfigMap', 'openhands-dashboard').data = { 'dashboard.json': 'x'.repeat(2 ** 20 + 1) };
    },
    line: 'storable: ConfigMap/openhands-dashboard has 1048577 bytes of data, and a ConfigMap may have 1048576',
  },
];

const IMAGES: readonly Break[] = [
  image('StatefulSet', 'openhands-runtime', template, 'ghcr.io/a/b:1', passesBy('runtime', 'ghcr.io/a/b:1', 'ghcr.io')),
  image('DaemonSet', 'openhands-logs', template, 'otel/otel:1', passesBy('collector', 'otel/otel:1', 'docker.io')),
  image(
    'CronJob',
    'openhands-descheduler',
    ({ spec }) => spec.jobTemplate.spec.template,
    'registry.k8s.io/a:1',
    passesBy('descheduler', 'registry.k8s.io/a:1', 'registry.k8s.io'),
  ),
  image(
    'Sandbox',
    'openhands-runtime-default',
    podTemplate,
    SANDBOX_IMAGE,
    passesBy('runtime', SANDBOX_IMAGE, 'ghcr.io'),
    'a Sandbox from a mirror',
  ),
  image(
    'SandboxTemplate',
    'openhands-runtime',
    podTemplate,
    SANDBOX_IMAGE,
    passesBy('runtime', SANDBOX_IMAGE, 'ghcr.io'),
    'a Sandbox from a mirror',
  ),
  image(
    'StatefulSet',
    'openhands-runtime',
    template,
    'registry.example.com/ghcr/openhands/agent-server:1.58.2-python',
    'image-digest: OBJECT container runtime has the image registry.example.com/ghcr/openhands/agent-server:1.58.2-python without its digest',
  ),
  {
    profile: 'a profile that pulls from mirrors',
    what: 'an init container past the mirror',
    mutate: (objects) => {
      const { spec } = find(objects, 'StatefulSet', 'openhands-runtime').spec.template;
      spec.initContainers = [{ ...spec.containers[0], name: 'first', image: 'ghcr.io/a/b:1' }];
    },
    line: `mirrored-image: StatefulSet/openhands-runtime container first has the image ghcr.io/a/b:1, which passes by the mirror of ghcr.io`,
  },
];

const BREAKS = [
  ...IDENTITY,
  ...CONTAINERS,
  ...PODS,
  ...REFERENCES,
  ...ACCESS,
  ...NETWORK,
  ...SCALING,
  ...MONITORING,
  ...IMAGES,
  ...QUOTA,
  ...SIZE,
];

test.each(BREAKS)('$what is found, and nothing else', ({ profile: name, mutate, line }) => {
  const { objects, profile } = PROFILES[name]!;
  const broken = structuredClone(objects);
  mutate(broken);

  expect(violations(broken, profile)).toEqual([line]);
});

/** The names of the rules, as the rules' own files write them. */
function rules(): string[] {
  const folder = join(__dirname, '../../../constructs/policy');
  const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  const names = texts.flatMap((text) => [
    ...[...text.matchAll(/rule: '([\w-]+)'/g)].map(([, name]) => name!),
    ...[...(/const CHECKS[^]*?\n\};/.exec(text)?.[0] ?? '').matchAll(/^ {2}'?([\w-]+)'?: \(/gm)].map(
      ([, name]) => name!,
    ),
  ]);
  return [...new Set(names)].sort();
}

// Stryker's sources (test/mutation) are not as somebody wrote them.
const asWritten = '__stryker__' in globalThis ? test.skip : test;

asWritten('every rule is broken here', () => {
  expect([...new Set(BREAKS.map(({ line }) => line.split(':')[0]))].sort()).toEqual(rules());
});

describe('exemptions', () => {
  /** `reason / rule`, for each rule that an exemption lets through in a profile. */
  const used = new Set(
    Object.values(PROFILES).flatMap(({ objects, profile }) => {
      const exemptionFor = exemptionsOf(profile);
      return Array.from(
        findings(objects, profile),
        ({ rule, object: it }) => `${exemptionFor(rule, nameOf(it))?.reason} / ${rule}`,
      );
    }),
  );

  test.each(EXEMPTIONS.flatMap(({ reason, rules }) => rules.map((rule) => ({ reason, rule }))))(
    '$rule is needed: $reason',
    ({ reason, rule }) => {
      expect(used).toContain(`${reason} / ${rule}`);
    },
  );

  test('each has a reason of its own', () => {
    expect(new Set(EXEMPTIONS.map(({ reason }) => reason)).size).toBe(EXEMPTIONS.length);
  });

  test('one about a standard does not hold for another', () => {
    const objects = objectsOfToml('');
    const { profile } = PROFILES['a restricted action execution server']!;

    expect(violations(objects, profile)).toContainEqual(expect.stringContaining('read-only-root: '));
  });

  test('one about the sandboxes does not hold for anything else', () => {
    const { objects, profile } = PROFILES.local!;
    const broken = structuredClone(objects);
    find(broken, 'Deployment', 'ubuntu-dev').metadata.name = 'ubuntu-other';

    expect(violations(broken, profile)).toContainEqual(expect.stringContaining('Deployment/ubuntu-other'));
  });
});

test('a profile whose manifests break the policy is not synthesized', () => {
  inFolder((outdir) => {
    const { profile } = loadProfile('local');
    const broken = { ...profile, kubernetes: { ...profile.kubernetes, namespace: 'a-c8abcdef' } };

    expect(() => synthesize(broken, outdir)).toThrow(
      new Refused(['plain-name: Namespace/a-c8abcdef has the name a-c8abcdef']),
    );
    expect(readdirSync(outdir)).toEqual([]);
  });
});
