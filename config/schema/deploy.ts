import * as z from 'zod';
import { HeadroomConfig, PrepullConfig } from './capacity';
import { IdleConfig } from './idle';
import { ImagesConfig } from './images';
import { IngressConfig } from './ingress';
import { LoggingConfig } from './logging';
import { MetadataConfig } from './metadata';
import { MonitoringConfig } from './monitoring';
import { NetworkConfig } from './network';
import { PatchConfig } from './patches';
import {
  AgentSandboxConfig,
  AutoscalingConfig,
  HighAvailabilityConfig,
  PoolConfig,
  PoolName,
  WarmPoolConfig,
} from './pool';
import { RecoveryConfig } from './recovery';
import { RuntimeClassConfig } from './runtime-class';
import { SignInConfig } from './sign-in';
import { SystemPodsConfig } from './system-pods';
import {
  ByteQuantity,
  CpuQuantity,
  DnsLabel,
  DnsSubdomain,
  ImageReference,
  LabelKey,
  LabelValue,
  Port,
} from './values';

/** What `openhands-runtime-` in front and `-svc-code` behind leave of a Service's 63 characters. */
const SESSION_LENGTH = 63 - 'openhands-runtime-'.length - '-svc-code'.length;

const SessionName = DnsLabel.max(SESSION_LENGTH, {
  error: `at most ${SESSION_LENGTH} characters, for a Service's name of 63`,
});

/** `[deploy.security]`: what a sandbox may do on its node, and what holds it there. */
const SecurityConfig = z.strictObject({
  /** Pod Security Standard: the namespace's labels and what a sandbox's Pod is allowed. */
  pod_security_standard: z.enum(['privileged', 'baseline', 'restricted']).default('baseline'),
  /** The sandbox writes only to its volumes; absent: under `restricted`. */
  read_only_root_filesystem: z.boolean().optional(),
  /** RuntimeClass of `[deploy.runtime_classes]` or of the cluster, such as gvisor or kata; absent: the node's default. */
  runtime_class: DnsSubdomain.optional(),
  /** false: the sandbox's users are not the node's (user namespaces, Kubernetes 1.33 and newer); absent: they are. */
  host_users: z.boolean().optional(),
  /** A ValidatingAdmissionPolicy that refuses Pods which are not what this program writes. */
  admission_policy: z.boolean().default(false),
  /**
   * Images of sandboxes made before an upgrade, which the admission policy lets start again: a Sandbox keeps its image
   * when it is suspended, and when its node is drained.
   */
  earlier_images: z.array(ImageReference).default([]),
});

/** `[deploy.resources]`: what `[kubernetes]` has no field for. */
const ResourcesConfig = z.strictObject({
  /** Cores at which a sandbox is throttled; absent: none, it may use what the node has left. */
  cpu_limit: CpuQuantity.optional(),
  /** Node's disk that a sandbox asks for: what it writes outside its volumes, logs and emptyDirs, bytes. */
  ephemeral_storage_request: ByteQuantity.default('1Gi'),
  /** Node's disk at which a sandbox is evicted, bytes. */
  ephemeral_storage_limit: ByteQuantity.default('4Gi'),
});

/** `[deploy.secrets]`: where the sandboxes' secrets come from. */
const SecretsConfig = z.strictObject({
  /** Whether a sandbox may start without its entries in the Secret `openhands-session-keys`. */
  session_keys: z.enum(['optional', 'required']).default('optional'),
  /** The external-secrets store that fills every Secret which a sandbox refers to; absent: they are made by hand. */
  external: z
    .strictObject({
      /** Name of the store. */
      store: DnsSubdomain,
      /** Kind of the store. */
      kind: z.enum(['SecretStore', 'ClusterSecretStore']).default('SecretStore'),
    })
    .optional(),
});

const Manager = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\/[a-z0-9]([-a-z0-9.]{0,150}[a-z0-9])?$/, {
  error: 'a ServiceAccount as "namespace/name"',
});

/** `[deploy.access.app_server]`: OpenHands's app server with `RUNTIME=kubernetes`, which claims one sandbox a conversation. */
const AppServerConfig = z.strictObject({
  /** Its ServiceAccount, as "namespace/name". */
  account: Manager,
  /** Labels of its Pods; absent: every Pod of its namespace. */
  pods: z.record(LabelKey, LabelValue).optional(),
  /** Where its Pods listen for the sandboxes' webhooks. */
  port: Port.default(3000),
});

/** `[deploy.access]`: who may make sandboxes. */
const AccessConfig = z.strictObject({
  /** ServiceAccounts that may create or claim sandboxes, as "namespace/name". */
  managers: z.array(Manager).default([]),
  /** The app server. No table, its claims are refused. */
  app_server: AppServerConfig.optional(),
});

/** `[deploy.quota]` */
const QuotaConfig = z.strictObject({
  /** Sandboxes that the namespace has room for, those of the profile included. */
  max_sandboxes: z.int().min(1, { error: 'at least 1' }),
  /** Nodes on each of which the collector of logs and the pre-pull of images have room; by default those of the largest cluster that Kubernetes supports. */
  max_nodes: z.int().min(1, { error: 'at least 1' }).default(5000),
});

/** `[deploy.canvas]`: Agent Canvas, OpenHands's page in the browser, in front of each session. */
const CanvasConfig = z.strictObject({
  /** Serve the session's editor below /vscode of the page's host, where its code can read what the page stores. */
  editor: z.boolean().default(true),
});

/** `[deploy.devbox]` */
const DevboxConfig = z.strictObject({});

/** `[deploy]`: this program's own table. OpenHands does not read it. */
export const DeployConfig = z.strictObject({
  /** A shipped profile's name, or a path relative to the file: tables merge, lists replace, patches follow the parent's. */
  extends: z.string().optional(),
  /** The program inside a sandbox: today's agent-server, or the action execution server of OpenHands 1.6 and older. */
  contract: z.enum(['agent-server', 'action-execution-server']).default('action-execution-server'),
  /** Named sandboxes, one workspace each. */
  sessions: z.array(SessionName).default(['default']),
  /** What runs a session: a Deployment of one, the bare Pod that OpenHands 0.62 made, or a Sandbox of agent-sandbox. */
  session_workload: z.enum(['Deployment', 'Pod', 'Sandbox']).default('Deployment'),
  sandbox: AgentSandboxConfig.prefault({}),
  /** Interchangeable sandboxes. No table, no pool. */
  pool: PoolConfig.optional(),
  /** Further pools of agent-sandbox, by name. The app server offers each as a runtime of its own. */
  pools: z.record(PoolName, WarmPoolConfig).default({}),
  /** A number of sandboxes that follows the load. No table, a fixed number. */
  autoscaling: AutoscalingConfig.optional(),
  /** What outlives a node. No table, none of it. */
  high_availability: HighAvailabilityConfig.optional(),
  security: SecurityConfig.prefault({}),
  /** RuntimeClasses by name. None is needed that the cluster has. */
  runtime_classes: z.record(DnsSubdomain, RuntimeClassConfig).default({}),
  resources: ResourcesConfig.prefault({}),
  images: ImagesConfig.prefault({}),
  system_pods: SystemPodsConfig.prefault({}),
  secrets: SecretsConfig.prefault({}),
  access: AccessConfig.prefault({}),
  network: NetworkConfig.prefault({}),
  ingress: IngressConfig.prefault({}),
  /** OpenHands's browser client for each session. No table, the session's host shows its editor. */
  canvas: CanvasConfig.optional(),
  /** Who may come in to which session. No table, whoever has the session's key. */
  sign_in: SignInConfig.optional(),
  /** Suspending sandboxes that nobody uses. No table, they run until somebody suspends them. */
  idle: IdleConfig.optional(),
  /** Room for sandboxes that are not there yet. No table, a burst waits for nodes. */
  headroom: HeadroomConfig.optional(),
  /** Images on the nodes before a sandbox comes. No table, a node's first sandbox waits for them. */
  prepull: PrepullConfig.optional(),
  /** What the namespace may hold. No table, no bound. */
  quota: QuotaConfig.optional(),
  /** Metrics, alerts and a dashboard. No table, none. */
  monitoring: MonitoringConfig.optional(),
  /** Where logs go beside the console. No table, nowhere. */
  logging: LoggingConfig.optional(),
  /** Rescheduling and backups. No table, what Kubernetes does by itself. */
  recovery: RecoveryConfig.optional(),
  /** A developer's box in the cluster, with mirrord's Role. No table, no box. */
  devbox: DevboxConfig.optional(),
  metadata: MetadataConfig.prefault({}),
  /** What has no field: changes of rendered objects, in this order, a parent's before a child's. */
  patches: z.array(PatchConfig).default([]),
});
export type DeployConfig = z.infer<typeof DeployConfig>;
export type PodSecurityStandard = DeployConfig['security']['pod_security_standard'];
export type Contract = DeployConfig['contract'];
