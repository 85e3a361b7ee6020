import { Construct } from 'constructs';
import { k8s } from '../k8s';
import { labels } from '../labels';
import { dashboardModel, type DashboardModelProps } from './dashboard-model';

export type SandboxDashboardProps = DashboardModelProps;

/**
 * The dashboard of one sandbox namespace, as the sidecar of kube-prometheus-stack's Grafana finds it. The sidecar puts
 * every file into one folder, so its name is the dashboard's own.
 */
export class SandboxDashboard extends Construct {
  constructor(scope: Construct, id: string, props: SandboxDashboardProps) {
    super(scope, id);
    const dashboard = dashboardModel(props);
    new k8s.KubeConfigMap(this, 'config-map', {
      metadata: {
        name: 'openhands-dashboard',
        namespace: props.namespace,
        labels: { ...labels({ component: 'monitoring' }), grafana_dashboard: '1' },
        annotations: { grafana_folder: 'OpenHands' },
      },
      data: { [`${dashboard.uid}.json`]: `${JSON.stringify(dashboard, null, 2)}\n` },
    });
  }
}
