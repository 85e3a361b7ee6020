import * as z from 'zod';
import { ByteQuantity, CpuQuantity, DnsLabel, DnsSubdomain, Duration, ImageReference, Percent } from './values';

/** A sandbox of a pool has six more: `-` and five letters that agent-sandbox chooses. */
const POOL_NAME_LENGTH = 63 - 6;

export const PoolName = DnsLabel.max(POOL_NAME_LENGTH, {
  error: `at most ${POOL_NAME_LENGTH} characters, for a sandbox's name of 63`,
});

/** `[deploy.pool]`: interchangeable sandboxes. */
export const PoolConfig = z.strictObject({
  /** Deployment: scratch volumes. StatefulSet: a lasting volume each. SandboxWarmPool: sandboxes that wait to be claimed. */
  workload: z.enum(['Deployment', 'StatefulSet', 'SandboxWarmPool']).default('Deployment'),
  /** What it is called, and what clients claim from. Another name than this one needs a SandboxWarmPool. */
  name: PoolName.default('openhands-runtime'),
  /** Sandboxes, without autoscaling. */
  replicas: z.int().min(1, { error: 'at least 1' }).default(2),
  /** How its Service is reached; LoadBalancer: from outside the cluster. */
  service_type: z.enum(['ClusterIP', 'LoadBalancer']).default('ClusterIP'),
  /** Of a StatefulSet, a volume whose sandbox is scaled down. Delete: the next one of that number has a clean one. */
  volume_when_scaled: z.enum(['Retain', 'Delete']).default('Retain'),
  /** Of a Deployment or StatefulSet: people may see each other's files, processes and key. Unsaid, it is a warning. */
  shared: z.boolean().default(false),
});
export type PoolConfig = z.infer<typeof PoolConfig>;

/** `[deploy.pools.NAME]`: a SandboxWarmPool; what is absent is as everywhere in the profile. */
export const WarmPoolConfig = z.strictObject({
  /** Sandboxes that wait to be claimed. */
  replicas: z.int().min(1, { error: 'at least 1' }).default(2),
  /** In the place of `sandbox.runtime_container_image`. */
  runtime_container_image: ImageReference.optional(),
  /** In the place of `deploy.security.runtime_class`. */
  runtime_class: DnsSubdomain.optional(),
  /** In the place of `kubernetes.resource_cpu_request`, cores. */
  resource_cpu_request: CpuQuantity.optional(),
  /** In the place of `kubernetes.resource_memory_request`, bytes. */
  resource_memory_request: ByteQuantity.optional(),
  /** In the place of `kubernetes.resource_memory_limit`, bytes. */
  resource_memory_limit: ByteQuantity.optional(),
  /** In the place of `deploy.resources.cpu_limit`, cores. */
  cpu_limit: CpuQuantity.optional(),
});

/** A metric from outside the Pods, by a metrics adapter or KEDA. */
const ExternalMetric = z.strictObject({
  /** Its name, as the adapter serves it. */
  name: z.string().min(1),
  /** Value of it that one sandbox stands for. */
  per_sandbox: z.number().positive(),
});

/** `[deploy.autoscaling]`: a HorizontalPodAutoscaler on the pool. */
export const AutoscalingConfig = z.strictObject({
  /** Fewest sandboxes. */
  min_replicas: z.int().min(1, { error: 'at least 1' }).default(2),
  /** Most sandboxes. */
  max_replicas: z.int().min(1, { error: 'at least 1' }).default(10),
  /** Percent of the requested CPU that the sandboxes use on average. Means nothing for a SandboxWarmPool. */
  cpu_utilization: Percent.default(70),
  /** Percent of the requested memory, likewise; absent: memory does not count. */
  memory_utilization: Percent.optional(),
  /** Time for which fewer sandboxes must do before one goes: what is scaled down loses its work. */
  scale_down_stabilization: Duration(3600).default('5m'),
  /** For a SandboxWarmPool: the rate of claims, for example. Its sandboxes are idle, so their CPU tells nothing. */
  external_metric: ExternalMetric.optional(),
});
export type AutoscalingConfig = z.infer<typeof AutoscalingConfig>;

/** `[deploy.high_availability]`: the pool outlives a node, a zone and a drain. */
export const HighAvailabilityConfig = z.strictObject({
  /** Sandboxes that a drain may take at once; instead of `min_available`. */
  max_unavailable: z.int().min(0).optional(),
  /** Sandboxes that a drain must leave; absent: `max_unavailable` = 1. */
  min_available: z.int().min(0).optional(),
  /** Value of the PriorityClass: who goes first when a node is full. */
  priority: z.int().max(1_000_000_000).default(1000),
  /** Time after which the Pods of a dead node are made anew elsewhere, seconds; Kubernetes's own is 300. */
  eviction_seconds: z.int().min(0).default(60),
  /** Time for which a new sandbox must be ready before an old one goes, seconds. */
  min_ready_seconds: z.int().min(0).default(10),
});
export type HighAvailabilityConfig = z.infer<typeof HighAvailabilityConfig>;

/** `[deploy.sandbox]`: of sessions that are a Sandbox of agent-sandbox. */
export const AgentSandboxConfig = z.strictObject({
  /** Suspended: no Pod, and the workspace waits. */
  operating_mode: z.enum(['Running', 'Suspended']).default('Running'),
  /** When the Sandbox ends, in RFC 3339; absent: never. `sandbox.pause_closed_runtimes` says what becomes of it. */
  shutdown_time: z.iso.datetime({ offset: true, error: 'a time such as 2027-01-31T18:00:00Z' }).optional(),
});
