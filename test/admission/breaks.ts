import { AGENT_SERVER_IMAGE, COLLECTOR_IMAGE } from '../../config/images';
import type { Rendered } from '../render';

/** Something that a Pod is which the policy refuses, and nothing else about it. */
export interface Break {
  readonly what: string;
  /** Change a Pod of the profile. */
  readonly change: (pod: Rendered) => void;
  /** What is said, and all of it. */
  readonly message: string;
  /** The API server refuses it itself, or does not know the field yet: no policy is asked. */
  readonly isInvalid?: boolean;
}

const spec =
  (fields: object) =>
  ({ spec: it }: Rendered) =>
    Object.assign(it, fields);

const podContext =
  (fields: object) =>
  ({ spec: it }: Rendered) =>
    Object.assign(it.securityContext, fields);

const container =
  (change: (container: Rendered) => void) =>
  ({ spec: it }: Rendered) =>
    change(it.containers[0]);

const context = (fields: object) => container((it) => Object.assign(it.securityContext, fields));

const collectorOf = (it: Rendered): Rendered => it.initContainers.find(({ name }: Rendered) => name === 'collector');

const collector =
  (change: (container: Rendered) => void) =>
  ({ spec: it }: Rendered) =>
    change(collectorOf(it));

const volume =
  (source: object) =>
  ({ spec: it }: Rendered) =>
    it.volumes.push({ name: 'another', ...source });

const projected = (source: object) => volume({ projected: { sources: [source] } });

const env = (valueFrom: object) => container((it) => it.env.push({ name: 'ANOTHER', valueFrom }));

const secret = (name: string, key: string) => env({ secretKeyRef: { name, key } });

const envFrom = (source: object) => container((it) => (it.envFrom = [source]));

const S = "a session's Pod";
const OF = `of ${S}`;

const LABELS =
  'a Pod in this namespace must have the labels of a kind that the profile writes: app=openhands-runtime,session=<session>' +
  ' or app=openhands-runtime,pool=openhands-runtime';
const ACCOUNT = `${S} may run as these ServiceAccounts: only openhands-runtime`;
const RUNTIME_CLASS = `${S} may have these runtime classes: only e2e-admission`;
const PRIORITY = `${S} may have these priority classes: only openhands-runtime.e2e-admission`;
const HOST = `${S} may not use the node's network, processes or IPC, nor share processes between containers`;
const USERS = `${S} must have user ids of its own: set hostUsers to false`;
const ANNOTATION = `${S} may not have an annotation that orders something from the network or the container runtime`;
const FIELD = `${S} may not have a field of a Pod's spec that the profile's own has not`;
const TOLERATION = `${S} may not tolerate a taint that the profile does not name`;
const NODE_SELECTOR = `${S} must have the node selector example.com/sandboxes=yes`;
const SECCOMP = `${S} must have the profile's seccomp profile`;
const OWN_SECCOMP = `no container ${OF} may have a seccomp profile of its own`;
const ROOT = `${S} must not run as root: set runAsNonRoot to true`;
const IDS = `${S} must have the profile's runAsUser, runAsGroup and fsGroup`;
const OWN_IDS = `no container ${OF} may have a user or group of its own`;
const ESCALATION = `every container ${OF} must set allowPrivilegeEscalation to false`;
const DROP = `every container ${OF} must drop the capabilities ALL`;
const READ_ONLY_ROOT = `every container ${OF} must have a read-only root file system`;
const POD_CONTEXT = `${S} may not have a field of a Pod's securityContext that the profile's own has not`;
const CONTEXT = `no container ${OF} may have a field of a securityContext that the profile's own has not`;
const IMAGES = `${S} may run these images: only ${AGENT_SERVER_IMAGE}, ${COLLECTOR_IMAGE}`;
const LIMITS = `every container ${OF} needs the limits of the profile's own, and none above them`;
const REQUESTS = `no container ${OF} may request more than the profile's own may have`;
const RESOURCES = `no container ${OF} may ask for a resource that the profile's own does not`;
const HANDLER = `no probe or hook ${OF} may name a host: the kubelet would call it from the node`;
const ENTRY = `no container ${OF} may read an entry of a Secret that the profile's own does not`;
const VOLUME = `${S} may not have a kind of volume that the profile's own has not`;
const SOURCES = `no projected volume ${OF} may have sources other than Secrets, ConfigMaps, the Pod's fields and its token`;
const SECRET = `${S} may not mount a Secret that the profile's own does not`;
const CONFIG_MAP = `${S} may not mount a ConfigMap that the profile's own does not`;
const OWN_SECRET = `no container ${OF} may mount the Secret of another`;
const WRITE = `${S} may not write to what the profile mounts read-only`;

/** Of the session `demo` of test/e2e/profiles/admission.toml. */
export const BREAKS: readonly Break[] = [
  { what: 'another app', change: (it) => (it.metadata.labels.app = 'something-else'), message: LABELS },
  { what: 'no app', change: (it) => delete it.metadata.labels.app, message: LABELS },
  { what: 'no labels', change: (it) => delete it.metadata.labels, message: LABELS },
  { what: 'no session', change: (it) => delete it.metadata.labels.session, message: LABELS },
  { what: 'an empty session', change: (it) => (it.metadata.labels.session = ''), message: LABELS },
  {
    what: 'a session called as the pool is',
    change: (it) => (it.metadata.labels.session = 'openhands-runtime'),
    message: LABELS,
  },
  {
    what: "a session's label and the pool's",
    change: (it) => (it.metadata.labels.pool = 'openhands-runtime'),
    message: LABELS,
  },
  { what: 'another ServiceAccount', change: spec({ serviceAccountName: 'default' }), message: ACCOUNT },
  {
    what: 'a token',
    change: projected({ serviceAccountToken: { path: 'token' } }),
    message: `${S} may not mount a ServiceAccount token: set automountServiceAccountToken to false`,
  },
  { what: 'no runtime class', change: ({ spec: it }) => delete it.runtimeClassName, message: RUNTIME_CLASS },
  { what: 'another runtime class', change: spec({ runtimeClassName: 'e2e-other' }), message: RUNTIME_CLASS },
  { what: 'no priority class', change: ({ spec: it }) => delete it.priorityClassName, message: PRIORITY },
  {
    what: 'the priority of the cluster itself',
    change: spec({ priorityClassName: 'system-cluster-critical' }),
    message: PRIORITY,
  },
  { what: "the node's network", change: spec({ hostNetwork: true }), message: HOST, isInvalid: true },
  { what: "the node's processes", change: spec({ hostPID: true }), message: HOST, isInvalid: true },
  { what: "the node's IPC", change: spec({ hostIPC: true }), message: HOST, isInvalid: true },
  { what: 'processes that containers share', change: spec({ shareProcessNamespace: true }), message: HOST },
  { what: "the host's users", change: spec({ hostUsers: true }), message: USERS },
  { what: 'no word about users', change: ({ spec: it }) => delete it.hostUsers, message: USERS },
  {
    what: 'another pull secret',
    change: ({ spec: it }) => it.imagePullSecrets.push({ name: 'another' }),
    message: `${S} may use these pull secrets: only registry`,
  },
  {
    what: 'another network',
    change: (it) => (it.metadata.annotations = { 'k8s.v1.cni.cncf.io/networks': 'storage' }),
    message: ANNOTATION,
  },
  {
    what: 'an annotation of a container runtime',
    change: (it) => (it.metadata.annotations = { 'io.kubernetes.cri-o.Devices': '/dev/kmsg' }),
    message: ANNOTATION,
  },
  { what: 'a field that is of no use to a sandbox', change: spec({ setHostnameAsFQDN: true }), message: FIELD },
  {
    what: 'every taint tolerated',
    change: ({ spec: it }) => it.tolerations.push({ operator: 'Exists' }),
    message: TOLERATION,
  },
  {
    what: "another effect of the profile's taint",
    change: ({ spec: it }) =>
      it.tolerations.push({ key: 'example.com/sandboxes', operator: 'Exists', effect: 'NoExecute' }),
    message: TOLERATION,
  },
  {
    what: 'another taint by name and value',
    change: ({ spec: it }) => it.tolerations.push({ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }),
    message: TOLERATION,
  },
  {
    what: 'a dead node tolerated for ever',
    change: ({ spec: it }) =>
      it.tolerations.push({ key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' }),
    message: TOLERATION,
  },
  {
    what: 'a node tolerated that is not ready, for new Pods',
    change: ({ spec: it }) =>
      it.tolerations.push({ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoSchedule' }),
    message: TOLERATION,
  },
  {
    what: 'another node selector',
    change: ({ spec: it }) => (it.nodeSelector['example.com/sandboxes'] = 'no'),
    message: NODE_SELECTOR,
  },
  { what: 'no node selector', change: ({ spec: it }) => delete it.nodeSelector, message: NODE_SELECTOR },
  {
    what: 'a node of its choice',
    change: spec({ nodeName: 'node' }),
    message: `${S} may not choose its node by nodeName`,
  },
  {
    what: 'a privileged container',
    change: context({ privileged: true, allowPrivilegeEscalation: false }),
    message: `no container ${OF} may be privileged`,
    // Together with allowPrivilegeEscalation.
    isInvalid: true,
  },
  { what: 'privileges to gain', change: context({ allowPrivilegeEscalation: true }), message: ESCALATION },
  {
    what: 'no word about privileges to gain',
    change: container((it) => delete it.securityContext.allowPrivilegeEscalation),
    message: ESCALATION,
  },
  {
    what: 'a root file system to write to',
    change: context({ readOnlyRootFilesystem: false }),
    message: READ_ONLY_ROOT,
  },
  {
    what: 'no word about the root file system',
    change: container((it) => delete it.securityContext.readOnlyRootFilesystem),
    message: READ_ONLY_ROOT,
  },
  {
    what: 'a capability',
    change: context({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }),
    message: `no container ${OF} may add a capability that the profile does not add`,
  },
  { what: 'capabilities that are left', change: context({ capabilities: { drop: ['CHOWN'] } }), message: DROP },
  { what: 'no capability dropped', change: context({ capabilities: {} }), message: DROP },
  {
    what: 'another seccomp profile',
    change: podContext({ seccompProfile: { type: 'Unconfined' } }),
    message: SECCOMP,
  },
  { what: 'no seccomp profile', change: ({ spec: it }) => delete it.securityContext.seccompProfile, message: SECCOMP },
  {
    what: "a container's own seccomp profile",
    change: context({ seccompProfile: { type: 'Unconfined' } }),
    message: OWN_SECCOMP,
  },
  { what: 'root allowed', change: podContext({ runAsNonRoot: false }), message: ROOT },
  { what: 'no word about root', change: ({ spec: it }) => delete it.securityContext.runAsNonRoot, message: ROOT },
  {
    what: 'a container that may be root',
    change: context({ runAsNonRoot: false }),
    message: `no container ${OF} may set runAsNonRoot to false`,
  },
  { what: 'another user', change: podContext({ runAsUser: 1 }), message: IDS },
  { what: "the image's user", change: ({ spec: it }) => delete it.securityContext.runAsUser, message: IDS },
  { what: 'another group', change: podContext({ runAsGroup: 1 }), message: IDS },
  { what: 'another group of the volumes', change: podContext({ fsGroup: 1 }), message: IDS },
  { what: 'a user of a container', change: context({ runAsUser: 1 }), message: OWN_IDS },
  { what: 'a group of a container', change: context({ runAsGroup: 1 }), message: OWN_IDS },
  { what: 'further groups', change: podContext({ supplementalGroups: [6] }), message: POD_CONTEXT },
  { what: "a container's SELinux type", change: context({ seLinuxOptions: { type: 'spc_t' } }), message: CONTEXT },
  {
    what: 'all of /proc',
    change: context({ procMount: 'Unmasked' }),
    message: `no container ${OF} may see more of /proc than others`,
  },
  {
    what: 'another container',
    change: ({ spec: it }) => it.containers.push({ ...structuredClone(it.containers[0]), name: 'another' }),
    message: `${S} may have these containers: only home, collector, runtime`,
  },
  {
    what: 'an image of its choice',
    change: container((it) => (it.image = 'docker.io/library/busybox:1.35')),
    message: IMAGES,
  },
  {
    what: "the collector's image for the program",
    change: ({ spec: it }) => (it.containers[0].image = collectorOf(it).image),
    message: IMAGES,
  },
  {
    what: 'a block device',
    change: ({ spec: it }) => {
      it.volumes.push({ name: 'block', persistentVolumeClaim: { claimName: 'shared' } });
      it.containers[0].volumeDevices = [{ name: 'block', devicePath: '/dev/block' }];
    },
    message: `no container ${OF} may have a field that the profile's own has not`,
    isInvalid: true,
  },
  {
    what: 'a port of the node',
    change: container((it) => (it.ports[0].hostPort = 8000)),
    message: `no container ${OF} may open a port of the node`,
  },
  ...(['livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap((probe): Break[] => [
    {
      what: `a ${probe} that asks another host over HTTP`,
      change: container(
        (it) => (it[probe] = { httpGet: { host: '169.254.169.254', path: '/', port: 80, scheme: 'HTTP' } }),
      ),
      message: HANDLER,
    },
    {
      what: `a ${probe} that connects to another host`,
      change: container((it) => (it[probe] = { tcpSocket: { host: '169.254.169.254', port: 80 } })),
      message: HANDLER,
    },
  ]),
  ...(['postStart', 'preStop'] as const).flatMap((hook): Break[] => [
    {
      what: `a ${hook} hook that asks another host over HTTP`,
      change: container(
        (it) =>
          (it.lifecycle = { [hook]: { httpGet: { host: '169.254.169.254', path: '/', port: 80, scheme: 'HTTP' } } }),
      ),
      message: HANDLER,
    },
    {
      what: `a ${hook} hook that connects to another host`,
      change: container((it) => (it.lifecycle = { [hook]: { tcpSocket: { host: '169.254.169.254', port: 80 } } })),
      message: HANDLER,
    },
  ]),
  ...['cpu', 'memory', 'ephemeral-storage'].flatMap((resource): Break[] => [
    {
      what: `no limit of ${resource}`,
      change: container((it) => Reflect.deleteProperty(it.resources.limits, resource)),
      message: LIMITS,
    },
    {
      what: `a higher limit of ${resource}`,
      change: container((it) => (it.resources.limits[resource] = '1Ti')),
      message: LIMITS,
    },
    {
      what: `a request of ${resource} above the limit`,
      change: container((it) => (it.resources.requests[resource] = '1Ti')),
      message: REQUESTS,
      isInvalid: true,
    },
  ]),
  { what: 'no limits', change: container((it) => delete it.resources.limits), message: LIMITS },
  {
    what: 'a device',
    change: container((it) => {
      it.resources.limits['nvidia.com/gpu'] = '1';
      it.resources.requests['nvidia.com/gpu'] = '1';
    }),
    message: RESOURCES,
  },
  {
    what: 'a device that is only requested',
    change: container((it) => (it.resources.requests['nvidia.com/gpu'] = '1')),
    message: RESOURCES,
    isInvalid: true,
  },
  {
    what: 'a claim of devices',
    change: container((it) => (it.resources.claims = [{ name: 'gpu' }])),
    message: RESOURCES,
    isInvalid: true,
  },
  { what: "another Secret's entry", change: secret('another', 'key'), message: ENTRY },
  { what: "another entry of the profile's Secret", change: secret('model', 'another'), message: ENTRY },
  { what: "another session's key", change: secret('openhands-session-keys', 'another.api-key'), message: ENTRY },
  { what: "the pool's key", change: secret('openhands-session-keys', 'openhands-runtime.api-key'), message: ENTRY },
  {
    what: "a Secret's entry for the collector",
    change: collector((it) => it.env.push({ name: 'A', valueFrom: { secretKeyRef: { name: 'model', key: 'key' } } })),
    message: ENTRY,
  },
  {
    what: "a ConfigMap's entry",
    change: env({ configMapKeyRef: { name: 'another', key: 'key' } }),
    message: `no container ${OF} may read an entry of a ConfigMap that the profile's own does not`,
  },
  {
    what: 'every entry of a Secret',
    change: envFrom({ secretRef: { name: 'model' } }),
    message: `no container ${OF} may take its variables from a Secret that the profile's own does not`,
  },
  {
    what: 'every entry of a ConfigMap',
    change: envFrom({ configMapRef: { name: 'another' } }),
    message: `no container ${OF} may take its variables from a ConfigMap that the profile's own does not`,
  },
  { what: 'a volume of a server', change: volume({ nfs: { server: 'nfs.example.com', path: '/' } }), message: VOLUME },
  { what: 'a volume of a driver', change: volume({ csi: { driver: 'secrets-store.csi.k8s.io' } }), message: VOLUME },
  {
    what: 'a volume of an image',
    change: volume({ image: { reference: 'example.com/any:1' } }),
    message: VOLUME,
    isInvalid: true,
  },
  {
    what: "the cluster's certificates",
    change: projected({ clusterTrustBundle: { name: 'any', path: 'ca' } }),
    message: SOURCES,
    isInvalid: true,
  },
  {
    what: "another session's claim",
    change: volume({ persistentVolumeClaim: { claimName: 'openhands-runtime-another-pvc' } }),
    message: `${S} may mount these claims: only openhands-runtime-<session>-pvc, shared`,
  },
  {
    what: 'a path of the node',
    change: volume({ hostPath: { path: '/', type: '' } }),
    message: `${S} may not mount a path of the node`,
  },
  { what: 'a Secret', change: volume({ secret: { secretName: 'another' } }), message: SECRET },
  {
    what: 'a Secret that is there for a variable',
    change: volume({ secret: { secretName: 'model' } }),
    message: SECRET,
  },
  {
    what: 'the whole of a Secret of which the profile takes entries',
    change: volume({ secret: { secretName: 'openhands-elasticsearch' } }),
    message: SECRET,
  },
  {
    what: "another entry of the profile's Secret as a file",
    change: volume({ secret: { secretName: 'openhands-elasticsearch', items: [{ key: 'another', path: 'a' }] } }),
    message: SECRET,
  },
  { what: 'a Secret among others', change: projected({ secret: { name: 'another' } }), message: SECRET },
  { what: 'a ConfigMap', change: volume({ configMap: { name: 'another' } }), message: CONFIG_MAP },
  { what: 'a ConfigMap among others', change: projected({ configMap: { name: 'another' } }), message: CONFIG_MAP },
  {
    what: "the collector's password for the program",
    change: container((it) => it.volumeMounts.push({ name: 'elasticsearch', mountPath: '/password' })),
    message: OWN_SECRET,
  },
  {
    what: "the collector's password for the program, among others",
    change: ({ spec: it }) => {
      it.volumes.push({
        name: 'another',
        projected: {
          sources: [{ secret: { name: 'openhands-elasticsearch', items: [{ key: 'password', path: 'p' }] } }],
        },
      });
      it.containers[0].volumeMounts.push({ name: 'another', mountPath: '/password' });
    },
    message: OWN_SECRET,
  },
  {
    what: 'a read-only claim to write to',
    change: container((it) => delete it.volumeMounts.find(({ name }: Rendered) => name === 'volume-1').readOnly),
    message: WRITE,
  },
];
