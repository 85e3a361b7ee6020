import { amount } from '../../../config/schema/values';
import { promql } from '../promql';
import type { Watched } from '../watched';
import type { Alert } from './alert';

export const cpuAlerts = ({ namespace, thresholds }: Watched): Alert[] => [
  {
    alert: 'SandboxCpuThrottled',
    // An idle program is throttled in half of the few periods in which it runs, and nobody notices.
    expr: promql`
      openhands:sandbox_cpu_throttled:ratio_rate5m{namespace="${namespace}"} > ${thresholds.cpu_throttled / 100}
      and on (namespace, pod)
      (
        openhands:sandbox_cpu:cores_rate5m{namespace="${namespace}"}
        > on (namespace, pod)
        0.25 * max by (namespace, pod) (
          kube_pod_container_resource_limits{namespace="${namespace}",container="runtime",resource="cpu"}
        )
      )`,
    for: '15m',
    severity: 'info',
    summary: 'Sandbox {{ $labels.pod }} wants more CPU than its limit',
    description:
      'Sandbox {{ $labels.pod }} was held back in {{ $value | humanizePercentage }} of the periods in which it ran: ' +
      'work takes longer than it could.',
  },
];

export const diskAlerts = ({ namespace, thresholds }: Watched): Alert[] => [
  {
    alert: 'SandboxDiskSaturated',
    expr: promql`
      openhands:sandbox_disk_read:bytes_rate5m{namespace="${namespace}"}
      + openhands:sandbox_disk_write:bytes_rate5m{namespace="${namespace}"}
      > ${amount(thresholds.disk_bytes_per_second)}`,
    for: '10m',
    severity: 'warning',
    summary: 'Sandbox {{ $labels.pod }} keeps its disk busy',
    description:
      'Sandbox {{ $labels.pod }} reads and writes {{ $value | humanize }}B/s: everything else on that disk, and perhaps ' +
      'on its node, waits.',
  },
];

export const workspaceAlerts = ({ namespace, thresholds }: Watched): Alert[] => [
  {
    alert: 'WorkspaceAlmostFull',
    expr: promql`
      openhands:workspace_used:ratio{namespace="${namespace}"} > ${thresholds.workspace_used / 100}`,
    for: '5m',
    severity: 'warning',
    summary: 'Workspace {{ $labels.persistentvolumeclaim }} is almost full',
    description:
      'Workspace {{ $labels.persistentvolumeclaim }} is {{ $value | humanizePercentage }} full. When it is full, its ' +
      'sandbox can save nothing, and its conversations fail.',
  },
];

export const networkAlerts = ({ namespace, thresholds }: Watched): Alert[] => [
  {
    alert: 'SandboxEgressUnusual',
    expr: promql`
      openhands:sandbox_network_transmit:bytes_rate5m{namespace="${namespace}"}
      > ${amount(thresholds.egress_bytes_per_second)}`,
    for: '10m',
    severity: 'warning',
    summary: 'Sandbox {{ $labels.pod }} sends unusually much',
    description:
      'Sandbox {{ $labels.pod }} has sent {{ $value | humanize }}B/s for 10 minutes. It runs code that nobody has read: see ' +
      'whom it talks to.',
  },
];

/** A quota that is always full by design says nothing. */
export const quotaAlerts = ({ namespace, thresholds, quota }: Watched): Alert[] =>
  quota === undefined || quota.usedAtRest * 100 >= thresholds.quota_used
    ? []
    : [
        {
          alert: 'QuotaAlmostFull',
          expr: promql`
            openhands:quota_used:ratio{namespace="${namespace}"} > ${thresholds.quota_used / 100}`,
          for: '15m',
          severity: 'warning',
          summary: 'The quota of {{ $labels.resource }} is almost used up',
          description:
            '{{ $value | humanizePercentage }} of {{ $labels.resource }} in namespace {{ $labels.namespace }} is used. ' +
            'Soon a new sandbox will be refused.',
        },
      ];
