import { poolsOf } from '../../config/pools';
import type { Profile } from '../../config/schema/profile';
import type { k8s } from '../k8s';

/** What runs inside a sandbox and what it needs from its Pod: the contract, in Kubernetes's words. */
export interface Program {
  readonly image: string;
  readonly command?: string[];
  readonly args?: string[];
  readonly workingDir: string;
  /** The API's port, named `http` in the Pod. */
  readonly apiPort: number;
  /** How the API's port is called in the Service. */
  readonly apiPortName: string;
  /** Where its API says without a key whether it is well. */
  readonly healthPath: string;
  /** The editor's port, named `vscode` in the Pod and `code` in the Service. */
  readonly editorPort: number;
  /** Further ports that the program opens, without names. */
  readonly otherPorts: readonly number[];
  /** The program's own variables, before those of the profile. */
  readonly env: k8s.EnvVar[];
  readonly startupProbe?: k8s.Probe;
  readonly readinessProbe: k8s.Probe;
  readonly livenessProbe?: k8s.Probe;
  /** User and group of its processes; absent: it starts as root. */
  readonly userId?: number;
  /** Group that owns the volumes; absent: left as they are. */
  readonly fsGroup?: number;
  /** What it must add to no capabilities at all, to start. */
  readonly capabilities: string[];
  /** The home of its user, where it and the people who use it keep what must last; absent: nothing there lasts. */
  readonly home?: string;
  /** What it writes to, beside the workspace and a home that lasts, when the root file system is read-only. */
  readonly scratch: readonly { readonly name: string; readonly mountPath: string }[];
  /** Time that a stop may take, seconds; absent: Kubernetes's 30. */
  readonly terminationGracePeriodSeconds?: number;
}

/** The tables that decide what a sandbox's Pod looks like. */
export type SandboxTables = Pick<Profile, 'core' | 'kubernetes' | 'sandbox' | 'deploy' | 'llm'>;

/**
 * The Pod is OpenHands 0.62's own and nothing is added to it: its program under the standard `privileged`. Whatever
 * else a sandbox gets is for every other Pod.
 */
export const isOpenHands062 = ({ deploy }: SandboxTables): boolean =>
  deploy.contract === 'action-execution-server' && deploy.security.pod_security_standard === 'privileged';

/** Whether the container is privileged: OpenHands's field, or Docker's argument. */
export const isPrivileged = ({ kubernetes, sandbox }: SandboxTables): boolean =>
  kubernetes.privileged || sandbox.docker_runtime_kwargs.privileged;

/** Whether the root file system is read-only: as asked for, else under `restricted`. */
export const hasReadOnlyRoot = ({ deploy: { security } }: SandboxTables): boolean =>
  security.read_only_root_filesystem ?? security.pod_security_standard === 'restricted';

/** Whether people use a sandbox through a Canvas: those of sessions have one, those of a pool have none. */
export const hasCanvas = ({ deploy }: SandboxTables, owner: string): boolean =>
  deploy.canvas !== undefined && owner !== deploy.pool?.name && !Object.hasOwn(deploy.pools, owner);

/** Whether sandboxes are made and claimed through agent-sandbox. */
export const usesAgentSandbox = (tables: SandboxTables): boolean =>
  tables.deploy.session_workload === 'Sandbox' ||
  poolsOf(tables).some(({ workload }) => workload === 'SandboxWarmPool');
