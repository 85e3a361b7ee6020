import { HEADROOM } from '../../labels';
import { systemNamespace } from '../../namespace/namespace';
import { promql } from '../promql';
import type { Watched } from '../watched';
import type { Alert } from './alert';

/** Whether the next burst would find the room that is held for it. */
export const headroomAlerts = ({ namespace }: Watched): Alert[] => {
  const deployment = `namespace="${systemNamespace(namespace)}",deployment="${HEADROOM}"`;
  return [
    {
      alert: 'HeadroomMissing',
      expr: promql`
        max(kube_deployment_spec_replicas{${deployment}})
        -
        max(kube_deployment_status_replicas_available{${deployment}})
        > 0`,
      // Longer than an autoscaler needs for a node, and the node for its first Pods.
      for: '15m',
      severity: 'warning',
      summary: 'There is no room for a burst of sandboxes',
      description:
        `{{ $value }} placeholders of namespace ${namespace} have had no node for 15 minutes: nobody adds one, and the ` +
        'sandboxes of the next burst wait.',
    },
  ];
};
