import { duration, promql } from '../promql';
import type { Watched } from '../watched';
import type { Alert } from './alert';

export const poolAlerts = ({ namespace, startSeconds, stopSeconds }: Watched): Alert[] => [
  {
    alert: 'PoolDegraded',
    expr: promql`
      openhands:pool_available:ratio{namespace="${namespace}"} < 1`,
    // Longer than one sandbox needs to stop and another to start.
    for: duration(Math.max(900, 2 * (startSeconds + stopSeconds))),
    severity: 'warning',
    summary: 'The pool has fewer sandboxes than it should',
    description:
      'Only {{ $value | humanizePercentage }} of the sandboxes that the pool in namespace {{ $labels.namespace }} ' +
      'should have are available.',
  },
];

export const autoscalingAlerts = ({ namespace }: Watched): Alert[] => [
  {
    alert: 'PoolAtMaximum',
    expr: promql`
      openhands:pool_replicas:ratio_of_maximum{namespace="${namespace}"} >= 1`,
    for: '15m',
    severity: 'warning',
    summary: 'The pool is as large as it may become',
    description:
      'The pool in namespace {{ $labels.namespace }} has been at its maximum for 15 minutes: if more is asked of it, it ' +
      'becomes slow for all.',
  },
];
