import { promql } from '../promql';
import type { Watched } from '../watched';
import type { RecordingRule } from './recording-rule';

/**
 * What there is and how it does, as kube-state-metrics sees it.
 *
 * A sandbox is a Pod with the container `runtime`, whoever made it. Its labels would say so too, but kube-state-metrics
 * shows labels only where it is told to. `max by` makes one series of what several kube-state-metrics say.
 */
export const stateRecords = ({ namespace, startSeconds }: Watched): RecordingRule[] => [
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

/** What the sandboxes answer to the exporter. */
export const answerRecords = ({ namespace }: Watched): RecordingRule[] => [
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

/** Since when backups are wanted: before the first of them was due, none has been missed. */
export const backupRecords = ({ namespace }: Watched): RecordingRule[] => [
  {
    record: 'openhands:backup_wanted:info',
    expr: promql`
      group by (namespace) (kube_namespace_created{namespace="${namespace}"})`,
  },
];
