import { loadProfile, shippedProfiles } from '../../config/load';
import { load } from './config-file';

/** What is told about fields of `[sandbox]`, without the rest. */
const warningsOf = (lines: string, deploy = '') =>
  load(`[sandbox]\n${lines}\n[deploy]\n${deploy}`).notices.filter((notice) => notice.includes('sandbox.'));

const IMAGE = 'runtime_container_image = "ghcr.io/openhands/runtime:0.62"';

test('a profile with a runtime image and defaults has no warning', () => {
  expect(warningsOf(IMAGE)).toEqual([]);
});

test.each([
  ['rm_all_containers = true', "has no effect: it is about Docker's containers"],
  ['runtime_binding_address = "127.0.0.1"', "has no effect: a Pod's ports are its own"],
  ['runtime_extra_deps = "jq"', 'has no effect: OpenHands never builds images on Kubernetes'],
  ['runtime_extra_build_args = ["-q"]', 'has no effect: OpenHands never builds images on Kubernetes'],
  ['force_rebuild_runtime = true', 'builds nothing on Kubernetes: the image is pulled at every start'],
  ['cuda_visible_devices = "0"', 'has no effect without enable_gpu'],
  ['user_id = 5', 'has no effect: this program starts as root unless'],
])('%s is told at its line, with why', (line, why) => {
  const field = line.split(' ')[0];
  expect(warningsOf(`${IMAGE}\n${line}`)).toEqual([
    expect.stringMatching(new RegExp(`config\\.toml:3: warning: sandbox.${field}: ${why}`)),
  ]);
});

test.each(['initialize_plugins = false', 'browsergym_eval_env = "x"'])('%s is told under the agent-server', (line) => {
  const field = line.split(' ')[0];
  expect(warningsOf(`${IMAGE}\n${line}`)).toEqual([]);
  expect(warningsOf(`${IMAGE}\n${line}`, 'contract = "agent-server"')).toEqual([
    expect.stringContaining(`sandbox.${field}: has no effect: the agent-server has no such argument`),
  ]);
});

test('with a GPU, the number of devices counts', () => {
  expect(warningsOf(`${IMAGE}\nenable_gpu = true\ncuda_visible_devices = "0,1"`)).toEqual([
    expect.stringContaining('sets how many GPUs, not which ones'),
  ]);
});

test('a user is no warning where the standard asks for one', () => {
  expect(warningsOf(`${IMAGE}\nuser_id = 5`, 'security.pod_security_standard = "restricted"')).toEqual([]);
});

test('a base image alone cannot start', () => {
  expect(warningsOf('base_container_image = "python:3.13"')).toEqual([
    expect.stringContaining('sandbox.base_container_image: is no runtime image and cannot start as a sandbox'),
  ]);
});

test('an empty runtime image is none', () => {
  expect(warningsOf('runtime_container_image = ""')).toHaveLength(1);
});

test('without any image the agent-server has its own', () => {
  expect(warningsOf('', 'contract = "agent-server"')).toEqual([]);
});

describe('a sandbox that nobody can reach', () => {
  const reach = (text: string) => load(text).notices.filter((notice) => notice.includes('deploy.network.'));

  test('is told', () => {
    expect(reach('')).toEqual([
      expect.stringContaining("deploy.network.clients: warning: is empty: no Pod may call the sandboxes' API"),
      expect.stringContaining('deploy.network.ingress_controllers: warning: is empty'),
    ]);
  });

  test('is none with clients and an ingress controller', () => {
    const peers = 'clients = [{ namespace = "app" }]\ningress_controllers = [{ namespace = "ingress" }]';
    expect(reach(`[deploy.network]\n${peers}`)).toEqual([]);
  });
});

describe('a Pod that is made at run time', () => {
  const MANAGERS = '[deploy.access]\nmanagers = ["apps/openhands"]';
  const ofNamespace = (text: string) => load(text).notices.filter((notice) => notice.includes('kubernetes.namespace'));

  test('can leave the policies of a namespace that others use, which is told', () => {
    expect(ofNamespace(MANAGERS)).toEqual([
      expect.stringMatching(/is default, which others use: a Pod .* is under no NetworkPolicy of ours/),
    ]);
  });

  test.each([
    ['where nobody may make one', ''],
    ['where it is refused', `${MANAGERS}\n[deploy.security]\nadmission_policy = true`],
    ['in a namespace of its own', `[kubernetes]\nnamespace = "sandboxes"\n${MANAGERS}`],
  ])('cannot %s', (_, text) => {
    expect(ofNamespace(text)).toEqual([]);
  });
});

describe('whoever calls the API from the sandboxes’ own namespace', () => {
  const told = (text: string) =>
    load(`[kubernetes]\nnamespace = "sandboxes"\n${text}`).notices.filter((it) => it.includes('default deny'));

  test.each([
    [
      'deploy.network.clients[1]',
      '[deploy.network]\nclients = [{ cidr = "10.1.2.3/32" }, { namespace = "sandboxes" }]',
    ],
    ['deploy.access.managers[1]', '[deploy.access]\nmanagers = ["apps/openhands", "sandboxes/openhands"]'],
  ])('needs a policy of its own: %s', (path, text) => {
    expect(told(text)).toEqual([
      expect.stringContaining(`warning: ${path}: is in sandboxes, where every Pod is under default deny`),
    ]);
  });

  test('needs none where the namespace is shared', () => {
    expect(load('[deploy.network]\nclients = [{ namespace = "default" }]').notices.join()).not.toContain(
      'default deny',
    );
  });
});

test('a warning shows no value', () => {
  expect(warningsOf('runtime_extra_deps = "pip install --token=hunter2"').join()).not.toContain('hunter2');
});

describe('the receivers of alerts', () => {
  const told = (...severities: string[]) => {
    const list = severities.map((it) => `"${it}"`).join(', ');
    const receiver = `{ name = "team", type = "webhook", severities = [${list}], url = { secret = "a", key = "b" } }`;
    return load(`[deploy.monitoring.alertmanager]\nreceivers = [${receiver}]`).notices.filter((it) =>
      it.includes('deploy.monitoring'),
    );
  };

  test.each([
    ['critical', 'warning'],
    ['warning', 'critical'],
  ])('nobody of %s alerts is a warning', (missing, only) => {
    expect(told(only)).toEqual([
      expect.stringMatching(
        `config\\.toml:2: warning: deploy.monitoring.alertmanager.receivers: has none for severity ${missing}: nobody is told`,
      ),
    ]);
  });

  test('nobody of info alerts is none', () => {
    expect(told('critical', 'warning')).toEqual([]);
  });

  test('without receivers the cluster decides', () => {
    expect(load('[deploy.monitoring]').notices.filter((it) => it.includes('deploy.monitoring'))).toEqual([]);
  });
});

describe('with a Canvas', () => {
  const DIGEST = `sha256:${'0'.repeat(64)}`;
  const canvas = (image: string, sessions = '["demo"]') =>
    load(`[sandbox]\n${image}\n[deploy]\ncontract = "agent-server"\nsessions = ${sessions}\n[deploy.canvas]`).notices;
  const imageOf = (tag: string) => `runtime_container_image = "registry.example.com:5000/agent-server${tag}"`;

  test.each([':1.27.9-python', ':v1.9.0', `:0.62.0-nikolaik@${DIGEST}`])(
    'the image %s is too old, and it is said',
    (tag) => {
      expect(canvas(imageOf(tag))).toContainEqual(
        expect.stringMatching(
          /runtime_container_image: is too old for .*agent-canvas:.*: it needs .* at least 1\.28\.0$/,
        ),
      );
    },
  );

  test.each([':1.28.0', ':1.58.2-python', ':2.0.0', ':main', `@${DIGEST}`, ''])('%s is not known to be', (tag) => {
    expect(canvas(imageOf(tag)).join()).not.toContain('too old');
  });

  test('the pinned image is new enough', () => {
    expect(canvas('').join()).not.toContain('too old');
  });

  test('and no session, it is said that there is none', () => {
    expect(canvas(imageOf(':1.58.2'), '[]')).toContainEqual(
      expect.stringContaining('deploy.canvas: has no effect without sessions'),
    );
  });

  test('somebody may call the API', () => {
    expect(canvas(imageOf(':1.58.2')).join()).not.toContain('deploy.network.clients');
  });

  test('and no ingress controller, nobody reaches it', () => {
    expect(canvas(imageOf(':1.58.2'))).toContainEqual(
      expect.stringContaining('no ingress controller may reach Canvas'),
    );
  });
});

describe('a variable’s value of which Kubernetes makes something else', () => {
  const told = (value: string, deploy = '') =>
    warningsOf(`${IMAGE}\nruntime_startup_env_vars = { GREETING = "${value}" }`, deploy);

  test.each(['$(HOME)', 'pa$$word', '$$(HOME)'])('%s is told under the 0.62 contract, which leaves it', (value) => {
    expect(told(value)).toEqual([
      expect.stringMatching(/config\.toml:3: warning: sandbox\.runtime_startup_env_vars\.GREETING: arrives changed/),
    ]);
  });

  test.each(['$HOME', 'costs $5', '$(HOME'])('%s arrives as it is, and is not told', (value) => {
    expect(told(value)).toEqual([]);
  });

  test('arrives as it is at the agent-server, and is not told', () => {
    expect(told('$(HOME)', 'contract = "agent-server"')).toEqual([]);
  });
});

describe('a pool in which people share what they may think is theirs', () => {
  const ofPool = (text: string) =>
    load(`[deploy]\ncontract = "agent-server"\n[deploy.pool]\n${text}`).notices.filter((it) =>
      it.includes('deploy.pool'),
    );

  test.each(['Deployment', 'StatefulSet'])('is told of a %s', (workload) => {
    expect(ofPool(`workload = "${workload}"`)).toEqual([
      expect.stringMatching(
        /config\.toml:4: warning: deploy\.pool\.workload: lets all whose conversations land on one Pod/,
      ),
    ]);
  });

  test('of a StatefulSet also what earlier people left', () => {
    expect(ofPool('workload = "StatefulSet"')[0]).toContain('also what earlier ones left in its volume');
    expect(ofPool('workload = "Deployment"')[0]).not.toContain('left');
  });

  test.each(['workload = "Deployment"\nshared = true', 'workload = "SandboxWarmPool"'])('is none with %s', (text) => {
    expect(ofPool(text)).toEqual([]);
  });
});

test.each(shippedProfiles())('the shipped profile %s says that its pool is shared, if it is', (name) => {
  expect(loadProfile(name).notices.filter((it) => it.includes('deploy.pool'))).toEqual([]);
});

describe('under gVisor', () => {
  const ofGvisor = 'remote_runtime_class = "gvisor"';

  test('a GPU is told, which the nodes must pass on', () => {
    expect(warningsOf(`${IMAGE}\nenable_gpu = true\n${ofGvisor}`)).toEqual([
      expect.stringMatching(/config\.toml:3: warning: sandbox\.enable_gpu: needs runsc with --nvproxy/),
    ]);
    expect(warningsOf(`${IMAGE}\nenable_gpu = true`)).toEqual([]);
  });

  test('a privileged container is told, which is not what Docker in it needs', () => {
    const deploy = 'security = { pod_security_standard = "privileged" }';
    const notices = (lines: string) =>
      load(`[kubernetes]\nprivileged = true\n[sandbox]\n${lines}\n[deploy]\n${deploy}`).notices;

    expect(notices(`${IMAGE}\n${ofGvisor}`)).toContainEqual(
      expect.stringMatching(/config\.toml:2: warning: kubernetes\.privileged: gives no raw sockets under gVisor/),
    );
    expect(notices(IMAGE).filter((it) => it.includes('gVisor'))).toEqual([]);
  });
});

test('claimed in gVisor, the SDK is told how to connect', () => {
  const notices = (security: string) =>
    load(`[deploy]\nextends = "agent-sandbox"\n[deploy.security]\n${security}`).notices.filter((it) =>
      it.includes('port-forward in gVisor'),
    );

  expect(notices('runtime_class = "gvisor"')).toEqual([expect.stringContaining('deploy.access.managers')]);
  expect(notices('')).toEqual([]);
});

describe('a certificate of every host', () => {
  const notices = (sessions: number, deploy = '') => {
    const names = Array.from({ length: sessions }, (_, index) => `"s${index}"`).join(', ');
    const profile = `[deploy]\nextends = "staging"\nsessions = [${names}]\n[deploy.quota]\nmax_sandboxes = 200\n${deploy}`;
    return load(profile).notices.filter((it) => it.includes('cluster_issuer'));
  };

  test('of a hundred names is signed by most issuers, and of more it is told', () => {
    expect(notices(100)).toEqual([]);
    expect(notices(101)).toEqual([
      expect.stringContaining('is asked for one certificate of 101 names, and most public issuers sign at most 100'),
    ]);
  });

  test('has two names for a session whose API is exposed', () => {
    expect(notices(51, '[deploy.ingress]\napi = true')).toEqual([expect.stringContaining('of 102 names')]);
  });
});
