import { load, refusals } from './config-file';

const AGENT_SERVER = '[deploy]\ncontract = "agent-server"\n';
const POOL = '[deploy.pool]\n';

/** A receiver of alerts. */
const receiver = (name: string, severities: string) =>
  `{ name = "${name}", type = "webhook", severities = [${severities}], url = { secret = "alerts", key = "url" } }`;
const RECEIVERS = `[deploy.monitoring.alertmanager]\nreceivers = [${receiver('team', '"critical"')}]`;

describe.each(['baseline', 'restricted'])('under the standard %s', (standard) => {
  test.each([
    ['kubernetes.privileged = true', 'kubernetes.privileged: a privileged container', 'true'],
    [
      'sandbox.docker_runtime_kwargs.privileged = true',
      'sandbox.docker_runtime_kwargs.privileged: a privileged container',
      'true',
    ],
    ['sandbox.use_host_network = true', "sandbox.use_host_network: the node's network", 'true'],
    ['sandbox.volumes = "/src:/dst"', 'sandbox.volumes: a path of the node', '/src'],
    [
      'sandbox.docker_runtime_kwargs.cap_add = ["NET_ADMIN"]',
      'sandbox.docker_runtime_kwargs.cap_add: this capability',
      'NET_ADMIN',
    ],
  ])('%s is refused, naming both fields', (line, what, got) => {
    expect(refusals(`${line}\n[deploy.security]\npod_security_standard = "${standard}"`)).toEqual([
      `config.toml:1: ${what} needs deploy.security.pod_security_standard = "privileged", which is "${standard}", got ${got}`,
    ]);
  });
});

test('under the standard privileged all of it is allowed', () => {
  const text = `
    kubernetes.privileged = true
    [sandbox]
    use_host_network = true
    volumes = "/src:/dst"
    docker_runtime_kwargs = { privileged = true, cap_add = ["NET_ADMIN"] }
    [deploy.security]
    pod_security_standard = "privileged"`;
  expect(() => load(text)).not.toThrow();
});

test.each([
  ['baseline', 'CHOWN', true],
  ['baseline', 'SYS_ADMIN', false],
  ['restricted', 'NET_BIND_SERVICE', true],
  ['restricted', 'CHOWN', false],
])('under %s, capability %s may be added: %s', (standard, capability, allowed) => {
  const text = `sandbox.docker_runtime_kwargs.cap_add = ["${capability}"]
    deploy.security.pod_security_standard = "${standard}"`;
  expect(allowed ? load(text) && [] : refusals(text)).toHaveLength(allowed ? 0 : 1);
});

test('a memory limit under the request is refused at the line of the limit', () => {
  expect(refusals('[kubernetes]\nresource_memory_request = "4Gi"\nresource_memory_limit = "2Gi"')).toEqual([
    'config.toml:3: kubernetes.resource_memory_limit: must be at least resource_memory_request (4Gi), got 2Gi',
  ]);
});

test('a default limit under the request is refused at the table', () => {
  expect(refusals('\n[kubernetes]\nresource_memory_request = "4Gi"')).toEqual([
    'config.toml:2: kubernetes.resource_memory_limit: must be at least resource_memory_request (4Gi), got 2Gi',
  ]);
});

test('quantities are compared by what they amount to', () => {
  expect(() => load('[kubernetes]\nresource_memory_request = "1024Mi"\nresource_memory_limit = "1Gi"')).not.toThrow();
});

test('a field that is wrong by itself breaks no rule', () => {
  expect(refusals('[kubernetes]\nresource_memory_request = "4Gi"\nresource_memory_limit = "2gb"')).toHaveLength(1);
});

describe('refused between fields', () => {
  test.each([
    [
      '[kubernetes]\nresource_memory_request = "2Gi"\n[sandbox]\ndocker_runtime_kwargs = { mem_limit = "1g" }',
      'config.toml:4: sandbox.docker_runtime_kwargs.mem_limit: must be at least resource_memory_request (2Gi), got 1Gi',
    ],
    [
      'sandbox.docker_runtime_kwargs.nano_cpus = 500_000_000',
      'config.toml:1: sandbox.docker_runtime_kwargs.nano_cpus: must be at least resource_cpu_request (1), got 500m',
    ],
    [
      'deploy.resources.cpu_limit = "500m"',
      'config.toml:1: deploy.resources.cpu_limit: must be at least resource_cpu_request (1), got 500m',
    ],
    [
      'deploy.resources.ephemeral_storage_limit = "1Mi"',
      'config.toml:1: deploy.resources.ephemeral_storage_limit: must be at least ephemeral_storage_request (1Gi), got 1Mi',
    ],
    [
      'kubernetes.node_selector_key = "zone"',
      'config.toml:1: kubernetes.node_selector_key: must come with node_selector_val, got zone alone',
    ],
    [
      'kubernetes.node_selector_val = "a"\nkubernetes.node_selector_key = ""',
      'config.toml:1: kubernetes.node_selector_val: must come with node_selector_key, got a alone',
    ],
    [
      'sandbox.platform = "linux/arm64"\nkubernetes = { node_selector_key = "kubernetes.io/arch", node_selector_val = "amd64" }',
      'config.toml:1: sandbox.platform: selects nodes by kubernetes.io/arch too, got linux/arm64 and amd64',
    ],
    [
      '[deploy]\nsessions = [\n"a",\n"b",\n"a"]',
      'config.toml:5: deploy.sessions[2]: must differ from the others, got a twice',
    ],
    [
      `deploy.sessions = ["session"]\nkubernetes.ingress_domain = "${'a'.repeat(60)}${'.b'.repeat(96)}"`,
      'config.toml:1: deploy.sessions[0]: must leave a host name of at most 253 characters, got 260',
    ],
    [
      'kubernetes.namespace = "kube-system"',
      "config.toml:1: kubernetes.namespace: must not be one of Kubernetes's own, got kube-system",
    ],
    [
      'sandbox.vscode_port = 8080',
      'config.toml:1: sandbox.vscode_port: must be a port that action-execution-server leaves free, got 8080',
    ],
    [
      'sandbox.volumes = "data:/workspace:ro"\ndeploy.contract = "agent-server"',
      'config.toml:1: sandbox.volumes: must leave the workspace writable for the agent-server, got /workspace:ro',
    ],
    [
      'sandbox.volumes = "data:/workspace"\ndeploy.sessions = ["a", "b"]',
      'config.toml:1: sandbox.volumes: must not give one claim to several sandboxes: a ReadWriteOnce workspace has one Pod, got data',
    ],
    [
      'sandbox.remote_runtime_class = "gvisor"\ndeploy.security.runtime_class = "kata"',
      'config.toml:2: deploy.security.runtime_class: must be left out beside sandbox.remote_runtime_class (gvisor), got kata',
    ],
    [
      'deploy.network.egress = [{ cidr = "169.254.169.254/32" }]',
      "config.toml:1: deploy.network.egress[0].cidr: must not be a cloud's metadata address, got 169.254.169.254/32",
    ],
    [
      'deploy.network.egress = [{ cidr = "10.1.0.0/16" }]',
      'config.toml:1: deploy.network.egress[0].cidr: reaches into 10.0.0.0/8: say allow_private = true, or leave it out, got 10.1.0.0/16',
    ],
    [
      'deploy.ingress.cluster_issuer = "letsencrypt"',
      'config.toml:1: deploy.ingress.cluster_issuer: must come with kubernetes.ingress_tls_secret, the Secret that it fills, got letsencrypt alone',
    ],
    [
      'deploy.ingress.kind = "HTTPRoute"',
      'config.toml:1: deploy.ingress.kind: HTTPRoute needs deploy.ingress.gateway.class_name (to make a Gateway) or .namespace (of one that exists), got neither',
    ],
    [
      'deploy.ingress.api = true',
      'config.toml:1: deploy.ingress.api: must be false under contract action-execution-server, which knows no session key, got true',
    ],
    [
      `${AGENT_SERVER}ingress.api = true`,
      'config.toml:3: deploy.ingress.api: must come with deploy.secrets.session_keys = "required", got true with optional keys',
    ],
    [
      `${AGENT_SERVER}ingress = { api = true, kind = "none" }\nsecrets.session_keys = "required"`,
      'config.toml:3: deploy.ingress.api: must be false with kind = "none", got true',
    ],
    [
      `${AGENT_SERVER}ingress.api = true\nsecrets.session_keys = "required"\nsessions = ["a", "a-api"]`,
      'config.toml:3: deploy.ingress.api: takes the host name of session a-api for the API of a, got true',
    ],
    [
      '[deploy]\nsessions = ["a", "b"]\nquota.max_sandboxes = 1',
      'config.toml:3: deploy.quota.max_sandboxes: must be at least the sandboxes of the profile (2), got 1',
    ],
    [
      '[kubernetes]\nnamespace = "own"\n[deploy]\nsecurity.admission_policy = true\naccess.managers = ["apps/a", "own/a"]',
      'config.toml:5: deploy.access.managers[1]: must live outside own, whose deploy.security.admission_policy refuses Pods of others, got own/a',
    ],
    [
      '[kubernetes]\nnamespace = "own"\n[deploy]\nsecurity.admission_policy = true\nnetwork.clients = [{ namespace = "apps" }, { namespace = "own" }]',
      'config.toml:5: deploy.network.clients[1]: must live outside own, whose deploy.security.admission_policy refuses Pods of others, got namespace own',
    ],
    [
      '[deploy.security]\nearlier_images = ["ghcr.io/openhands/agent-server:1.57.0-python"]',
      'config.toml:2: deploy.security.earlier_images: needs deploy.security.admission_policy = true: without it every image may start',
    ],
    [
      '[deploy.pool]\nworkload = "SandboxWarmPool"',
      'config.toml:2: deploy.pool.workload: SandboxWarmPool needs contract agent-server, got action-execution-server',
    ],
    [
      '[deploy]\nsession_workload = "Sandbox"',
      'config.toml:2: deploy.session_workload: Sandbox needs contract agent-server, got action-execution-server',
    ],
    [
      `${AGENT_SERVER}${POOL}service_type = "LoadBalancer"`,
      'config.toml:4: deploy.pool.service_type: LoadBalancer needs contract agent-server with deploy.secrets.session_keys = "required": anybody may call it',
    ],
    [
      `${POOL}volume_when_scaled = "Delete"`,
      'config.toml:2: deploy.pool.volume_when_scaled: must be Retain: only a StatefulSet has volumes that outlive a sandbox, got Delete',
    ],
    ['[deploy.autoscaling]', 'config.toml:1: deploy.autoscaling: needs a pool to scale: add [deploy.pool]'],
    [
      `${POOL}[deploy.autoscaling]\nmin_replicas = 10`,
      'config.toml:3: deploy.autoscaling.min_replicas: must be under max_replicas (10), got 10',
    ],
    ['[deploy.high_availability]', 'config.toml:1: deploy.high_availability: needs a pool: add [deploy.pool]'],
    [
      `${POOL}replicas = 1\n[deploy.high_availability]`,
      'config.toml:2: deploy.pool.replicas: must be at least 2 with deploy.high_availability, got 1',
    ],
    [
      `${POOL}[deploy.high_availability]\nmin_available = 2`,
      "config.toml:3: deploy.high_availability.min_available: must be under the pool's least size (2), or no node can be drained, got 2",
    ],
    [
      `${POOL}[deploy.high_availability]\nmax_unavailable = 0`,
      'config.toml:3: deploy.high_availability.max_unavailable: must be at least 1, or no node can be drained, got 0',
    ],
    [
      `${POOL}replicas = 4\n[deploy.high_availability]\nmax_unavailable = 1\nmin_available = 2`,
      'config.toml:5: deploy.high_availability.min_available: must be left out beside max_unavailable, got both',
    ],
    [
      `${POOL}[deploy.high_availability]\nmin_available = 0`,
      'config.toml:3: deploy.high_availability.min_available: must be at least 1, got 0',
    ],
    [
      `${AGENT_SERVER}pool = { workload = "SandboxWarmPool", replicas = 5 }\npools.small.replicas = 3\nhigh_availability.min_available = 3`,
      "config.toml:5: deploy.high_availability.min_available: must be under the pool's least size (3), or no node can be drained, got 3",
    ],
    [
      `${AGENT_SERVER}pool.workload = "SandboxWarmPool"\n[deploy.autoscaling]`,
      'config.toml:4: deploy.autoscaling: needs external_metric, such as the rate of claims: the CPU of sandboxes that wait to be claimed is idle',
    ],
    [
      `${POOL}service_type = "LoadBalancer"\n[deploy.secrets]\nsession_keys = "required"`,
      'config.toml:2: deploy.pool.service_type: LoadBalancer needs contract agent-server with deploy.secrets.session_keys = "required": anybody may call it',
    ],
    [
      'sandbox.volumes = "memory:/dev/shm"\nsandbox.docker_runtime_kwargs.shm_size = "1g"',
      'config.toml:1: sandbox.volumes: must leave /dev/shm to docker_runtime_kwargs.shm_size, got it twice',
    ],
    [
      `sandbox.volumes = "data:/workspace"\n${AGENT_SERVER}sessions = []\npools.a = {}`,
      'config.toml:1: sandbox.volumes: must not give one claim to several sandboxes: a ReadWriteOnce workspace has one Pod, got data',
    ],
    [
      'deploy.ingress = { kind = "HTTPRoute", gateway = { class_name = "nginx", namespace = "gateways" } }',
      'config.toml:1: deploy.ingress.kind: HTTPRoute needs deploy.ingress.gateway.class_name (to make a Gateway) or .namespace (of one that exists), got both',
    ],
    [
      'sandbox.platform = "linux/arm64"\nkubernetes = { node_selector_key = "kubernetes.io/os", node_selector_val = "windows" }',
      'config.toml:1: sandbox.platform: selects nodes by kubernetes.io/os too, got linux/arm64 and windows',
    ],
    [
      `sandbox.vscode_port = 8011\n${AGENT_SERVER}`,
      'config.toml:1: sandbox.vscode_port: must be a port that agent-server leaves free, got 8011',
    ],
    [
      'deploy.access.managers = ["apps/a", "apps/b", "apps/a"]',
      'config.toml:1: deploy.access.managers[2]: must differ from the others, got apps/a twice',
    ],
    ...['clients', 'ingress_controllers', 'egress'].map((list) => [
      `deploy.network.${list} = [{ namespace = "a" }, { cidr = "2001:db8::/32" }]\ndeploy.network.ip_families = ["IPv4"]`,
      `config.toml:1: deploy.network.${list}[1].cidr: is IPv6, which deploy.network.ip_families leaves out`,
    ]),
    [`${AGENT_SERVER}[llm]\nmodel = 4`, 'config.toml:4: llm.model: must be the name of a model, got 4'],
    [
      `${AGENT_SERVER}[llm]\nmodel = "gpt"\napi_key = 5`,
      'config.toml:5: llm.api_key: must be { secret = "name", key = "entry" }, the name and the entry of a Secret, got a value that is not shown here',
    ],
    [
      `deploy.monitoring.alertmanager.receivers = [\n${receiver('team', '"critical"')},\n${receiver('team', '"info"')}]`,
      'config.toml:3: deploy.monitoring.alertmanager.receivers[1].name: must differ from the others, got team twice',
    ],
    [
      `deploy.monitoring.alertmanager.receivers = [${receiver('team', '"info", "info"')}]`,
      'config.toml:1: deploy.monitoring.alertmanager.receivers[0].severities: must name each once, got info twice',
    ],
    [
      `${RECEIVERS}\ngroup_interval = "0s"`,
      'config.toml:3: deploy.monitoring.alertmanager.group_interval: must be above 0, got 0s',
    ],
    [
      `${RECEIVERS}\ngroup_interval = "10m"\nrepeat_interval = "5m"`,
      'config.toml:4: deploy.monitoring.alertmanager.repeat_interval: must be at least group_interval (10m), got 5m',
    ],
  ])('%j', (text, refusal) => {
    expect(refusals(text)).toEqual([refusal]);
  });

  test.each([
    ['sandbox.use_host_network = true', 'host_users = false', "host_users: must not be false with the node's network"],
    ['sandbox.use_host_network = true', 'runtime_class = "kata"', 'runtime_class: is a virtual machine'],
    [
      'kubernetes.privileged = true',
      'runtime_class = "sysbox-runc"',
      'kubernetes.privileged: must be false under sysbox',
    ],
    [
      'sandbox.docker_runtime_kwargs = { privileged = true }',
      'runtime_class = "sysbox-runc"',
      'sandbox.docker_runtime_kwargs.privileged: must be false under sysbox',
    ],
    [
      'sandbox = { remote_runtime_class = "sysbox", docker_runtime_kwargs = { privileged = true } }',
      '',
      'sandbox.docker_runtime_kwargs.privileged: must be false under sysbox',
    ],
  ])('%s with %s', (line, security, problem) => {
    const refused = refusals(`${line}\n[deploy.security]\npod_security_standard = "privileged"\n${security}`);
    expect(refused).toEqual([expect.stringContaining(problem)]);
  });
});

test.each([
  ['limits as large as the requests', '[kubernetes]\nresource_memory_request = "2Gi"\nresource_memory_limit = "2Gi"'],
  ['files as many as asked for', 'deploy.resources = { ephemeral_storage_request = "4Gi" }'],
  ['a host name of 253 letters', `kubernetes.ingress_domain = "${'a'.repeat(55)}${'.b'.repeat(95)}"`],
  ['a namespace with kube- in its name', 'kubernetes.namespace = "my-kube-team"'],
  ['a port that nobody takes', 'sandbox.vscode_port = 8012'],
  ['the editor’s own port', AGENT_SERVER],
  ['a volume beside the workspace, to be read', `sandbox.volumes = "data:/data:ro"\n${AGENT_SERVER}`],
  ['a workspace to be read, of the action execution server', 'sandbox.volumes = "data:/workspace:ro"'],
  ['a claim that many share, beside the workspace', 'sandbox.volumes = "data:/data"\ndeploy.sessions = ["a", "b"]'],
  ['one claim of one sandbox', 'sandbox.volumes = "data:/workspace"'],
  ['memory of a volume’s own, without shm_size', 'sandbox.volumes = "memory:/dev/shm"'],
  ['memory beside other volumes', 'sandbox = { volumes = "data:/data", docker_runtime_kwargs = { shm_size = "1g" } }'],
  [
    'a runtime class beside none of OpenHands’s',
    'sandbox.remote_runtime_class = "none"\ndeploy.security.runtime_class = "a"',
  ],
  ['a virtual machine on a network of its own', 'deploy.security.runtime_class = "kata"'],
  [
    'nodes of a platform in one zone',
    'sandbox.platform = "linux/arm64"\nkubernetes = { node_selector_key = "zone", node_selector_val = "a" }',
  ],
  ['any [llm] of the action execution server', '[llm]\nmodel = 4'],
  ['what of [llm] does not reach the agent-server', `${AGENT_SERVER}[llm]\ntimeout = 5`],
  ['room for as many sandboxes as there are', '[deploy]\nsessions = ["a", "b"]\nquota.max_sandboxes = 2'],
  ['a budget that leaves all but one', `${POOL}replicas = 3\n[deploy.high_availability]\nmin_available = 2`],
  [
    'a LoadBalancer that asks for a key',
    `${AGENT_SERVER}pool.service_type = "LoadBalancer"\n[deploy.secrets]\nsession_keys = "required"`,
  ],
  ['a Service of the action execution server', `${POOL}service_type = "ClusterIP"`],
])('%s is allowed', (_, text) => {
  expect(() => load(text)).not.toThrow();
});

describe('gVisor', () => {
  const privileged = 'pod_security_standard = "privileged"';

  test.each([
    ['by its name', 'runtime_class = "gvisor"', ''],
    ['by its handler', 'runtime_class = "strong"', '[deploy.runtime_classes.strong]\nhandler = "runsc"'],
  ])("has no users of the Pod's own, known %s", (_, security, more) => {
    expect(refusals(`[deploy.security]\nhost_users = false\n${security}\n${more}`)).toEqual([
      'config.toml:2: deploy.security.host_users: must be left out under gVisor, for which the kubelet refuses users of its ' +
        'own (https://github.com/google/gvisor/issues/13303), got false',
    ]);
  });

  test("has no network on the node's", () => {
    const text = `[sandbox]\nremote_runtime_class = "gvisor"\nuse_host_network = true\n[deploy.security]\n${privileged}`;

    expect(refusals(text)).toEqual([
      "config.toml:3: sandbox.use_host_network: must be false under gVisor, whose Pod has no network at all on the node's, got true",
    ]);
  });

  test('of one pool alone is refused the same', () => {
    const text = `${AGENT_SERVER}[deploy.security]\nhost_users = false\n[deploy.pools.strong]\nruntime_class = "gvisor"`;

    expect(refusals(text)).toEqual([expect.stringContaining('config.toml:4: deploy.security.host_users')]);
  });

  test('asks nothing of sandboxes on another runtime', () => {
    expect(() => load('[deploy.security]\nhost_users = false\nruntime_class = "kata"')).not.toThrow();
  });
});

test('a RuntimeClass that no sandbox has is refused', () => {
  const text = '[deploy.security]\nruntime_class = "gvisor"\n[deploy.runtime_classes.kata]\nhandler = "kata-qemu"';

  expect(refusals(text)).toEqual([
    'config.toml:3: deploy.runtime_classes.kata: must be the runtime class of sandboxes: neither deploy.security nor a pool names it',
  ]);
});

test('a budget between none and the least size is allowed, and nothing need be said', () => {
  const text = (budget: string) => `${POOL}replicas = 3\n[deploy.high_availability]\n${budget}`;

  for (const budget of ['', 'min_available = 1', 'min_available = 2', 'max_unavailable = 1']) load(text(budget));
  expect(refusals(text('min_available = 3'))).toHaveLength(1);
});

test('a private range may be named on purpose', () => {
  expect(() => load('deploy.network.egress = [{ cidr = "10.1.0.0/16", allow_private = true }]')).not.toThrow();
});

describe('a Canvas', () => {
  test('is refused for the action execution server, which it cannot talk to', () => {
    expect(refusals('[deploy.canvas]')).toEqual([
      'config.toml:1: deploy.canvas: needs deploy.contract = "agent-server", whose client it is, got action-execution-server',
    ]);
  });

  test('is refused where the sandbox has its node’s network', () => {
    const text = `sandbox.use_host_network = true\n${AGENT_SERVER}security.pod_security_standard = "privileged"\n[deploy.canvas]`;

    expect(refusals(text)).toEqual([
      "config.toml:1: sandbox.use_host_network: must be false with deploy.canvas, whose network policy leads to Pods and not to a node's network, got true",
    ]);
  });

  test('can be taken away from a parent’s profile', () => {
    expect(load('[deploy]\nextends = "staging"\ncanvas = false').profile.deploy.canvas).toBeUndefined();
  });
});
