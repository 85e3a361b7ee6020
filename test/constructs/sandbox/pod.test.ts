import { find, objectsOfToml, podOf, type Rendered } from '../../render';

const templateOf = (toml: string): Rendered => podOf(objectsOfToml(toml));
const specOf = (toml: string): Rendered => templateOf(toml).spec;
const containerOf = (toml: string): Rendered => specOf(toml).containers[0];

const PRIVILEGED = '[deploy.security]\npod_security_standard = "privileged"\n';
const OPENHANDS_062 = `[deploy]\nsession_workload = "Pod"\n${PRIVILEGED}`;

describe('what a sandbox runs', () => {
  test('its image is runtime_container_image', () => {
    const toml =
      '[sandbox]\nruntime_container_image = "example.com/sandbox:1"\nbase_container_image = "example.com/base:2"';

    expect(containerOf(toml).image).toBe('example.com/sandbox:1');
  });

  test('its image is base_container_image when runtime_container_image is empty', () => {
    const toml = '[sandbox]\nruntime_container_image = ""\nbase_container_image = "example.com/base:2"';

    expect(containerOf(toml).image).toBe('example.com/base:2');
  });

  test('force_rebuild_runtime pulls the image at every start', () => {
    expect(containerOf('[sandbox]\nforce_rebuild_runtime = true').imagePullPolicy).toBe('Always');
  });

  test('without force_rebuild_runtime the kubelet decides when to pull', () => {
    expect(containerOf('')).not.toHaveProperty('imagePullPolicy');
  });

  test('image_pull_secret pulls the image', () => {
    expect(specOf('[kubernetes]\nimage_pull_secret = "registry"').imagePullSecrets).toEqual([{ name: 'registry' }]);
  });

  test.each([
    ['Pod', 'Never'],
    ['Deployment', 'Always'],
  ])('as a %s its restart policy is %s', (workload, policy) => {
    expect(specOf(`[deploy]\nsession_workload = "${workload}"`).restartPolicy).toBe(policy);
  });
});

describe('its environment', () => {
  test('runtime_startup_env_vars come after the fixed variables, in order', () => {
    const toml = '[sandbox.runtime_startup_env_vars]\nZ = "1"\nA = "2"';

    expect(containerOf(toml).env.map(({ name }: Rendered) => name)).toEqual([
      'port',
      'PYTHONUNBUFFERED',
      'VSCODE_PORT',
      'Z',
      'A',
    ]);
  });

  test('a variable of the profile replaces the program’s own, so that no name is there twice', () => {
    const toml = '[sandbox.runtime_startup_env_vars]\nPYTHONUNBUFFERED = "0"';

    expect(containerOf(toml).env.filter(({ name }: Rendered) => name === 'PYTHONUNBUFFERED')).toEqual([
      { name: 'PYTHONUNBUFFERED', value: '0' },
    ]);
  });

  test('a variable can come from a Secret', () => {
    const toml = '[sandbox.runtime_startup_env_vars]\nLLM_API_KEY = { secret = "llm", key = "api-key" }';

    expect(containerOf(toml).env).toContainEqual({
      name: 'LLM_API_KEY',
      valueFrom: { secretKeyRef: { name: 'llm', key: 'api-key' } },
    });
  });

  test('a variable named like a member of every object is a variable', () => {
    const toml = '[sandbox.runtime_startup_env_vars]\nconstructor = "x"';

    expect(containerOf(toml).env).toContainEqual({ name: 'constructor', value: 'x' });
  });
});

describe('on which nodes it may run', () => {
  test('node_selector_key and node_selector_val select nodes', () => {
    const toml = '[kubernetes]\nnode_selector_key = "pool"\nnode_selector_val = "sandboxes"';

    expect(specOf(toml).nodeSelector).toEqual({ pool: 'sandboxes' });
  });

  test.each([
    ['linux/arm64', 'arm64'],
    ['linux/amd64', 'amd64'],
    ['linux/arm/v7', 'arm'],
  ])('platform %s selects nodes of that architecture', (platform, architecture) => {
    expect(specOf(`[sandbox]\nplatform = "${platform}"`).nodeSelector).toEqual({
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': architecture,
    });
  });

  test('platform and the node selector select together', () => {
    const toml =
      '[kubernetes]\nnode_selector_key = "pool"\nnode_selector_val = "sandboxes"\n[sandbox]\nplatform = "linux/arm64"';

    expect(specOf(toml).nodeSelector).toMatchObject({ pool: 'sandboxes', 'kubernetes.io/arch': 'arm64' });
  });

  test('without either it may run anywhere', () => {
    expect(specOf('')).not.toHaveProperty('nodeSelector');
  });

  test.each(['toleration_seconds', 'tolerationSeconds'])('tolerations may be spelled with %s', (key) => {
    const toml = `[kubernetes]\ntolerations_yaml = "- {key: a, operator: Exists, effect: NoExecute, ${key}: 60}"`;

    expect(specOf(toml).tolerations).toEqual([
      { key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 },
    ]);
  });

  test.each([
    ['true', 'true'],
    ['1', '1'],
    ['yes', 'yes'],
  ])('a toleration’s value %s of YAML is a string of Kubernetes', (yaml, text) => {
    const toml = `[kubernetes]\ntolerations_yaml = "- {key: a, operator: Equal, value: ${yaml}}"`;

    expect(specOf(toml).tolerations).toEqual([{ key: 'a', operator: 'Equal', value: text }]);
  });

  test('enable_gpu tolerates the taint of GPU nodes, beside the profile’s own tolerations', () => {
    const toml = '[kubernetes]\ntolerations_yaml = "- {key: a, operator: Exists}"\n[sandbox]\nenable_gpu = true';

    expect(specOf(toml).tolerations).toEqual([
      { key: 'a', operator: 'Exists' },
      { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' },
    ]);
  });
});

describe('how it is kept apart from its node', () => {
  test.each([
    ['sysbox', 'sysbox-runc'],
    ['gvisor', 'gvisor'],
    ['none', undefined],
    ['', undefined],
  ])('remote_runtime_class "%s" is the RuntimeClass %s', (openhands, runtimeClass) => {
    expect(specOf(`[sandbox]\nremote_runtime_class = "${openhands}"`).runtimeClassName).toBe(runtimeClass);
  });

  test('deploy.security.runtime_class names any other RuntimeClass', () => {
    expect(specOf('[deploy.security]\nruntime_class = "kata"').runtimeClassName).toBe('kata');
  });

  test.each([
    ['host_users = false', false],
    ['', undefined],
  ])('with "%s" its users are the node’s: %s', (line, hostUsers) => {
    expect(specOf(`[deploy.security]\n${line}`).hostUsers).toBe(hostUsers);
  });

  test.each(['baseline', 'restricted'])('under %s it runs as an account of its own, without a token', (standard) => {
    expect(specOf(`[deploy.security]\npod_security_standard = "${standard}"`)).toMatchObject({
      serviceAccountName: 'openhands-runtime',
      automountServiceAccountToken: false,
    });
  });

  test('it gets no variables about the namespace’s Services', () => {
    expect(specOf('').enableServiceLinks).toBe(false);
  });

  test.each(['serviceAccountName', 'automountServiceAccountToken', 'enableServiceLinks', 'securityContext'])(
    'OpenHands 0.62’s own Pod has no %s',
    (field) => {
      expect(specOf(OPENHANDS_062)).not.toHaveProperty(field);
    },
  );

  test('the agent-server gets no token under privileged either', () => {
    const toml = `[deploy]\ncontract = "agent-server"\n${PRIVILEGED}`;

    expect(specOf(toml).automountServiceAccountToken).toBe(false);
  });
});

describe('its networks', () => {
  test('use_host_network is the node’s network, with the cluster’s names', () => {
    expect(specOf(`[sandbox]\nuse_host_network = true\n${PRIVILEGED}`)).toMatchObject({
      hostNetwork: true,
      dnsPolicy: 'ClusterFirstWithHostNet',
    });
  });

  test('by default it has a network of its own', () => {
    expect(specOf('')).not.toHaveProperty('hostNetwork');
  });

  test.each(['Pod', 'Deployment'])('additional_networks are Multus’s annotation of a %s’s Pod', (workload) => {
    const toml = `[sandbox]\nadditional_networks = ["macvlan", "storage"]\n[deploy]\nsession_workload = "${workload}"`;

    expect(templateOf(toml).metadata.annotations).toEqual({ 'k8s.v1.cni.cncf.io/networks': 'macvlan, storage' });
  });

  test('without additional_networks a Pod has no annotation', () => {
    expect(templateOf('').metadata).not.toHaveProperty('annotations');
  });

  test.each(['{ db = "192.0.2.1", cache = "2001:db8::1" }', '["db:192.0.2.1", "cache:2001:db8::1"]'])(
    'extra_hosts = %s are host aliases',
    (hosts) => {
      expect(specOf(`[sandbox]\ndocker_runtime_kwargs = { extra_hosts = ${hosts} }`).hostAliases).toEqual([
        { ip: '192.0.2.1', hostnames: ['db'] },
        { ip: '2001:db8::1', hostnames: ['cache'] },
      ]);
    },
  );

  test('two names of one address are one host alias', () => {
    const toml = '[sandbox]\ndocker_runtime_kwargs = { extra_hosts = { a = "192.0.2.1", b = "192.0.2.1" } }';

    expect(specOf(toml).hostAliases).toEqual([{ ip: '192.0.2.1', hostnames: ['a', 'b'] }]);
  });

  test('dns replaces the cluster’s name servers', () => {
    expect(specOf('[sandbox]\ndocker_runtime_kwargs = { dns = ["192.0.2.53", "2001:db8::53"] }')).toMatchObject({
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['192.0.2.53', '2001:db8::53'] },
    });
  });
});

test('every session has the same Pod but for its name and its keys', () => {
  const objects = objectsOfToml('[deploy]\ncontract = "agent-server"\nsessions = ["alice", "bob"]');
  const [alice, bob] = ['alice', 'bob'].map((session) =>
    JSON.stringify(find(objects, 'Deployment', `openhands-runtime-${session}`).spec.template).replaceAll(session, 'X'),
  );

  expect(alice).toBe(bob);
});

describe('when it stops', () => {
  const pool = (workload: string): Rendered => {
    const toml = `[deploy]\ncontract = "agent-server"\nsessions = []\n[deploy.pool]\nworkload = "${workload}"`;
    const kind = workload === 'SandboxWarmPool' ? 'SandboxTemplate' : workload;
    const { template, podTemplate } = find(objectsOfToml(toml), kind).spec;
    return (template ?? podTemplate).spec;
  };
  const session = (workload: string): Rendered => {
    const toml = `[deploy]\ncontract = "agent-server"\nsession_workload = "${workload}"`;
    const { template, podTemplate } = find(objectsOfToml(toml), workload).spec;
    return (template ?? podTemplate).spec;
  };
  /** What the agent-server itself may take, seconds. */
  const OF_THE_PROGRAM = 120;

  test.each(['Deployment', 'StatefulSet'])('one that others share a Service with waits first: pool %s', (workload) => {
    const { containers, terminationGracePeriodSeconds } = pool(workload);

    expect(containers[0].lifecycle).toEqual({ preStop: { exec: { command: ['sleep', '5'] } } });
    expect(terminationGracePeriodSeconds).toBe(OF_THE_PROGRAM + 5);
  });

  test.each([
    ['pool SandboxWarmPool', () => pool('SandboxWarmPool')],
    ['session Sandbox', () => session('Sandbox')],
    ['session Deployment', () => session('Deployment')],
  ])('one that has its clients to itself stops at once, so that it can be resumed: %s', (_, specOf) => {
    const { containers, terminationGracePeriodSeconds } = specOf();

    expect(containers[0]).not.toHaveProperty('lifecycle');
    expect(terminationGracePeriodSeconds).toBe(OF_THE_PROGRAM);
  });
});
