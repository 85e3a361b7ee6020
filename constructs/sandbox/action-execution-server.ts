import { imageFrom } from '../../config/image-reference';
import { k8s } from '../k8s';
import { actionExecutionServerLogging } from '../logging/program-logging';
import { hasReadOnlyRoot, isOpenHands062, type Program, type SandboxTables } from './program';

const API_PORT = 8080;
const EDITOR_PORT = 8081;
/** User `openhands` of the image; by default the program starts as root and calls `su`. */
const USER = 1000;

/** OpenHands 0.62's get_action_execution_server_startup_command, as its KubernetesRuntime calls it. */
function command({ core, sandbox }: SandboxTables): string[] {
  return [
    ...['/openhands/micromamba/bin/micromamba', 'run', '-n', 'openhands', 'poetry', 'run'],
    ...['python', '-u', '-m', 'openhands.runtime.action_execution_server', String(API_PORT)],
    ...['--working-dir', core.workspace_mount_path_in_sandbox],
    ...(sandbox.initialize_plugins ? ['--plugins', 'agent_skills', 'jupyter', 'vscode'] : []),
    ...['--username', 'root'],
    // Its override of 0 is falsy in Python, so the number comes from run_as_openhands.
    ...['--user-id', core.run_as_openhands ? '1000' : '0'],
    ...(sandbox.browsergym_eval_env ? ['--browsergym-eval-env', ...sandbox.browsergym_eval_env.split(' ')] : []),
    ...(core.enable_browser ? [] : ['--no-enable-browser']),
  ];
}

function env(tables: SandboxTables): k8s.EnvVar[] {
  const { core, sandbox, deploy } = tables;
  return [
    { name: 'port', value: String(API_PORT) },
    { name: 'PYTHONUNBUFFERED', value: '1' },
    { name: 'VSCODE_PORT', value: String(sandbox.vscode_port ?? EDITOR_PORT) },
    ...(core.debug ? [{ name: 'DEBUG', value: 'true' }] : []),
    ...(sandbox.enable_auto_lint ? [{ name: 'ENABLE_AUTO_LINT', value: 'true' }] : []),
    // Otherwise it calls su, for which a restricted Pod has no capabilities.
    ...(deploy.security.pod_security_standard === 'restricted' ? [{ name: 'SU_TO_USER', value: 'false' }] : []),
    // Its log file lies beside its code, on the root file system.
    ...(hasReadOnlyRoot(tables) && !deploy.logging ? [{ name: 'LOG_TO_FILE', value: 'false' }] : []),
    ...actionExecutionServerLogging(tables),
  ];
}

/** Probes that OpenHands 0.62 did not have: a start-up budget, and a restart of a program that hangs. */
function addedProbes({ sandbox }: SandboxTables): Pick<Program, 'startupProbe' | 'livenessProbe'> {
  const httpGet = (path: string): k8s.HttpGetAction => ({ path, port: k8s.IntOrString.fromString('http') });
  return {
    startupProbe: {
      httpGet: httpGet('/alive'),
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: Math.ceil(sandbox.remote_runtime_init_timeout / 5),
    },
    livenessProbe: { httpGet: httpGet('/server_info'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
  };
}

/** OpenHands up to 1.6: the action execution server. */
export function actionExecutionServer(tables: SandboxTables): Program {
  const { sandbox, deploy } = tables;
  const restricted = deploy.security.pod_security_standard === 'restricted';
  const user = restricted ? sandbox.user_id || USER : undefined;
  return {
    image: imageFrom(deploy.images, sandbox.runtime_container_image ?? sandbox.base_container_image),
    command: command(tables),
    workingDir: '/openhands/code/',
    apiPort: API_PORT,
    apiPortName: 'execution-server',
    healthPath: '/alive',
    editorPort: sandbox.vscode_port ?? EDITOR_PORT,
    otherPorts: [30082, 30083],
    env: env(tables),
    readinessProbe: {
      httpGet: { path: '/alive', port: k8s.IntOrString.fromNumber(API_PORT) },
      initialDelaySeconds: 5,
      periodSeconds: 10,
      timeoutSeconds: 5,
      successThreshold: 1,
      failureThreshold: 3,
    },
    ...(isOpenHands062(tables) ? {} : addedProbes(tables)),
    userId: user,
    fsGroup: user,
    // What `su` needs. Dropping these three too stops the program from starting.
    capabilities: restricted ? [] : ['CHOWN', 'SETGID', 'SETUID'],
    scratch: [
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'home', mountPath: restricted ? '/home/openhands' : '/root' },
    ],
  };
}
