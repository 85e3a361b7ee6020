import { RUNTIME } from '../../labels';
import { REFUSALS_RECEIVER } from '../../logging/refusals-receiver';
import { promql } from '../promql';
import type { Watched } from '../watched';
import type { RecordingRule } from './recording-rule';

/** What a sandbox uses, as its node's kubelet and cAdvisor see it. */
export const usageRecords = ({ namespace }: Watched): RecordingRule[] => [
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
];

/** The network is the Pod's, not a container's; one on its node's network has none of its own. */
export const networkRecords = ({ namespace }: Watched): RecordingRule[] => [
  {
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
export const throttlingRecords = ({ namespace }: Watched): RecordingRule[] => [
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
export const workspaceRecords = ({ namespace }: Watched, claims: string): RecordingRule[] => [
  {
    record: 'openhands:workspace_used:ratio',
    expr: promql`
      1 - max by (namespace, persistentvolumeclaim) (
        kubelet_volume_stats_available_bytes{namespace="${namespace}",persistentvolumeclaim=~"${claims}"}
        / kubelet_volume_stats_capacity_bytes{namespace="${namespace}",persistentvolumeclaim=~"${claims}"}
      )`,
  },
];

/** What is not limited (a hard limit of 0 is a prohibition) is not used up either. */
export const quotaRecords = ({ namespace }: Watched): RecordingRule[] => [
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
export const ciliumRecords = ({ namespace }: Watched): RecordingRule[] => [
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

/** What the egress proxy refused, as the collectors of its log count it: whichever node it ran on. */
export const refusalRecords = ({ namespace }: Watched, countedIn: string): RecordingRule[] => [
  {
    record: 'openhands:egress_refused:increase15m',
    expr: promql`
      sum by (namespace) (
        label_replace(
          increase(
            otelcol_receiver_accepted_log_records{namespace="${countedIn}",receiver="${REFUSALS_RECEIVER}"}[15m]
          ),
          "namespace", "${namespace}", "", ""
        )
      )`,
  },
];
