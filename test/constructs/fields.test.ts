import { KubernetesConfig } from '../../config/schema/kubernetes';
import { SandboxConfig } from '../../config/schema/sandbox';
import { violations } from '../../constructs/policy/policy';
import { renderToml } from '../render';

/** A field, a value that is not its default, and what the profile needs beside it. */
interface FieldCase {
  readonly field: string;
  readonly value: string;
  /** Further lines of the field's own table. */
  readonly beside?: string;
  readonly contract?: 'agent-server' | 'action-execution-server';
  readonly standard?: 'privileged' | 'baseline' | 'restricted';
  readonly workload?: 'Deployment' | 'Pod' | 'Sandbox';
}

const MANIFEST: readonly FieldCase[] = [
  { field: 'kubernetes.namespace', value: '"sandboxes"' },
  { field: 'kubernetes.ingress_domain', value: '"example.com"' },
  { field: 'kubernetes.pvc_storage_size', value: '"5Gi"' },
  { field: 'kubernetes.pvc_storage_class', value: '"fast"' },
  { field: 'kubernetes.resource_cpu_request', value: '"2"' },
  { field: 'kubernetes.resource_memory_request', value: '"2Gi"' },
  { field: 'kubernetes.resource_memory_limit', value: '"3Gi"' },
  { field: 'kubernetes.image_pull_secret', value: '"registry"' },
  { field: 'kubernetes.ingress_tls_secret', value: '"wildcard"' },
  { field: 'kubernetes.node_selector_key', value: '"pool"', beside: 'node_selector_val = "sandboxes"' },
  { field: 'kubernetes.node_selector_val', value: '"sandboxes"', beside: 'node_selector_key = "pool"' },
  { field: 'kubernetes.tolerations_yaml', value: '"- {key: dedicated, operator: Exists}"' },
  { field: 'kubernetes.privileged', value: 'true', standard: 'privileged' },
  { field: 'sandbox.base_container_image', value: '"example.com/base:1"' },
  { field: 'sandbox.runtime_container_image', value: '"example.com/sandbox:1"' },
  { field: 'sandbox.runtime_startup_env_vars', value: '{ A = "b" }' },
  { field: 'sandbox.user_id', value: '20000', standard: 'restricted' },
  { field: 'sandbox.user_id', value: '1000', contract: 'agent-server', standard: 'restricted' },
  { field: 'sandbox.timeout', value: '600', contract: 'agent-server' },
  { field: 'sandbox.pause_closed_runtimes', value: 'false', contract: 'agent-server', workload: 'Sandbox' },
  { field: 'sandbox.remote_runtime_init_timeout', value: '600' },
  { field: 'sandbox.remote_runtime_class', value: '"gvisor"' },
  { field: 'sandbox.remote_runtime_resource_factor', value: '2' },
  { field: 'sandbox.enable_auto_lint', value: 'true' },
  { field: 'sandbox.use_host_network', value: 'true', standard: 'privileged' },
  { field: 'sandbox.additional_networks', value: '["macvlan"]' },
  { field: 'sandbox.force_rebuild_runtime', value: 'true' },
  { field: 'sandbox.initialize_plugins', value: 'false' },
  { field: 'sandbox.browsergym_eval_env', value: '"webarena"' },
  { field: 'sandbox.platform', value: '"linux/arm64"' },
  { field: 'sandbox.enable_gpu', value: 'true' },
  { field: 'sandbox.cuda_visible_devices', value: '"0,1"', beside: 'enable_gpu = true' },
  { field: 'sandbox.docker_runtime_kwargs', value: '{ mem_limit = "4g" }' },
  { field: 'sandbox.docker_runtime_kwargs', value: '{ nano_cpus = 2000000000 }' },
  { field: 'sandbox.docker_runtime_kwargs', value: '{ shm_size = "1g" }' },
  {
    field: 'sandbox.docker_runtime_kwargs',
    value: '{ cap_add = ["FOWNER"] }',
    contract: 'agent-server',
  },
  {
    field: 'sandbox.docker_runtime_kwargs',
    value: '{ cap_add = ["NET_BIND_SERVICE"] }',
    standard: 'restricted',
  },
  {
    field: 'sandbox.docker_runtime_kwargs',
    value: '{ cap_add = ["SYS_ADMIN"] }',
    standard: 'privileged',
  },
  { field: 'sandbox.docker_runtime_kwargs', value: '{ extra_hosts = { db = "192.0.2.1" } }' },
  { field: 'sandbox.docker_runtime_kwargs', value: '{ dns = ["192.0.2.53"] }' },
  { field: 'sandbox.docker_runtime_kwargs', value: '{ privileged = true }', standard: 'privileged' },
  { field: 'sandbox.vscode_port', value: '9000' },
  { field: 'sandbox.volumes', value: '"data:/data"' },
  { field: 'sandbox.volumes', value: '"mine:/workspace"' },
  { field: 'sandbox.volumes', value: '"/srv/data:/data"', standard: 'privileged' },
];

/** What only the OpenHands app reads, or what means nothing on Kubernetes. */
const NO_MANIFEST: readonly FieldCase[] = [
  { field: 'sandbox.keep_runtime_alive', value: 'true' },
  { field: 'sandbox.rm_all_containers', value: 'true' },
  { field: 'sandbox.close_delay', value: '60' },
  { field: 'sandbox.remote_runtime_api_url', value: '"http://example.com"' },
  { field: 'sandbox.remote_runtime_api_timeout', value: '20' },
  { field: 'sandbox.remote_runtime_enable_retries', value: 'false' },
  { field: 'sandbox.api_key', value: '{ secret = "remote", key = "api-key" }' },
  { field: 'sandbox.local_runtime_url', value: '"http://example.com"' },
  { field: 'sandbox.runtime_binding_address', value: '"127.0.0.1"' },
  { field: 'sandbox.runtime_extra_deps', value: '"apt-get install -y jq"' },
  { field: 'sandbox.runtime_extra_build_args', value: '["--squash"]' },
  { field: 'sandbox.selected_repo', value: '"openhands/openhands"' },
  { field: 'sandbox.trusted_dirs', value: '["/srv"]' },
];

function tomlOf({ field, value, beside = '', contract, standard, workload }: FieldCase, isSet: boolean): string {
  const [table, key] = field.split('.') as [string, string];
  const isGpu = beside.includes('enable_gpu');
  return `
[${table}]
${isSet ? `${key} = ${value}\n${beside}` : isGpu ? beside : ''}
[deploy]
contract = "${contract ?? 'action-execution-server'}"
session_workload = "${workload ?? 'Deployment'}"
[deploy.security]
pod_security_standard = "${standard ?? 'baseline'}"
`;
}

const named = (cases: readonly FieldCase[]) => cases.map((it) => ({ ...it, title: `${it.field} = ${it.value}` }));

test('every field of [kubernetes] and [sandbox] has a case here', () => {
  const fields = [
    ...Object.keys(KubernetesConfig.shape).map((key) => `kubernetes.${key}`),
    ...Object.keys(SandboxConfig.shape).map((key) => `sandbox.${key}`),
  ];

  expect([...new Set([...MANIFEST, ...NO_MANIFEST].map(({ field }) => field))].sort()).toEqual(fields.sort());
  expect(fields).toHaveLength(13 + 34);
});

test.each(named(MANIFEST))('$title changes the YAML', (it) => {
  expect(renderToml(tomlOf(it, true)).objects).not.toEqual(renderToml(tomlOf(it, false)).objects);
});

test.each(named(NO_MANIFEST))('$title changes nothing in the YAML', (it) => {
  expect(renderToml(tomlOf(it, true)).objects).toEqual(renderToml(tomlOf(it, false)).objects);
});

test.each(named([...MANIFEST, ...NO_MANIFEST]))('the policy takes $title', (it) => {
  const { objects, profile } = renderToml(tomlOf(it, true));

  expect(violations(objects, profile)).toEqual([]);
});
