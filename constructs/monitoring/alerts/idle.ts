import { IDLE_SUSPENDER } from '../../labels';
import { systemNamespace } from '../../namespace/namespace';
import { duration, promql } from '../promql';
import type { Watched } from '../watched';
import type { Alert } from './alert';

/** Rounds that may fail before somebody is told. */
const ROUNDS = 3;

/** Whether the idle suspender looks at the sandboxes, and whether it suspends those that nobody uses. */
export const idleAlerts = (
  { namespace }: Watched,
  { suspendSeconds, intervalSeconds, isDryRun }: NonNullable<Watched['idle']>,
): Alert[] => {
  const cronJob = `namespace="${systemNamespace(namespace)}",cronjob="${IDLE_SUSPENDER}"`;
  const late = ROUNDS * intervalSeconds;
  return [
    {
      alert: 'IdleSuspenderDown',
      // Before its first round is over, it counts from when it was made.
      expr: promql`
        (
          time() - max(kube_cronjob_status_last_successful_time{${cronJob}} or kube_cronjob_created{${cronJob}})
          > ${late}
        )
        or
        absent(kube_cronjob_created{${cronJob}})`,
      for: '5m',
      severity: 'warning',
      summary: 'Sandboxes that nobody uses are not suspended',
      description:
        `The idle suspender of namespace ${namespace} has ended no round well for more than ${duration(late)}. Nothing ` +
        'is lost; what nobody uses goes on costing.',
    },
    ...(isDryRun
      ? []
      : [
          {
            alert: 'SandboxIdleTooLong',
            // One that waits in a pool to be claimed is idle all the time.
            expr: promql`
              max by (namespace, pod) (
                openhands_server_idle_seconds{namespace="${namespace}",job="openhands-server-info",waiting=""}
              ) > ${suspendSeconds}`,
            // As long again: one that was just claimed has been idle for as long as it has waited.
            for: duration(suspendSeconds + late),
            severity: 'info' as const,
            summary: 'Sandbox {{ $labels.pod }} is idle and runs on',
            description:
              'Sandbox {{ $labels.pod }} has had no use for {{ $value | humanizeDuration }} and is not suspended: a run in ' +
              'it is silent, or the idle suspender cannot ask it.',
          },
        ]),
  ];
};
