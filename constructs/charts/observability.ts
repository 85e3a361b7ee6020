import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { MonitoringConfig } from '../../config/schema/monitoring';
import type { Profile } from '../../config/schema/profile';
import { SandboxAlertRouting } from '../monitoring/alertmanager-config';
import { alerts } from '../monitoring/alerts';
import { SandboxDashboard } from '../monitoring/dashboard';
import { needsMet } from '../monitoring/dashboard-template';
import { SandboxRules } from '../monitoring/prometheus-rule';
import { watchedOf } from '../monitoring/watched';

/** `4-observability`: what tells how the sandboxes are, and what they say. */
export class ObservabilityChart extends Chart {
  constructor(
    scope: Construct,
    id: string,
    private readonly profile: Profile,
  ) {
    super(scope, id);
    const { monitoring, logging } = this.profile.deploy;
    if (monitoring) this.alerts(monitoring);
    if (monitoring) this.monitoring();
    if (monitoring) this.dashboard(monitoring);
    if (logging) this.logging();
  }

  private alerts(monitoring: MonitoringConfig) {
    const { alertmanager, labels: selector, runbooks } = monitoring;
    new SandboxRules(this, 'rules', { watched: watchedOf(this.profile, monitoring), selector, runbooks });
    if (alertmanager === undefined) return;
    const { namespace } = this.profile.kubernetes;
    new SandboxAlertRouting(this, 'alert-routing', { namespace, alertmanager, selector });
  }

  private monitoring() {}

  private dashboard(monitoring: MonitoringConfig) {
    const watched = watchedOf(this.profile, monitoring);
    new SandboxDashboard(this, 'dashboard', {
      namespace: watched.namespace,
      has: needsMet(watched),
      alerts: alerts(watched).map(({ alert }) => alert),
      monitoring,
    });
  }

  private logging() {}
}
