import { egressNames, proxiedNames } from './egress';
import { CANVAS_IMAGE, CANVAS_NEEDS_AGENT_SERVER } from './images';
import { kindsOf, poolsOf } from './pools';
import type { Problem } from './refusal';
import { isGvisor } from './runtime-class';
import { PROXY_ADDRESS } from './schema/egress-names';
import { isOwnNamespace } from './schema/kubernetes';
import { LLM_FIELDS } from './schema/llm';
import type { ProfileTables } from './schema/profile';
import { isPinned } from './schema/values';
import { DEFAULT_BASE_CONTAINER_IMAGE } from './schema/sandbox';

/** A sandbox that nobody can reach is not what most want, and nothing else would tell. */
function unreachable({ access, canvas, devbox, ingress, network }: ProfileTables['deploy']): Problem[] {
  const noManagers = access.managers.length === 0 && access.app_server === undefined;
  const noClients =
    network.clients.length === 0 && noManagers && devbox === undefined && canvas === undefined && !ingress.api;
  return [
    ...(noClients
      ? [
          {
            path: ['deploy', 'network', 'clients'],
            text: "is empty: no Pod may call the sandboxes' API (kubectl port-forward may)",
          },
        ]
      : []),
    ...(ingress.kind !== 'none' && network.ingress_controllers.length === 0
      ? [
          {
            path: ['deploy', 'network', 'ingress_controllers'],
            text: `is empty: no ingress controller may reach ${canvas ? 'Canvas' : 'the editor'}`,
          },
        ]
      : []),
  ];
}

/** Where the NetworkPolicies cannot hold every Pod, or hold one that was meant to call. */
function unheld({ kubernetes: { namespace }, deploy: { access, network, security } }: ProfileTables): Problem[] {
  const path = ['kubernetes', 'namespace'];
  if (!isOwnNamespace(namespace)) {
    const isOpen = access.managers.length > 0 && !security.admission_policy;
    const text =
      `is ${namespace}, which others use: a Pod that a manager makes without the label app=openhands-runtime is under ` +
      'no NetworkPolicy of ours; deploy.security.admission_policy refuses it, a namespace of its own isolates it';
    return isOpen ? [{ path, text }] : [];
  }
  const text = `is in ${namespace}, where every Pod is under default deny: it needs a NetworkPolicy of its own to call out`;
  const callers = [
    ...network.clients.map((it, index) => ({
      of: 'namespace' in it ? it.namespace : undefined,
      path: ['deploy', 'network', 'clients', index],
    })),
    ...access.managers.map((it, index) => ({ of: it.split('/')[0], path: ['deploy', 'access', 'managers', index] })),
  ];
  return callers.filter((it) => it.of === namespace).map(({ path }) => ({ path, text }));
}

/** The numbers of a version, `1.28.0` or an image's tag `1.58.2-python`. Absent: a digest, or a name of one's own. */
const numbersOf = (version: string): number[] | undefined =>
  /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);

const isOlder = (numbers: readonly number[], than: readonly number[]): boolean => {
  const [index] = numbers.flatMap((number, place) => (number === than[place] ? [] : [place]));
  return index !== undefined && numbers[index]! < than[index]!;
};

/** The app server's own address is told to a sandbox by the app server, mostly as a name. */
function nameless({ access, network }: ProfileTables['deploy']): Problem[] {
  if (access.app_server === undefined || egressNames(network) === undefined) return [];
  const text = proxiedNames(network)
    ? 'has no name that its sandboxes find: with egress by name they look none up. Give its webhooks an address, and that ' +
      'address to NO_PROXY and no_proxy in sandbox.runtime_startup_env_vars'
    : "has a name that its sandboxes find if deploy.network.egress.domains has it: with egress by name they look up the profile's alone";
  return [{ path: ['deploy', 'access', 'app_server'], text }];
}

/** Names of one certificate that Let's Encrypt and most other public issuers sign: https://letsencrypt.org/docs/rate-limits/ */
const CERTIFICATE_NAMES = 100;

/** A certificate that its issuer may refuse, and with it every session's TLS. */
function manyNames({ ingress, sessions }: ProfileTables['deploy']): Problem[] {
  const names = sessions.length * (ingress.api ? 2 : 1);
  if (ingress.cluster_issuer === undefined || ingress.kind === 'none' || names <= CERTIFICATE_NAMES) return [];
  const text =
    `is asked for one certificate of ${names} names, and most public issuers sign at most ${CERTIFICATE_NAMES}: leave it ` +
    'out and put a wildcard certificate into kubernetes.ingress_tls_secret, or split the profile';
  return [{ path: ['deploy', 'ingress', 'cluster_issuer'], text }];
}

/** What is about the proxy, where there is none. A parent's table may have brought it. */
function unproxied({ network }: ProfileTables['deploy']): Problem[] {
  const egress = egressNames(network);
  if (egress === undefined || proxiedNames(network) || egress.address === PROXY_ADDRESS) return [];
  const text = 'has no effect with network_plugin = "cilium": there is no proxy';
  return [{ path: ['deploy', 'network', 'egress', 'address'], text }];
}

/** A Canvas that has nobody to lead to, or to a program that does not understand it. */
function unfit({ sandbox, deploy }: Pick<ProfileTables, 'sandbox' | 'deploy'>): Problem[] {
  if (deploy.canvas === undefined) return [];
  if (deploy.sessions.length === 0) {
    return [{ path: ['deploy', 'canvas'], text: 'has no effect without sessions: the pool has none' }];
  }
  const image = sandbox.runtime_container_image ?? '';
  const version = numbersOf(/:([^:/@]+)(@.*)?$/.exec(image)?.[1] ?? '');
  if (version === undefined || !isOlder(version, numbersOf(CANVAS_NEEDS_AGENT_SERVER)!)) return [];
  return [
    {
      path: ['sandbox', 'runtime_container_image'],
      text: `is too old for ${CANVAS_IMAGE}: it needs an agent-server of at least ${CANVAS_NEEDS_AGENT_SERVER}`,
    },
  ];
}

/** Sandboxes that people may think are suspended when nobody uses them. */
function unsuspended({ idle, sessions, session_workload }: ProfileTables['deploy']): Problem[] {
  if (idle === undefined || sessions.length === 0 || session_workload === 'Sandbox') return [];
  return [
    {
      path: ['deploy', 'idle'],
      text: `is about claimed sandboxes alone: sessions run as ${session_workload}, which only a Sandbox could suspend`,
    },
  ];
}

/** Suspended sandboxes whose files are in no backup, which Velero calls complete all the same. */
function unsaved({ idle, recovery }: ProfileTables['deploy']): Problem[] {
  if (idle === undefined || idle.dry_run || recovery?.backup?.volumes !== 'file-system') return [];
  const text =
    'leaves out the files of a sandbox that deploy.idle has suspended: Velero copies them out of its Pod. volumes = "snapshot" ' +
    'saves them too';
  return [{ path: ['deploy', 'recovery', 'backup', 'volumes'], text }];
}

/** A pool in which people share what they may think is theirs. */
function sharedPool({ pool }: ProfileTables['deploy']): Problem[] {
  if (pool === undefined || pool.workload === 'SandboxWarmPool' || pool.shared) return [];
  const comesBack = pool.workload === 'StatefulSet' && ', also what earlier ones left in its volume';
  return [
    {
      path: ['deploy', 'pool', 'workload'],
      text:
        `lets all whose conversations land on one Pod see each other's files, processes and key${comesBack || ''}; a session ` +
        'each or a SandboxWarmPool keeps people apart; deploy.pool.shared = true says that it is meant',
    },
  ];
}

/** Nobody is told of what matters. The cluster's own Alertmanager may tell somebody, so it is no refusal. */
function untold({ monitoring }: ProfileTables['deploy']): Problem[] {
  const receivers = monitoring?.alertmanager?.receivers;
  if (receivers === undefined) return [];
  const told = receivers.flatMap(({ severities }) => severities);
  return (['critical', 'warning'] as const)
    .filter((severity) => !told.includes(severity))
    .map((severity) => ({
      path: ['deploy', 'monitoring', 'alertmanager', 'receivers'],
      text: `has none for severity ${severity}: nobody is told of such alerts`,
    }));
}

/** Of logs: what is written whatever is asked for. */
function unlogged({ debug }: ProfileTables['core'], { logging }: ProfileTables['deploy']): Problem[] {
  if (logging === undefined) return [];
  const { handlers, level } = logging;
  return [
    ...(handlers.includes('console')
      ? []
      : [
          {
            path: ['deploy', 'logging', 'handlers'],
            text: "leaves console out: a container's stderr is always there, and the kubelet keeps it",
          },
        ]),
    ...(debug && level !== 'DEBUG' && level !== 'INFO'
      ? [{ path: ['deploy', 'logging', 'level'], text: 'has no effect beside core.debug = true, which logs DEBUG' }]
      : []),
  ];
}

/** Variables of which Kubernetes makes something else, because OpenHands 0.62 wrote them down as they are. */
function expanded({ sandbox, deploy }: ProfileTables): Problem[] {
  if (deploy.contract === 'agent-server') return [];
  return Object.entries(sandbox.runtime_startup_env_vars)
    .filter(([, value]) => typeof value === 'string' && /\$\$|\$\([^)]*\)/.test(value))
    .map(([name]) => ({
      path: ['sandbox', 'runtime_startup_env_vars', name],
      text: 'arrives changed, as with OpenHands 0.62: Kubernetes takes $(NAME) for another variable and $$ for a $',
    }));
}

/** What gVisor has only where the nodes' runsc is told so. */
function underGvisor(profile: ProfileTables): Problem[] {
  if (!kindsOf(profile).some(isGvisor)) return [];
  const { kubernetes, sandbox, deploy } = profile;
  const claims = poolsOf(profile).some(({ workload }) => workload === 'SandboxWarmPool');
  const privileged =
    'gives no raw sockets under gVisor: Docker in Docker starts only where the nodes have runsc with --net-raw and ' +
    '--allow-packet-socket-write, https://gvisor.dev/docs/tutorials/docker-in-gvisor';
  const portForward =
    'has no port-forward in gVisor (https://github.com/google/gvisor/issues/3811), by which the SDK connects unless it is told ' +
    'connection="direct"';
  const gpu = 'needs runsc with --nvproxy on the nodes, and a driver version that it knows';
  const asked: readonly (readonly [string[], boolean, string])[] = [
    [['kubernetes', 'privileged'], kubernetes.privileged, privileged],
    [['sandbox', 'docker_runtime_kwargs', 'privileged'], sandbox.docker_runtime_kwargs.privileged, privileged],
    [['sandbox', 'enable_gpu'], sandbox.enable_gpu, gpu],
    [['deploy', 'access', 'managers'], claims && deploy.access.managers.length > 0, portForward],
  ];
  return asked.filter(([, isAsked]) => isAsked).map(([path, , text]) => ({ path, text }));
}

/** What of `[llm]` only the OpenHands app reads. */
function unreadLlm({ llm = {}, deploy }: ProfileTables): Problem[] {
  if (deploy.contract !== 'agent-server') return [];
  return Object.keys(llm)
    .filter((field) => !LLM_FIELDS.includes(field))
    .map((field) => ({
      path: ['llm', field],
      text: `does not reach the agent-server, whose LLM is made of ${LLM_FIELDS.join(', ')}`,
    }));
}

/** What is asked for and cannot be had on Kubernetes: the fields, and why. Only of fields that are not at their default. */
export function warnings(profile: ProfileTables): Problem[] {
  const { core, sandbox, deploy } = profile;
  const agentServer = deploy.contract === 'agent-server';
  const ofDocker = "has no effect: it is about Docker's containers";
  const ofBuilds = 'has no effect: OpenHands never builds images on Kubernetes';
  const ofOldProgram = 'has no effect: the agent-server has no such argument';
  const table: readonly (readonly [keyof ProfileTables['sandbox'], boolean, string])[] = [
    [
      'base_container_image',
      sandbox.runtime_container_image === undefined &&
        !(agentServer && sandbox.base_container_image === DEFAULT_BASE_CONTAINER_IMAGE),
      'is no runtime image and cannot start as a sandbox: set runtime_container_image',
    ],
    [
      'runtime_container_image',
      sandbox.runtime_container_image !== undefined && !isPinned(sandbox.runtime_container_image),
      'names no version: what runs may change from one start to the next',
    ],
    ['rm_all_containers', sandbox.rm_all_containers, ofDocker],
    [
      'runtime_binding_address',
      sandbox.runtime_binding_address !== '0.0.0.0',
      "has no effect: a Pod's ports are its own",
    ],
    ['runtime_extra_deps', sandbox.runtime_extra_deps !== undefined, ofBuilds],
    ['runtime_extra_build_args', sandbox.runtime_extra_build_args.length > 0, ofBuilds],
    [
      'force_rebuild_runtime',
      sandbox.force_rebuild_runtime,
      'builds nothing on Kubernetes: the image is pulled at every start',
    ],
    [
      'cuda_visible_devices',
      sandbox.cuda_visible_devices !== undefined,
      sandbox.enable_gpu
        ? 'sets how many GPUs, not which ones: Kubernetes chooses'
        : 'has no effect without enable_gpu',
    ],
    ['initialize_plugins', agentServer && !sandbox.initialize_plugins, ofOldProgram],
    ['browsergym_eval_env', agentServer && sandbox.browsergym_eval_env !== undefined, ofOldProgram],
    [
      'user_id',
      !!sandbox.user_id && !agentServer && deploy.security.pod_security_standard !== 'restricted',
      'has no effect: this program starts as root unless deploy.security.pod_security_standard is "restricted"',
    ],
  ];
  const ofOpenHands = table.filter(([, set]) => set).map(([field, , text]) => ({ path: ['sandbox', field], text }));
  return [
    ...ofOpenHands,
    ...expanded(profile),
    ...underGvisor(profile),
    ...unreadLlm(profile),
    ...unreachable(deploy),
    ...unfit(profile),
    ...nameless(deploy),
    ...unproxied(deploy),
    ...manyNames(deploy),
    ...unsuspended(deploy),
    ...unsaved(deploy),
    ...unheld(profile),
    ...sharedPool(deploy),
    ...untold(deploy),
    ...unlogged(core, deploy),
  ];
}
