import { RUNTIME } from '../../labels';
import { duration, promql } from '../promql';
import type { Watched } from '../watched';
import type { Alert } from './alert';

/** What is seen may be as old as a scrape and an evaluation. */
const DELAY_SECONDS = 60;

/** A sandbox's program, as long as its Pod is there. */
export const programAlerts = ({ namespace, startSeconds }: Watched): Alert[] => [
  {
    alert: 'SandboxCrashLooping',
    // Kubernetes waits up to 5 minutes between two restarts: half an hour holds three of them, and so do the first two
    // minutes.
    expr: promql`
      max by (namespace, pod) (
        increase(kube_pod_container_status_restarts_total{namespace="${namespace}",container="runtime"}[30m])
      ) >= 3`,
    for: '0s',
    severity: 'critical',
    summary: 'Sandbox {{ $labels.pod }} restarts over and over',
    description:
      'The program of sandbox {{ $labels.pod }} was restarted {{ $value | printf "%.0f" }} times in half an hour. ' +
      'Whoever works in it loses what runs; the files of the workspace stay.',
  },
  {
    alert: 'SandboxNotReady',
    // A Pod that has ended is SandboxFailed's; one that stops may take its grace period, which its deletion timestamp ends.
    expr: promql`
      openhands:sandbox:info{namespace="${namespace}"}
      unless on (namespace, pod) kube_pod_status_ready{namespace="${namespace}",condition="true"} == 1
      unless on (namespace, pod) kube_pod_status_phase{namespace="${namespace}",phase=~"Succeeded|Failed"} == 1
      unless on (namespace, pod) kube_pod_deletion_timestamp{namespace="${namespace}"} > time()`,
    for: duration(startSeconds + DELAY_SECONDS),
    severity: 'critical',
    summary: 'Sandbox {{ $labels.pod }} is not ready',
    description:
      `Sandbox {{ $labels.pod }} has not been ready for longer than the ${startSeconds} s that it may take to start. ` +
      'Nobody can work in it.',
  },
  {
    alert: 'SandboxStartSlow',
    // For half an hour: a start is over, and what was slow then may be quick now.
    expr: promql`
      openhands:sandbox_start:seconds{namespace="${namespace}"} > ${startSeconds / 2}
      and on (namespace, pod) time() - kube_pod_created{namespace="${namespace}"} < 1800`,
    for: '0s',
    severity: 'info',
    summary: 'Sandbox {{ $labels.pod }} was slow to start',
    description:
      'Sandbox {{ $labels.pod }} was ready {{ $value | humanizeDuration }} after it was made: more than half of the ' +
      `${startSeconds} s after which OpenHands gives up.`,
  },
  {
    alert: 'SandboxOutOfMemory',
    expr: promql`
      openhands:sandbox_oom_kills:increase10m{namespace="${namespace}"} > 0`,
    for: '0s',
    severity: 'warning',
    summary: 'Sandbox {{ $labels.pod }} ran out of memory',
    description:
      'The kernel killed a program of sandbox {{ $labels.pod }} in the last 10 minutes, because the sandbox wanted more ' +
      'memory than its limit.',
  },
];

/** What the exporter hears of a sandbox. No policy lets it out to one on its node's network. */
export const answerAlerts = ({ namespace, probeSeconds }: Watched): Alert[] => [
  {
    alert: 'SandboxUnreachable',
    // Not one that its kubelet calls unready: that is SandboxNotReady's.
    expr: promql`
      openhands:sandbox_up:min{namespace="${namespace}"} == 0
      unless on (namespace, pod) kube_pod_status_ready{namespace="${namespace}",condition="true"} == 0`,
    for: duration(Math.max(300, 3 * probeSeconds)),
    severity: 'warning',
    summary: 'Sandbox {{ $labels.pod }} does not answer',
    description:
      'Sandbox {{ $labels.pod }} does not answer the exporter, although its node calls it ready: its network, or a ' +
      'policy, lies between.',
  },
];

/** Pods that nobody makes anew: a bare one, and one of a Sandbox. A workload's leave a new one behind. */
export const failedAlerts = ({ namespace }: Watched): Alert[] => [
  {
    alert: 'SandboxFailed',
    expr: promql`
      openhands:sandbox:info{namespace="${namespace}"}
      and on (namespace, pod) kube_pod_status_phase{namespace="${namespace}",phase="Failed"} == 1
      and on (namespace, pod) kube_pod_owner{namespace="${namespace}",owner_kind=~"|Sandbox"}`,
    for: '5m',
    severity: 'critical',
    summary: 'Sandbox {{ $labels.pod }} has failed',
    description:
      'The Pod of sandbox {{ $labels.pod }} has failed, and nothing makes a new one as long as it is there. Its files ' +
      'are in its volume.',
  },
];

/** Pods that should be there: what forbids them is said only in the workload's events. */
export const missingAlerts = ({ namespace, startSeconds, stopSeconds }: Watched): Alert[] => [
  {
    alert: 'SandboxMissing',
    expr: promql`
      (
        max by (namespace, deployment) (
          kube_deployment_spec_replicas{namespace="${namespace}",deployment=~"${RUNTIME}(-.+)?"}
        )
        - max by (namespace, deployment) (
          kube_deployment_status_replicas{namespace="${namespace}",deployment=~"${RUNTIME}(-.+)?"}
        )
        > 0
      )
      or
      (
        max by (namespace, statefulset) (
          kube_statefulset_replicas{namespace="${namespace}",statefulset="${RUNTIME}"}
        )
        - max by (namespace, statefulset) (
          kube_statefulset_status_replicas{namespace="${namespace}",statefulset="${RUNTIME}"}
        )
        > 0
      )`,
    // With Recreate the old Pod is gone before there is a new one.
    for: duration(startSeconds + stopSeconds),
    severity: 'critical',
    summary: 'Sandboxes of {{ $labels.deployment }}{{ $labels.statefulset }} are not made',
    description:
      'The cluster refuses {{ $value }} of the Pods that {{ $labels.deployment }}{{ $labels.statefulset }} wants: a ' +
      'quota, an admission policy, or a Secret or account that is not there.',
  },
];
