import { imageFrom } from '../../config/image-reference';
import { AGENT_SERVER_IMAGE } from '../../config/images';
import { DEFAULT_BASE_CONTAINER_IMAGE, type SandboxConfig } from '../../config/schema/sandbox';
import { k8s } from '../k8s';
import { agentServerLogging } from '../logging/program-logging';
import { SESSION_KEYS } from '../secrets/session-keys';
import { hasCanvas, type Program, type SandboxTables } from './program';

const API_PORT = 8000;
const EDITOR_PORT = 8001;
/** Below which path of Canvas's host the editor is, as in OpenHands's own distribution. */
export const EDITOR_PATH = '/vscode';
const HOME = '/home/openhands';
/** The image's user `openhands`; `runAsNonRoot` needs the number. */
const USER = 10001;

function imageOf({ runtime_container_image, base_container_image }: SandboxConfig): string {
  if (runtime_container_image !== undefined) return runtime_container_image;
  return base_container_image === DEFAULT_BASE_CONTAINER_IMAGE ? AGENT_SERVER_IMAGE : base_container_image;
}

const httpGet = (path: string): k8s.HttpGetAction => ({ path, port: k8s.IntOrString.fromString('http') });

function env(tables: SandboxTables, owner: string): k8s.EnvVar[] {
  const { core, sandbox, deploy } = tables;
  const workspace = core.workspace_mount_path_in_sandbox;
  // Canvas stores a person's LLM key in the sandbox, which answers 503 if it then has nothing to encrypt it with.
  const optional = deploy.secrets.session_keys === 'optional' && !hasCanvas(tables, owner);
  const sessionKey = (key: string): k8s.EnvVarSource => ({
    secretKeyRef: { name: SESSION_KEYS, key: `${owner}.${key}`, optional },
  });
  return [
    { name: 'HOME', value: HOME },
    // Otherwise it waits for a download at import: 33 s under a policy that denies egress.
    { name: 'LITELLM_LOCAL_MODEL_COST_MAP', value: 'True' },
    { name: 'LOG_JSON', value: 'true' },
    ...agentServerLogging(tables),
    { name: 'OPENHANDS_SUPPRESS_BANNER', value: '1' },
    { name: 'DO_NOT_TRACK', value: '1' },
    { name: 'OH_TELEMETRY_EXPORTER', value: 'none' },
    { name: 'OH_VSCODE_PORT', value: String(sandbox.vscode_port ?? EDITOR_PORT) },
    ...(hasCanvas(tables, owner) && deploy.canvas?.editor ? [{ name: 'OH_VSCODE_BASE_PATH', value: EDITOR_PATH }] : []),
    // Absolute: relative ones would be looked up from the working directory.
    { name: 'OH_WORKSPACE_PATH', value: `${workspace}/project` },
    { name: 'OH_CONVERSATIONS_PATH', value: `${workspace}/conversations` },
    { name: 'OH_BASH_EVENTS_DIR', value: `${workspace}/bash_events` },
    // One Pod holds the workspace, so after a hard kill nobody else can hold a conversation's lease.
    { name: 'OH_LEASE_TTL_SECONDS', value: '0' },
    ...(core.enable_browser ? [] : [{ name: 'OH_ENABLE_BROWSER', value: 'false' }]),
    ...(core.debug ? [{ name: 'DEBUG', value: 'true' }] : []),
    ...(sandbox.enable_auto_lint ? [{ name: 'ENABLE_AUTO_LINT', value: 'true' }] : []),
    // The keys that clients must show, and the one that encrypts credentials at rest.
    { name: 'OH_SESSION_API_KEYS_0', valueFrom: sessionKey('api-key') },
    { name: 'OH_SECRET_KEY', valueFrom: sessionKey('secret-key') },
  ];
}

/** Today's OpenHands: the agent-server. */
export function agentServer(tables: SandboxTables, owner: string): Program {
  const { core, sandbox, deploy } = tables;
  const user = sandbox.user_id || USER;
  return {
    image: imageFrom(deploy.images, imageOf(sandbox)),
    // Without --host and without a session key it would listen on 127.0.0.1 only.
    args: ['--host', '0.0.0.0', '--port', String(API_PORT)],
    // A client's command without a directory runs here.
    workingDir: core.workspace_mount_path_in_sandbox,
    apiPort: API_PORT,
    apiPortName: 'http',
    healthPath: '/health',
    editorPort: sandbox.vscode_port ?? EDITOR_PORT,
    otherPorts: [],
    env: env(tables, owner),
    startupProbe: {
      httpGet: httpGet('/health'),
      periodSeconds: 2,
      failureThreshold: Math.ceil(sandbox.remote_runtime_init_timeout / 2),
    },
    readinessProbe: { httpGet: httpGet('/ready'), periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 },
    livenessProbe: {
      httpGet: httpGet('/alive'),
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 6,
      // One that hangs does not hear SIGTERM: the Pod's own two minutes or more would be waited out in vain.
      terminationGracePeriodSeconds: 10,
    },
    userId: user,
    fsGroup: user,
    capabilities: [],
    home: HOME,
    scratch: [{ name: 'tmp', mountPath: '/tmp' }],
    // On SIGTERM it waits for running requests: 38 s were seen, and one may take as long as an action.
    terminationGracePeriodSeconds: Math.max(60, sandbox.timeout),
  };
}
