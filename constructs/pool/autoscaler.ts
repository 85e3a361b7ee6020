import { Construct } from 'constructs';
import type { AutoscalingConfig } from '../../config/schema/pool';
import { secondsOf } from '../../config/schema/values';
import { k8s } from '../k8s';
import { labels, RUNTIME } from '../labels';

export interface PoolAutoscalerProps {
  readonly namespace: string;
  /** What is scaled. */
  readonly target: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly autoscaling: AutoscalingConfig;
}

const utilization = (name: string, averageUtilization: number): k8s.MetricSpecV2 => ({
  type: 'Resource',
  resource: { name, target: { type: 'Utilization', averageUtilization } },
});

function metrics(
  { external_metric, cpu_utilization, memory_utilization }: AutoscalingConfig,
  kind: string,
): k8s.MetricSpecV2[] {
  const external: k8s.MetricSpecV2[] =
    external_metric === undefined
      ? []
      : [
          {
            type: 'External',
            external: {
              metric: { name: external_metric.name },
              target: {
                type: 'AverageValue',
                averageValue: k8s.Quantity.fromString(String(external_metric.per_sandbox)),
              },
            },
          },
        ];
  // Sandboxes that wait to be claimed are idle: their CPU says nothing about how many are wanted.
  if (kind === 'SandboxWarmPool') return external;
  return [
    utilization('cpu', cpu_utilization),
    ...(memory_utilization === undefined ? [] : [utilization('memory', memory_utilization)]),
    ...external,
  ];
}

/** As many sandboxes as the load asks for: quickly more, slowly fewer, because a sandbox that goes takes live work along. */
export class PoolAutoscaler extends Construct {
  constructor(scope: Construct, id: string, { namespace, target, autoscaling }: PoolAutoscalerProps) {
    super(scope, id);
    new k8s.KubeHorizontalPodAutoscalerV2(this, 'horizontal-pod-autoscaler', {
      metadata: { name: RUNTIME, namespace, labels: labels({ component: 'pool' }) },
      spec: {
        scaleTargetRef: target,
        minReplicas: autoscaling.min_replicas,
        maxReplicas: autoscaling.max_replicas,
        metrics: metrics(autoscaling, target.kind),
        behavior: {
          scaleUp: {
            stabilizationWindowSeconds: 0,
            policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
          },
          scaleDown: {
            stabilizationWindowSeconds: secondsOf(autoscaling.scale_down_stabilization),
            policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
          },
        },
      },
    });
  }
}
