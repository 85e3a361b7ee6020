import { runtimeClassName } from '../../config/runtime-class';
import { parseTolerations } from '../../config/schema/tolerations';
import type { k8s } from '../k8s';
import { nameServer, proxyVariables } from '../egress/sandbox';
import { RUNTIME } from '../labels';
import { collectorSidecar, sidecarOf } from '../logging/sidecar';
import { podAvailability, type Equals } from '../scheduling/availability';
import { homeContainer } from './home';
import { literal } from './literal';
import { llmParts } from './llm-profile';
import { hasReadOnlyRoot, isOpenHands062, isPrivileged, type Program, type SandboxTables } from './program';
import { GPU, sandboxResources } from './resources';
import { containerSecurityContext, podSecurityContext, type SecurityContextProps } from './security-context';
import { CACHE, sandboxVolumes, WORKSPACE, type Workspace } from './volumes';

export interface SandboxPodProps {
  readonly tables: SandboxTables;
  /** What runs in it, with the keys of the session or pool that it belongs to. */
  readonly program: Program;
  readonly workspace: Workspace;
  /** Those among which it is spread, where availability is high. */
  readonly equals: Equals;
  /** Others share its Service: before it stops it waits until none of them sends it requests. @default false */
  readonly isShared?: boolean;
  readonly restartPolicy: 'Always' | 'Never';
}

function securityContextProps(tables: SandboxTables, program: Program): SecurityContextProps {
  const { sandbox, deploy } = tables;
  const standard = deploy.security.pod_security_standard;
  const kwargs = sandbox.docker_runtime_kwargs;
  const needed = standard === 'privileged' ? [] : program.capabilities;
  return {
    standard,
    privileged: isPrivileged(tables),
    readOnlyRootFilesystem: hasReadOnlyRoot(tables),
    userId: program.userId,
    fsGroup: program.fsGroup,
    capabilities: [...new Set([...needed, ...kwargs.cap_add])],
  };
}

/** The program's variables, then the profile's in their order; one that the profile names too is the profile's. */
export function sandboxEnvironment({ sandbox, deploy }: SandboxTables, program: Program): k8s.EnvVar[] {
  const own = sandbox.runtime_startup_env_vars;
  const variables = [
    ...[...program.env, ...proxyVariables(deploy.network)].filter(({ name }) => !Object.hasOwn(own, name)),
    ...Object.entries(own).map(([name, value]): k8s.EnvVar =>
      typeof value === 'string'
        ? { name, value }
        : { name, valueFrom: { secretKeyRef: { name: value.secret, key: value.key } } },
    ),
  ];
  // OpenHands 0.62 wrote values as they are, and Kubernetes made of them what it makes.
  if (deploy.contract === 'action-execution-server') return variables;
  return variables.map((it) => (it.value === undefined ? it : { ...it, value: literal(it.value) }));
}

/** On which nodes it may run, apart from what its RuntimeClass says. */
export function sandboxPlacement(
  { kubernetes, sandbox }: SandboxTables,
  added: readonly k8s.Toleration[] = [],
): Pick<k8s.PodSpec, 'nodeSelector' | 'tolerations'> {
  const [os, architecture] = sandbox.platform?.split('/') ?? [];
  const nodeSelector = {
    ...(kubernetes.node_selector_key && { [kubernetes.node_selector_key]: kubernetes.node_selector_val! }),
    ...(os && architecture && { 'kubernetes.io/os': os, 'kubernetes.io/arch': architecture }),
  };
  const tolerations = [
    ...(kubernetes.tolerations_yaml ? parseTolerations(kubernetes.tolerations_yaml).tolerations : []),
    ...(sandbox.enable_gpu ? [{ key: GPU, operator: 'Exists', effect: 'NoSchedule' }] : []),
    ...added,
  ];
  return {
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector }),
    ...(tolerations.length > 0 && { tolerations }),
  };
}

/** Lines for /etc/hosts, one for each address, as the API server wants them. */
function hostAliases(hosts: readonly (readonly [string, string])[]): k8s.HostAlias[] {
  const addresses = [...new Set(hosts.map(([, ip]) => ip))];
  return addresses.map((ip) => ({ ip, hostnames: hosts.filter(([, it]) => it === ip).map(([host]) => host) }));
}

/** The node's network, host names and name servers, as far as the profile changes them. */
function networking({ sandbox, deploy }: SandboxTables) {
  const { extra_hosts, dns } = sandbox.docker_runtime_kwargs;
  return {
    ...(sandbox.use_host_network && { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }),
    ...(extra_hosts.length > 0 && { hostAliases: hostAliases(extra_hosts) }),
    ...(dns.length > 0 && { dnsPolicy: 'None', dnsConfig: { nameservers: [...dns] } }),
    ...nameServer(deploy.network),
  };
}

function container(
  tables: SandboxTables,
  program: Program,
  volumeMounts: k8s.VolumeMount[],
  isShared: boolean,
  postStart?: k8s.LifecycleHandler,
): k8s.Container {
  const preStop = isShared ? { exec: { command: ['sleep', String(PRE_STOP_SECONDS)] } } : undefined;
  return {
    name: 'runtime',
    image: program.image,
    ...(tables.sandbox.force_rebuild_runtime && { imagePullPolicy: 'Always' }),
    command: program.command,
    args: program.args,
    workingDir: program.workingDir,
    ports: [
      { name: 'http', containerPort: program.apiPort },
      { name: 'vscode', containerPort: program.editorPort },
      ...program.otherPorts.map((containerPort) => ({ containerPort })),
    ],
    env: sandboxEnvironment(tables, program),
    resources: sandboxResources(tables),
    startupProbe: program.startupProbe,
    readinessProbe: program.readinessProbe,
    livenessProbe: program.livenessProbe,
    ...((postStart || preStop) && { lifecycle: { postStart, preStop } }),
    securityContext: containerSecurityContext(securityContextProps(tables, program)),
    volumeMounts,
  };
}

/** Endpoints take a moment to be forgotten everywhere. */
const PRE_STOP_SECONDS = 5;

const gracePeriod = ({ terminationGracePeriodSeconds: seconds }: Program, isShared: boolean) =>
  seconds === undefined ? undefined : seconds + (isShared ? PRE_STOP_SECONDS : 0);

/**
 * The Pod of a sandbox, the same for every session and pool, whatever runs it.
 *
 * Under the standard `privileged` the action execution server's Pod is OpenHands 0.62's, field for field.
 */
export function sandboxPod(props: SandboxPodProps): k8s.PodSpec {
  const { tables, program, workspace, restartPolicy, equals, isShared = false } = props;
  const { kubernetes, deploy } = tables;
  const availability = podAvailability(tables, equals);
  const { volumes, volumeMounts } = sandboxVolumes(tables, program, workspace);
  const sidecar = collectorSidecar(tables, volumeMounts);
  const llm = llmParts(tables, program.apiPort);
  const main = container(tables, program, [...volumeMounts, ...(llm?.volumeMounts ?? [])], isShared, llm?.postStart);
  const initContainers = [...homeContainer(main), ...(sidecar?.initContainers ?? [])];
  return {
    ...(!isOpenHands062(tables) && {
      serviceAccountName: RUNTIME,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: gracePeriod(program, isShared),
    }),
    restartPolicy,
    runtimeClassName: runtimeClassName(tables),
    hostUsers: deploy.security.host_users,
    ...sandboxPlacement(tables, availability.tolerations),
    ...availability.spec,
    ...networking(tables),
    ...(kubernetes.image_pull_secret && { imagePullSecrets: [{ name: kubernetes.image_pull_secret }] }),
    securityContext: podSecurityContext(securityContextProps(tables, program)),
    ...(initContainers.length > 0 && { initContainers }),
    containers: [main],
    volumes: [...volumes, ...(llm?.volumes ?? []), ...(sidecar?.volumes ?? [])],
  };
}

/**
 * Annotations of a sandbox's Pod: further networks, by Multus, and a word to the cluster's autoscaler and to Velero.
 *
 * @param hasScratchWorkspace its workspace goes with it
 */
export function sandboxPodAnnotations(
  tables: SandboxTables,
  program: Program,
  hasScratchWorkspace = false,
): Record<string, string> | undefined {
  const { sandbox, deploy } = tables;
  const scratch = [
    ...program.scratch.map(({ name }) => name),
    ...(program.home === undefined ? [] : [CACHE]),
    'shm',
    ...(sidecarOf(tables) ? ['storage'] : []),
  ];
  const annotations = {
    ...(sandbox.additional_networks.length > 0 && {
      'k8s.v1.cni.cncf.io/networks': sandbox.additional_networks.join(', '),
    }),
    // Work that is under way is worth more than an empty node.
    ...(deploy.high_availability && { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' }),
    // Velero would copy the scratch volumes too, file by file.
    ...(deploy.recovery?.backup?.volumes === 'file-system' && {
      'backup.velero.io/backup-volumes-excludes': [...scratch, ...(hasScratchWorkspace ? [WORKSPACE] : [])].join(','),
    }),
  };
  return Object.keys(annotations).length > 0 ? annotations : undefined;
}
