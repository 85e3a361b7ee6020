import { z } from 'zod';
import { ByteQuantity, CpuQuantity, DnsLabel, DnsSubdomain } from './values';

/** What `openhands-runtime-` in front and `-svc-code` behind leave of a Service's 63 characters. */
const SESSION_LENGTH = 63 - 'openhands-runtime-'.length - '-svc-code'.length;

const SessionName = DnsLabel.max(SESSION_LENGTH, {
  error: `at most ${SESSION_LENGTH} characters, for a Service's name of 63`,
});

const AnnotationKey = z
  .string()
  .regex(/^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/, {
    error: 'an annotation key such as example.com/name',
  });

const IngressConfig = z.strictObject({
  /** How a session's editor is exposed. */
  kind: z.enum(['Ingress', 'none']).default('Ingress'),
  /** IngressClass that must exist; absent: the cluster's default. */
  class_name: DnsSubdomain.optional(),
  /** Annotations of every Ingress, for its controller. */
  annotations: z.record(AnnotationKey, z.string()).default({}),
});

const SecurityConfig = z.strictObject({
  /** Pod Security Standard: the namespace's labels and what a sandbox's Pod is allowed. */
  pod_security_standard: z.enum(['privileged', 'baseline', 'restricted']).default('baseline'),
  /** The sandbox writes only to its volumes; absent: under `restricted`. */
  read_only_root_filesystem: z.boolean().optional(),
});

const ResourcesConfig = z.strictObject({
  /** Cores at which a sandbox is throttled; absent: none, it may use what the node has left. */
  cpu_limit: CpuQuantity.optional(),
  /** Node's disk that a sandbox asks for: image layer, logs and emptyDirs, bytes. */
  ephemeral_storage_request: ByteQuantity.default('1Gi'),
  /** Node's disk at which a sandbox is evicted, bytes. */
  ephemeral_storage_limit: ByteQuantity.default('4Gi'),
});

const SecretsConfig = z.strictObject({
  /** Whether a sandbox may start without its entries in the Secret `openhands-session-keys`. */
  session_keys: z.enum(['optional', 'required']).default('optional'),
});

const DevboxConfig = z.strictObject({});

/** `[deploy]`: this program's own table. OpenHands does not read it. */
export const DeployConfig = z.strictObject({
  /** A shipped profile's name, or a path relative to the file: tables merge, lists replace. */
  extends: z.string().optional(),
  /** The program inside a sandbox: today's agent-server, or the action execution server of OpenHands 1.6 and older. */
  contract: z.enum(['agent-server', 'action-execution-server']).default('action-execution-server'),
  /** Named sandboxes, one workspace each. */
  sessions: z.array(SessionName).default(['default']),
  /** What runs a session: a Deployment of one, or the bare Pod that OpenHands 0.62 made. */
  session_workload: z.enum(['Deployment', 'Pod']).default('Deployment'),
  security: SecurityConfig.prefault({}),
  /** What `[kubernetes]` has no field for. */
  resources: ResourcesConfig.prefault({}),
  secrets: SecretsConfig.prefault({}),
  ingress: IngressConfig.prefault({}),
  /** A developer's box in the cluster, with mirrord's Role. No table, no box. */
  devbox: DevboxConfig.optional(),
});
export type DeployConfig = z.infer<typeof DeployConfig>;
export type PodSecurityStandard = DeployConfig['security']['pod_security_standard'];
export type Contract = DeployConfig['contract'];
