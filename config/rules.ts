import { contains, METADATA_ADDRESSES, privateRangesIn } from './addresses';
import type { Problem } from './refusal';
import type { PodSecurityStandard } from './schema/deploy';
import type { ProfileTables } from './schema/profile';
import { amount } from './schema/values';
import { parseVolumes } from './schema/volumes';
import type { Path } from './toml';

/** A rule between fields that does not hold, at the field to change first. */
export interface BrokenRule extends Problem {
  /** The other fields that the rule is about. */
  readonly others: readonly Path[];
}

const STANDARD: Path = ['deploy', 'security', 'pod_security_standard'];

const BASELINE_CAPABILITIES =
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT';

/** Capabilities that a Pod may add. https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
const CAPABILITIES: Readonly<Record<Exclude<PodSecurityStandard, 'privileged'>, readonly string[]>> = {
  baseline: BASELINE_CAPABILITIES.split(' '),
  restricted: ['NET_BIND_SERVICE'],
};

const broken = (path: Path, text: string, ...others: Path[]): BrokenRule => ({ path, text, others });

/** What asks for more than the Pod Security Standard allows. */
function* beyondTheStandard({ kubernetes, sandbox, deploy }: ProfileTables): Generator<BrokenRule> {
  const standard = deploy.security.pod_security_standard;
  if (standard === 'privileged') return;
  const forbidden = (path: Path, what: string, got: unknown) =>
    broken(
      path,
      `${what} needs deploy.security.pod_security_standard = "privileged", which is "${standard}", got ${String(got)}`,
      STANDARD,
    );
  if (kubernetes.privileged) yield forbidden(['kubernetes', 'privileged'], 'a privileged container', true);
  const kwargs: Path = ['sandbox', 'docker_runtime_kwargs'];
  if (sandbox.docker_runtime_kwargs.privileged)
    yield forbidden([...kwargs, 'privileged'], 'a privileged container', true);
  if (sandbox.use_host_network) yield forbidden(['sandbox', 'use_host_network'], "the node's network", true);
  for (const capability of sandbox.docker_runtime_kwargs.cap_add) {
    if (CAPABILITIES[standard].includes(capability)) continue;
    yield forbidden([...kwargs, 'cap_add'], 'this capability', capability);
  }
  for (const { source } of parseVolumes(sandbox.volumes ?? '').mounts) {
    if ('hostPath' in source) yield forbidden(['sandbox', 'volumes'], 'a path of the node', source.hostPath);
  }
}

function* resources({ kubernetes, sandbox, deploy }: ProfileTables): Generator<BrokenRule> {
  const { mem_limit, nano_cpus } = sandbox.docker_runtime_kwargs;
  const request: Path = ['kubernetes', 'resource_memory_request'];
  const limit = mem_limit ?? kubernetes.resource_memory_limit;
  if (amount(limit) < amount(kubernetes.resource_memory_request)) {
    yield broken(
      mem_limit === undefined
        ? ['kubernetes', 'resource_memory_limit']
        : ['sandbox', 'docker_runtime_kwargs', 'mem_limit'],
      `must be at least resource_memory_request (${kubernetes.resource_memory_request}), got ${limit}`,
      request,
    );
  }
  const cpuLimit = nano_cpus === undefined ? deploy.resources.cpu_limit : `${nano_cpus / 1e6}m`;
  if (cpuLimit !== undefined && amount(cpuLimit) < amount(kubernetes.resource_cpu_request)) {
    yield broken(
      nano_cpus === undefined
        ? ['deploy', 'resources', 'cpu_limit']
        : ['sandbox', 'docker_runtime_kwargs', 'nano_cpus'],
      `must be at least resource_cpu_request (${kubernetes.resource_cpu_request}), got ${cpuLimit}`,
      ['kubernetes', 'resource_cpu_request'],
    );
  }
  const { ephemeral_storage_request, ephemeral_storage_limit } = deploy.resources;
  if (amount(ephemeral_storage_limit) < amount(ephemeral_storage_request)) {
    yield broken(
      ['deploy', 'resources', 'ephemeral_storage_limit'],
      `must be at least ephemeral_storage_request (${ephemeral_storage_request}), got ${ephemeral_storage_limit}`,
      ['deploy', 'resources', 'ephemeral_storage_request'],
    );
  }
}

function* scheduling({ kubernetes, sandbox }: ProfileTables): Generator<BrokenRule> {
  const { node_selector_key: key, node_selector_val: value } = kubernetes;
  const keyPath: Path = ['kubernetes', 'node_selector_key'];
  const valuePath: Path = ['kubernetes', 'node_selector_val'];
  if (key !== undefined && value === undefined) {
    yield broken(keyPath, `must come with node_selector_val, got ${key} alone`, valuePath);
  }
  if (key === undefined && value !== undefined) {
    yield broken(valuePath, `must come with node_selector_key, got ${value} alone`, keyPath);
  }
  if (sandbox.platform && (key === 'kubernetes.io/os' || key === 'kubernetes.io/arch')) {
    yield broken(
      ['sandbox', 'platform'],
      `selects nodes by ${key} too, got ${sandbox.platform} and ${value}`,
      keyPath,
      valuePath,
    );
  }
}

function* sessions({ kubernetes, sandbox, deploy }: ProfileTables): Generator<BrokenRule> {
  for (const [index, session] of deploy.sessions.entries()) {
    const path: Path = ['deploy', 'sessions', index];
    if (deploy.sessions.indexOf(session) < index)
      yield broken(path, `must differ from the others, got ${session} twice`);
    const host = `${session}.${kubernetes.ingress_domain}`;
    if (host.length > 253) {
      yield broken(path, `must leave a host name of at most 253 characters, got ${host.length}`, [
        'kubernetes',
        'ingress_domain',
      ]);
    }
  }
  if (/^kube-/.test(kubernetes.namespace)) {
    yield broken(['kubernetes', 'namespace'], `must not be one of Kubernetes's own, got ${kubernetes.namespace}`);
  }
  const taken = { 'agent-server': [8000, 8011, 8012], 'action-execution-server': [8080, 30082, 30083] }[
    deploy.contract
  ];
  if (sandbox.vscode_port !== undefined && taken.includes(sandbox.vscode_port)) {
    yield broken(
      ['sandbox', 'vscode_port'],
      `must be a port that ${deploy.contract} leaves free, got ${sandbox.vscode_port}`,
      ['deploy', 'contract'],
    );
  }
}

function* volumes({ core, sandbox, deploy }: ProfileTables): Generator<BrokenRule> {
  for (const { mountPath, readOnly } of parseVolumes(sandbox.volumes ?? '').mounts) {
    if (readOnly && mountPath === core.workspace_mount_path_in_sandbox && deploy.contract === 'agent-server') {
      yield broken(
        ['sandbox', 'volumes'],
        `must leave the workspace writable for the agent-server, got ${mountPath}:ro`,
        ['deploy', 'contract'],
      );
    }
    if (mountPath === '/dev/shm' && sandbox.docker_runtime_kwargs.shm_size !== undefined) {
      yield broken(['sandbox', 'volumes'], 'must leave /dev/shm to docker_runtime_kwargs.shm_size, got it twice', [
        'sandbox',
        'docker_runtime_kwargs',
        'shm_size',
      ]);
    }
  }
}

function* isolation({ sandbox, deploy }: ProfileTables): Generator<BrokenRule> {
  const path: Path = ['deploy', 'security', 'runtime_class'];
  const { runtime_class, host_users } = deploy.security;
  const openhandsClass = sandbox.remote_runtime_class;
  if (runtime_class !== undefined && openhandsClass !== undefined && openhandsClass !== 'none') {
    yield broken(
      path,
      `must be left out beside sandbox.remote_runtime_class (${openhandsClass}), got ${runtime_class}`,
      ['sandbox', 'remote_runtime_class'],
    );
  }
  if (host_users === false && sandbox.use_host_network) {
    yield broken(['deploy', 'security', 'host_users'], "must not be false with the node's network, got false", [
      'sandbox',
      'use_host_network',
    ]);
  }
  if (runtime_class !== undefined && /kata/.test(runtime_class) && sandbox.use_host_network) {
    yield broken(path, `is a virtual machine and has no use of the node's network, got ${runtime_class}`, [
      'sandbox',
      'use_host_network',
    ]);
  }
}

/** Docker in Docker needs no privileged container under sysbox, and a privileged one is not isolated by it. */
function* sysbox({ kubernetes, sandbox, deploy }: ProfileTables): Generator<BrokenRule> {
  const isSysbox = /sysbox/.test(deploy.security.runtime_class ?? sandbox.remote_runtime_class ?? '');
  if (isSysbox && kubernetes.privileged) {
    yield broken(['kubernetes', 'privileged'], 'must be false under sysbox, which runs Docker without it, got true', [
      'deploy',
      'security',
      'runtime_class',
    ]);
  }
}

/** Ranges of a family that the cluster's Pods do not have. */
function* families({ deploy }: ProfileTables): Generator<BrokenRule> {
  const { ip_families, clients, ingress_controllers, egress } = deploy.network;
  const lists = { clients, ingress_controllers, egress: typeof egress === 'string' ? [] : egress };
  for (const [name, peers] of Object.entries(lists)) {
    for (const [index, peer] of peers.entries()) {
      const family = 'cidr' in peer && (peer.cidr.includes(':') ? 'IPv6' : 'IPv4');
      if (!family || ip_families.includes(family)) continue;
      yield broken(
        ['deploy', 'network', name, index, 'cidr'],
        `is ${family}, which deploy.network.ip_families leaves out`,
        ['deploy', 'network', 'ip_families'],
      );
    }
  }
}

function* egress({ deploy }: ProfileTables): Generator<BrokenRule> {
  if (typeof deploy.network.egress === 'string') return;
  for (const [index, rule] of deploy.network.egress.entries()) {
    if (!('cidr' in rule)) continue;
    const path: Path = ['deploy', 'network', 'egress', index, 'cidr'];
    const metadata = METADATA_ADDRESSES.find((address) => contains(address, rule.cidr));
    if (metadata !== undefined) {
      yield broken(path, `must not be a cloud's metadata address, got ${rule.cidr}`);
    } else if (!rule.allow_private && privateRangesIn(rule.cidr).length > 0) {
      const ranges = privateRangesIn(rule.cidr).join(', ');
      yield broken(path, `reaches into ${ranges}: say allow_private = true, or leave it out, got ${rule.cidr}`);
    }
  }
}

function* exposure({ kubernetes, deploy }: ProfileTables): Generator<BrokenRule> {
  const { kind, api, cluster_issuer, gateway } = deploy.ingress;
  const kindPath: Path = ['deploy', 'ingress', 'kind'];
  if (cluster_issuer !== undefined && kubernetes.ingress_tls_secret === undefined) {
    yield broken(
      ['deploy', 'ingress', 'cluster_issuer'],
      `must come with kubernetes.ingress_tls_secret, the Secret that it fills, got ${cluster_issuer} alone`,
      ['kubernetes', 'ingress_tls_secret'],
    );
  }
  if (kind === 'HTTPRoute' && (gateway.class_name === undefined) === (gateway.namespace === undefined)) {
    yield broken(
      kindPath,
      'HTTPRoute needs deploy.ingress.gateway.class_name (to make a Gateway) or .namespace (of one that exists), ' +
        `got ${gateway.class_name === undefined ? 'neither' : 'both'}`,
      ['deploy', 'ingress', 'gateway'],
    );
  }
  if (!api) return;
  const apiPath: Path = ['deploy', 'ingress', 'api'];
  if (kind === 'none') yield broken(apiPath, 'must be false with kind = "none", got true', kindPath);
  if (deploy.contract !== 'agent-server') {
    yield broken(apiPath, `must be false under contract ${deploy.contract}, which knows no session key, got true`, [
      'deploy',
      'contract',
    ]);
  } else if (deploy.secrets.session_keys !== 'required') {
    yield broken(apiPath, 'must come with deploy.secrets.session_keys = "required", got true with optional keys', [
      'deploy',
      'secrets',
      'session_keys',
    ]);
  }
  for (const session of deploy.sessions.filter((it) => deploy.sessions.includes(`${it}-api`))) {
    yield broken(apiPath, `takes the host name of session ${session}-api for the API of ${session}, got true`, [
      'deploy',
      'sessions',
    ]);
  }
}

/** The sandboxes that a profile grows to by itself. */
export const sandboxesOf = ({ sessions, pool, autoscaling }: ProfileTables['deploy']): number =>
  sessions.length + (pool ? (autoscaling?.max_replicas ?? pool.replicas) : 0);

function* managers({ deploy }: ProfileTables): Generator<BrokenRule> {
  const { managers } = deploy.access;
  for (const [index, manager] of managers.entries()) {
    if (managers.indexOf(manager) === index) continue;
    yield broken(['deploy', 'access', 'managers', index], `must differ from the others, got ${manager} twice`);
  }
}

function* bounds({ deploy }: ProfileTables): Generator<BrokenRule> {
  const { quota, devbox, security } = deploy;
  if (quota !== undefined && quota.max_sandboxes < sandboxesOf(deploy)) {
    yield broken(
      ['deploy', 'quota', 'max_sandboxes'],
      `must be at least the sandboxes of the profile (${sandboxesOf(deploy)}), got ${quota.max_sandboxes}`,
      ['deploy', 'sessions'],
      ['deploy', 'pool'],
      ['deploy', 'autoscaling'],
    );
  }
  if (security.admission_policy && devbox !== undefined) {
    yield broken(
      ['deploy', 'security', 'admission_policy'],
      'would refuse the dev box, which mounts a token, got true',
      ['deploy', 'devbox'],
    );
  }
}

const POOL: Path = ['deploy', 'pool'];

function* pool({ core, sandbox, deploy }: ProfileTables): Generator<BrokenRule> {
  const { pool, sessions, session_workload, contract, secrets } = deploy;
  const workload: Path = [...POOL, 'workload'];
  const contractPath: Path = ['deploy', 'contract'];
  if (contract !== 'agent-server' && pool?.workload === 'SandboxWarmPool') {
    yield broken(workload, `SandboxWarmPool needs contract agent-server, got ${contract}`, contractPath);
  }
  if (contract !== 'agent-server' && session_workload === 'Sandbox') {
    yield broken(['deploy', 'session_workload'], `Sandbox needs contract agent-server, got ${contract}`, contractPath);
  }
  if (pool?.service_type === 'LoadBalancer' && (contract !== 'agent-server' || secrets.session_keys !== 'required')) {
    yield broken(
      [...POOL, 'service_type'],
      'LoadBalancer needs contract agent-server with deploy.secrets.session_keys = "required": anybody may call it',
      contractPath,
      ['deploy', 'secrets', 'session_keys'],
    );
  }
  const isShared = sessions.length + (pool ? 2 : 0) > 1;
  for (const { source, mountPath } of parseVolumes(sandbox.volumes ?? '').mounts) {
    if (!isShared || !('claimName' in source) || mountPath !== core.workspace_mount_path_in_sandbox) continue;
    yield broken(
      ['sandbox', 'volumes'],
      `must not give one claim to several sandboxes: a ReadWriteOnce workspace has one Pod, got ${source.claimName}`,
      ['deploy', 'sessions'],
      POOL,
    );
  }
}

function* scaling({ deploy }: ProfileTables): Generator<BrokenRule> {
  const { pool, autoscaling, high_availability } = deploy;
  const path: Path = ['deploy', 'autoscaling'];
  const minimum: Path = autoscaling ? [...path, 'min_replicas'] : [...POOL, 'replicas'];
  const least = autoscaling?.min_replicas ?? pool?.replicas ?? 0;
  if (autoscaling !== undefined) {
    const { min_replicas, max_replicas, external_metric } = autoscaling;
    if (pool === undefined) yield broken(path, 'needs a pool to scale: add [deploy.pool]', POOL);
    if (min_replicas >= max_replicas) {
      yield broken(minimum, `must be under max_replicas (${max_replicas}), got ${min_replicas}`, [
        ...path,
        'max_replicas',
      ]);
    }
    if (pool?.workload === 'SandboxWarmPool' && external_metric === undefined) {
      yield broken(
        path,
        'needs external_metric, such as the rate of claims: the CPU of sandboxes that wait to be claimed is idle',
        [...POOL, 'workload'],
      );
    }
  }
  if (high_availability === undefined) return;
  const available: Path = ['deploy', 'high_availability'];
  if (pool === undefined) yield broken(available, 'needs a pool: add [deploy.pool]', POOL);
  else if (least < 2)
    yield broken(minimum, `must be at least 2 with deploy.high_availability, got ${least}`, available);
  const { max_unavailable, min_available } = high_availability;
  if (max_unavailable !== undefined && min_available !== undefined) {
    yield broken([...available, 'min_available'], 'must be left out beside max_unavailable, got both', [
      ...available,
      'max_unavailable',
    ]);
  }
  if (max_unavailable === 0) {
    yield broken([...available, 'max_unavailable'], 'must be at least 1, or no node can be drained, got 0');
  }
  if (min_available !== undefined && min_available >= least) {
    yield broken(
      [...available, 'min_available'],
      `must be under the pool's least size (${least}), or no node can be drained, got ${min_available}`,
      minimum,
    );
  }
  if (min_available === 0) yield broken([...available, 'min_available'], 'must be at least 1, got 0');
}

const RULES = [
  beyondTheStandard,
  resources,
  scheduling,
  sessions,
  volumes,
  isolation,
  sysbox,
  families,
  egress,
  exposure,
  managers,
  bounds,
  pool,
  scaling,
];

/** Every rule between fields that this profile breaks. */
export const brokenRules = (profile: ProfileTables): BrokenRule[] => RULES.flatMap((rule) => [...rule(profile)]);
