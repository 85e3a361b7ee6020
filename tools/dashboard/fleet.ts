/** How many sandboxes there are and may be: the pool, what scales it, what bounds it. */
import type { Band } from '../../constructs/monitoring/dashboard-template';
import { HEIGHT, lines, shares, steps } from './panels';
import { largest, ofAutoscaler, ofPool, series } from './queries';

const POOL: Band = {
  section: { id: 900, title: 'Pool' },
  needs: ['pool'],
  height: HEIGHT.tall,
  panels: [
    lines({
      id: 901,
      title: 'Sandboxes of the pool',
      description: 'How many there are to be, are there, and are of the newest revision.',
      unit: 'none',
      queries: [
        {
          expr: ofPool('kube_deployment_status_replicas_available', 'kube_statefulset_status_replicas_available'),
          legend: 'available',
        },
        {
          expr: ofPool('kube_deployment_status_replicas_updated', 'kube_statefulset_status_replicas_updated'),
          legend: 'updated',
        },
        { expr: ofPool('kube_deployment_spec_replicas', 'kube_statefulset_replicas'), legend: 'wanted', isBound: true },
      ],
      alerts: ['PoolDegraded', 'SandboxMissing'],
    }),
    lines({
      id: 902,
      title: 'Available',
      description: 'Sandboxes of the pool that are available, of those that there are to be.',
      unit: 'percentunit',
      queries: [{ expr: series('openhands:pool_available:ratio'), legend: 'available' }],
      alerts: ['PoolDegraded'],
    }),
  ],
};

const WARM_POOL: Band = {
  section: { id: 1000, title: 'Warm pool' },
  needs: ['warm-pool'],
  height: HEIGHT.tall,
  panels: [
    lines({
      id: 1001,
      title: 'Waiting',
      description: 'Sandboxes that are ready to be claimed.',
      unit: 'none',
      queries: [{ expr: series('openhands:warm_pool_ready:count'), legend: 'waiting' }],
      alerts: ['PoolDegraded'],
    }),
    lines({
      id: 1002,
      title: 'Of those wanted',
      description: 'Sandboxes that are ready to be claimed, of those that there are to be.',
      unit: 'percentunit',
      queries: [{ expr: series('openhands:pool_available:ratio'), legend: 'ready' }],
      alerts: ['PoolDegraded'],
    }),
    lines({
      id: 1003,
      title: 'Claims',
      description: 'Claims a second. A cold one found nothing waiting and takes as long as a start.',
      unit: 'cps',
      queries: [{ expr: series('openhands:warm_pool_claims:rate5m'), legend: '{{launch_type}}' }],
    }),
  ],
};

const AUTOSCALER: Band = {
  section: { id: 1100, title: 'Autoscaler' },
  needs: ['autoscaling'],
  height: HEIGHT.tall,
  panels: [
    lines({
      id: 1101,
      title: 'Sandboxes within bounds',
      description: 'What the HorizontalPodAutoscaler has, wants and may have.',
      unit: 'none',
      queries: [
        { expr: `max(${ofAutoscaler('status_current_replicas')})`, legend: 'there' },
        { expr: `max(${ofAutoscaler('status_desired_replicas')})`, legend: 'wanted' },
        { expr: `max(${ofAutoscaler('spec_min_replicas')})`, legend: 'minimum', isBound: true },
        { expr: `max(${ofAutoscaler('spec_max_replicas')})`, legend: 'maximum', isBound: true },
      ],
      alerts: ['PoolAtMaximum'],
    }),
    lines({
      id: 1102,
      title: 'Of the maximum',
      description: 'At 100 % more load makes every sandbox slower.',
      unit: 'percentunit',
      queries: [{ expr: series('openhands:pool_replicas:ratio_of_maximum'), legend: 'of the maximum' }],
      steps: steps('green', [1, 'red']),
      alerts: ['PoolAtMaximum'],
    }),
  ],
};

const UTILIZATION = 'metric_target_type="utilization"';

const TARGETS: Band = {
  needs: ['autoscaling', 'pool'],
  height: HEIGHT.low,
  panels: [
    lines({
      id: 1111,
      title: 'What it scales by',
      description: 'Use of what the sandboxes request, on average, and the target: above it there are soon more.',
      unit: 'percent',
      queries: [
        { expr: largest('metric_name', ofAutoscaler('status_target_metric', UTILIZATION)), legend: '{{metric_name}}' },
        {
          expr: largest('metric_name', ofAutoscaler('spec_target_metric', UTILIZATION)),
          legend: '{{metric_name}}: target',
          isBound: true,
        },
      ],
    }),
  ],
};

const USED: string = series('openhands:quota_used:ratio');

const QUOTA: Band = {
  section: { id: 1200, title: 'Quota' },
  needs: ['quota'],
  height: HEIGHT.tall,
  panels: [
    lines({
      id: 1201,
      title: 'Quota used',
      description: 'Used share of each resource of the ResourceQuota. When one is used up, no Pod is admitted.',
      unit: 'percentunit',
      queries: [{ expr: USED, legend: '{{resource}}' }],
      threshold: 'quota_used',
      alerts: ['QuotaAlmostFull'],
    }),
    shares({
      id: 1202,
      title: 'Quota used now',
      description: 'The same, as it is now, the fullest first.',
      unit: 'percentunit',
      query: { expr: `sort_desc(${USED})`, legend: '{{resource}}' },
      threshold: 'quota_used',
      alerts: ['QuotaAlmostFull'],
    }),
  ],
};

export const FLEET: readonly Band[] = [POOL, WARM_POOL, AUTOSCALER, TARGETS, QUOTA];
