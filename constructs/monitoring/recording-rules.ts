import { RUNTIME } from '../labels';
import { promql } from './promql';
import type { Watched } from './watched';

/** A series that Prometheus computes from others. Its name is `level:metric:operations`. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/**
 * What there is and how it does, as kube-state-metrics sees it.
 *
 * A sandbox is a Pod with the container `runtime`, whoever made it. Its labels would say so too, but kube-state-metrics
 * shows labels only where it is told to. `max by` makes one series of what several kube-state-metrics say.
 */
const state = ({ namespace, startSeconds }: Watched): RecordingRule[] => [
  {
    record: 'openhands:sandbox:info',
    expr: promql`
      group by (namespace, pod) (
        kube_pod_container_resource_requests{namespace="${namespace}",container="runtime",resource="memory"}
      )`,
  },
  {
    record: 'openhands:sandbox_phase:count',
    expr: promql`
      sum by (namespace, phase) (
        max by (namespace, pod, phase) (kube_pod_status_phase{namespace="${namespace}"})
        * on (namespace, pod) group_left () openhands:sandbox:info{namespace="${namespace}"}
      )`,
  },
  {
    // Those that have ended are not counted. 0, and not nothing, where all are suspended.
    record: 'openhands:sandbox:count',
    expr: promql`
      sum by (namespace) (
        max by (namespace, pod) (kube_pod_status_phase{namespace="${namespace}",phase=~"Pending|Running|Unknown"})
        * on (namespace, pod) openhands:sandbox:info{namespace="${namespace}"}
      )
      or
      0 * max by (namespace) (kube_namespace_created{namespace="${namespace}"})`,
  },
  {
    record: 'openhands:sandbox_ready:count',
    expr: promql`
      sum by (namespace) (
        max by (namespace, pod) (kube_pod_status_ready{namespace="${namespace}",condition="true"})
        * on (namespace, pod) openhands:sandbox:info{namespace="${namespace}"}
      )
      or
      0 * max by (namespace) (kube_namespace_created{namespace="${namespace}"})`,
  },
  {
    // From the Pod's creation to its first readiness. Readiness that comes back later has a time of its own: it counts
    // only if the container had just started, which the start-up budget bounds, and had never been restarted.
    record: 'openhands:sandbox_start:seconds',
    expr: promql`
      (
        max by (namespace, pod) (kube_pod_status_ready_time{namespace="${namespace}"})
        - max by (namespace, pod) (kube_pod_created{namespace="${namespace}"})
      )
      and
      (
        max by (namespace, pod) (kube_pod_status_ready_time{namespace="${namespace}"})
        - max by (namespace, pod) (kube_pod_container_state_started{namespace="${namespace}",container="runtime"})
        <= ${startSeconds}
      )
      unless
      (
        max by (namespace, pod) (
          kube_pod_container_status_restarts_total{namespace="${namespace}",container="runtime"}
        ) > 0
      )`,
  },
  {
    record: 'openhands:sandbox_restarts:increase10m',
    expr: promql`
      max by (namespace, pod) (
        increase(kube_pod_container_status_restarts_total{namespace="${namespace}",container="runtime"}[10m])
      )`,
  },
  {
    // The kernel's kills, as cAdvisor counts them, until the container is gone with its counter; and the restarts of a
    // container that was last killed so. Whichever saw more.
    record: 'openhands:sandbox_oom_kills:increase10m',
    expr: promql`
      max by (namespace, pod) (
        label_replace(
          sum by (namespace, pod) (
            increase(container_oom_events_total{namespace="${namespace}",container="runtime"}[10m])
          ),
          "source", "cadvisor", "", ""
        )
        or
        label_replace(
          openhands:sandbox_restarts:increase10m{namespace="${namespace}"}
          and on (namespace, pod)
          kube_pod_container_status_last_terminated_reason{namespace="${namespace}",container="runtime",reason="OOMKilled"},
          "source", "kube-state-metrics", "", ""
        )
      )`,
  },
];

/** What a sandbox uses, as its node's kubelet and cAdvisor see it. */
const usage = ({ namespace }: Watched): RecordingRule[] => [
  {
    record: 'openhands:sandbox_cpu:cores_rate5m',
    expr: promql`
      sum by (namespace, pod) (
        rate(container_cpu_usage_seconds_total{namespace="${namespace}",container="runtime"}[5m])
      )`,
  },
  {
    record: 'openhands:sandbox_memory_working_set:bytes',
    expr: promql`
      max by (namespace, pod) (
        container_memory_working_set_bytes{namespace="${namespace}",container="runtime"}
      )`,
  },
  {
    record: 'openhands:sandbox_memory_used:ratio',
    expr: promql`
      openhands:sandbox_memory_working_set:bytes{namespace="${namespace}"}
      / on (namespace, pod)
      max by (namespace, pod) (
        kube_pod_container_resource_limits{namespace="${namespace}",container="runtime",resource="memory"}
      )`,
  },
  {
    record: 'openhands:sandbox_disk_read:bytes_rate5m',
    expr: promql`
      sum by (namespace, pod) (
        rate(container_fs_reads_bytes_total{namespace="${namespace}",container="runtime"}[5m])
      )`,
  },
  {
    record: 'openhands:sandbox_disk_write:bytes_rate5m',
    expr: promql`
      sum by (namespace, pod) (
        rate(container_fs_writes_bytes_total{namespace="${namespace}",container="runtime"}[5m])
      )`,
  },
  {
    // The network is the Pod's, not a container's.
    record: 'openhands:sandbox_network_receive:bytes_rate5m',
    expr: promql`
      sum by (namespace, pod) (rate(container_network_receive_bytes_total{namespace="${namespace}"}[5m]))
      * on (namespace, pod) openhands:sandbox:info{namespace="${namespace}"}`,
  },
  {
    record: 'openhands:sandbox_network_transmit:bytes_rate5m',
    expr: promql`
      sum by (namespace, pod) (rate(container_network_transmit_bytes_total{namespace="${namespace}"}[5m]))
      * on (namespace, pod) openhands:sandbox:info{namespace="${namespace}"}`,
  },
];

/** Periods of CPU in which it was throttled, of those in which it wanted to run at all. */
const throttling = ({ namespace }: Watched): RecordingRule[] => [
  {
    record: 'openhands:sandbox_cpu_throttled:ratio_rate5m',
    expr: promql`
      sum by (namespace, pod) (
        rate(container_cpu_cfs_throttled_periods_total{namespace="${namespace}",container="runtime"}[5m])
      )
      /
      (
        sum by (namespace, pod) (
          rate(container_cpu_cfs_periods_total{namespace="${namespace}",container="runtime"}[5m])
        ) > 0
      )`,
  },
];

/** What is left is what a program may still write: what the file system keeps for root is as good as used. */
const workspaces = ({ namespace }: Watched, claims: string): RecordingRule[] => [
  {
    record: 'openhands:workspace_used:ratio',
    expr: promql`
      1 - max by (namespace, persistentvolumeclaim) (
        kubelet_volume_stats_available_bytes{namespace="${namespace}",persistentvolumeclaim=~"${claims}"}
        / kubelet_volume_stats_capacity_bytes{namespace="${namespace}",persistentvolumeclaim=~"${claims}"}
      )`,
  },
];

/** What the sandboxes answer to the exporter. */
const answers = ({ namespace }: Watched): RecordingRule[] => [
  {
    record: 'openhands:sandbox_up:min',
    expr: promql`
      min by (namespace, pod) (probe_success{namespace="${namespace}",job="openhands-health"})`,
  },
  {
    record: 'openhands:sandbox_idle:seconds',
    expr: promql`
      max by (namespace, pod) (openhands_server_idle_seconds{namespace="${namespace}",job="openhands-server-info"})`,
  },
];

const autoscaling = ({ namespace }: Watched): RecordingRule[] => [
  {
    record: 'openhands:pool_replicas:ratio_of_maximum',
    expr: promql`
      max by (namespace) (
        kube_horizontalpodautoscaler_status_current_replicas{namespace="${namespace}",horizontalpodautoscaler="${RUNTIME}"}
      )
      /
      max by (namespace) (
        kube_horizontalpodautoscaler_spec_max_replicas{namespace="${namespace}",horizontalpodautoscaler="${RUNTIME}"}
      )`,
  },
];

/** The series of a workload's wanted and available Pods. */
const REPLICAS = {
  Deployment: ['deployment', 'kube_deployment_spec_replicas', 'kube_deployment_status_replicas_available'],
  StatefulSet: ['statefulset', 'kube_statefulset_replicas', 'kube_statefulset_status_replicas_available'],
} as const;

const pool = ({ namespace }: Watched, workload: keyof typeof REPLICAS): RecordingRule[] => {
  const [label, wanted, available] = REPLICAS[workload];
  return [
    {
      record: 'openhands:pool_available:ratio',
      expr: promql`
        max by (namespace) (${available}{namespace="${namespace}",${label}="${RUNTIME}"})
        /
        max by (namespace) (${wanted}{namespace="${namespace}",${label}="${RUNTIME}"})`,
    },
  ];
};

/**
 * A pool of agent-sandbox, as its controller sees it. A ServiceMonitor that does not honor labels, like the controller's
 * own, gives `namespace` to the controller's and calls the sandbox's `exported_namespace`; the number is absent where
 * nothing is counted, which is 0 as long as the controller says anything at all.
 *
 * https://github.com/kubernetes-sigs/agent-sandbox/blob/v1.0.3/docs/metrics.md
 */
const warmPool = ({ namespace }: Watched, replicas: number | undefined): RecordingRule[] => {
  const waiting = 'owned_by="SandboxWarmPool",ready_condition="true"';
  const ofNamespace = (vector: string) => `label_replace(${vector}, "namespace", "${namespace}", "", "")`;
  return [
    {
      record: 'openhands:warm_pool_ready:count',
      expr: promql`
        sum by (namespace) (
          ${ofNamespace(`agent_sandboxes{exported_namespace="${namespace}",${waiting}}`)}
          or agent_sandboxes{namespace="${namespace}",${waiting}}
        )
        or
        ${ofNamespace('0 * max(agent_sandbox_build_info)')}`,
    },
    {
      // A claim that found nothing waiting is launch_type="cold".
      record: 'openhands:warm_pool_claims:rate5m',
      expr: promql`
        sum by (namespace, launch_type) (
          ${ofNamespace(`rate(agent_sandbox_claim_creation_total{exported_namespace="${namespace}"}[5m])`)}
          or rate(agent_sandbox_claim_creation_total{namespace="${namespace}"}[5m])
        )`,
    },
    {
      record: 'openhands:pool_available:ratio',
      expr:
        replicas === undefined
          ? promql`
            openhands:warm_pool_ready:count{namespace="${namespace}"}
            /
            max by (namespace) (
              kube_horizontalpodautoscaler_status_desired_replicas{namespace="${namespace}",horizontalpodautoscaler="${RUNTIME}"}
            )`
          : promql`
            openhands:warm_pool_ready:count{namespace="${namespace}"} / ${replicas}`,
    },
  ];
};

/** What is not limited (a hard limit of 0 is a prohibition) is not used up either. */
const quota = ({ namespace }: Watched): RecordingRule[] => [
  {
    record: 'openhands:quota_used:ratio',
    expr: promql`
      max by (namespace, resource) (
        kube_resourcequota{namespace="${namespace}",resourcequota="${RUNTIME}",type="used"}
      )
      /
      (
        max by (namespace, resource) (
          kube_resourcequota{namespace="${namespace}",resourcequota="${RUNTIME}",type="hard"}
        ) > 0
      )`,
  },
];

/**
 * Connections of a sandbox that a policy refused. Hubble tells whose they are with
 * `drop:labelsContext=source_namespace,source_pod`. https://docs.cilium.io/en/stable/observability/metrics/
 */
const cilium = ({ namespace }: Watched): RecordingRule[] => [
  {
    record: 'openhands:sandbox_egress_refused:rate5m',
    expr: promql`
      sum by (namespace, pod) (
        label_replace(
          label_replace(
            rate(hubble_drop_total{source_namespace="${namespace}",reason=~"POLICY_DENIED|Policy denied"}[5m]),
            "namespace", "$1", "source_namespace", "(.+)"
          ),
          "pod", "$1", "source_pod", "(.+)"
        )
      )
      and on (namespace, pod) openhands:sandbox:info{namespace="${namespace}"}`,
  },
];

/** The series that alerts and dashboard are made of. Each may read those before it: a group's rules run in their order. */
export const recordingRules = (watched: Watched): RecordingRule[] => [
  ...state(watched),
  ...usage(watched),
  ...(watched.hasCpuLimit ? throttling(watched) : []),
  ...(watched.workspaceClaims ? workspaces(watched, watched.workspaceClaims) : []),
  ...answers(watched),
  ...(watched.pool && watched.pool.replicas === undefined ? autoscaling(watched) : []),
  ...(watched.pool && watched.pool.workload !== 'SandboxWarmPool' ? pool(watched, watched.pool.workload) : []),
  ...(watched.pool?.workload === 'SandboxWarmPool' ? warmPool(watched, watched.pool.replicas) : []),
  ...(watched.quota ? quota(watched) : []),
  ...(watched.networkPlugin === 'cilium' ? cilium(watched) : []),
];
