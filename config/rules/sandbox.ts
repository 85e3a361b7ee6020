import type { PodSecurityStandard } from '../schema/deploy';
import { cpuLimitOf, memoryLimitOf, type ProfileTables } from '../schema/profile';
import { amount } from '../schema/values';
import { parseVolumes } from '../schema/volumes';
import type { Path } from '../tables';
import { broken, type BrokenRule } from './rule';

const STANDARD: Path = ['deploy', 'security', 'pod_security_standard'];

const BASELINE_CAPABILITIES =
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT';

/** Capabilities that a Pod may add. https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
const CAPABILITIES: Readonly<Record<Exclude<PodSecurityStandard, 'privileged'>, readonly string[]>> = {
  baseline: BASELINE_CAPABILITIES.split(' '),
  restricted: ['NET_BIND_SERVICE'],
};

/** What asks for more than the Pod Security Standard allows. */
export function* beyondTheStandard({ kubernetes, sandbox, deploy }: ProfileTables): Generator<BrokenRule> {
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

export function* resources(profile: ProfileTables): Generator<BrokenRule> {
  const { kubernetes, sandbox, deploy } = profile;
  const { mem_limit, nano_cpus } = sandbox.docker_runtime_kwargs;
  const request: Path = ['kubernetes', 'resource_memory_request'];
  const limit = memoryLimitOf(profile);
  if (amount(limit) < amount(kubernetes.resource_memory_request)) {
    yield broken(
      mem_limit === undefined
        ? ['kubernetes', 'resource_memory_limit']
        : ['sandbox', 'docker_runtime_kwargs', 'mem_limit'],
      `must be at least resource_memory_request (${kubernetes.resource_memory_request}), got ${limit}`,
      request,
    );
  }
  const cpuLimit = cpuLimitOf(profile);
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

export function* scheduling({ kubernetes, sandbox }: ProfileTables): Generator<BrokenRule> {
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

export function* volumes({ core, sandbox, deploy }: ProfileTables): Generator<BrokenRule> {
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

export function* isolation({ sandbox, deploy }: ProfileTables): Generator<BrokenRule> {
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
export function* sysbox({ kubernetes, sandbox, deploy }: ProfileTables): Generator<BrokenRule> {
  const isSysbox = /sysbox/.test(deploy.security.runtime_class ?? sandbox.remote_runtime_class ?? '');
  const asked: readonly (readonly [Path, boolean])[] = [
    [['kubernetes', 'privileged'], kubernetes.privileged],
    [['sandbox', 'docker_runtime_kwargs', 'privileged'], sandbox.docker_runtime_kwargs.privileged],
  ];
  for (const [path] of isSysbox ? asked.filter(([, isPrivileged]) => isPrivileged) : []) {
    yield broken(
      path,
      'must be false under sysbox, which runs Docker without it, got true',
      ['deploy', 'security', 'runtime_class'],
      ['sandbox', 'remote_runtime_class'],
    );
  }
}
