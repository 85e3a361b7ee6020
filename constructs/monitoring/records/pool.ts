import { RUNTIME } from '../../labels';
import { promql } from '../promql';
import type { Watched } from '../watched';
import type { RecordingRule } from './recording-rule';

export const autoscalingRecords = ({ namespace }: Watched): RecordingRule[] => [
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

export const poolRecords = ({ namespace }: Watched, workload: keyof typeof REPLICAS): RecordingRule[] => {
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
export const warmPoolRecords = ({ namespace }: Watched, replicas: number | undefined): RecordingRule[] => {
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
