import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { MonitoringConfig } from '../../config/schema/monitoring';
import type { Profile } from '../../config/schema/profile';
import { SandboxDashboard } from '../monitoring/dashboard';
import { needsMet } from '../monitoring/dashboard-template';

/** `4-observability`: what tells how the sandboxes are, and what they say. */
export class ObservabilityChart extends Chart {
  constructor(
    scope: Construct,
    id: string,
    private readonly profile: Profile,
  ) {
    super(scope, id);
    const { monitoring, logging } = this.profile.deploy;
    if (monitoring) {
      this.monitoring();
      this.dashboard(monitoring);
    }
    if (logging) this.logging();
  }

  private monitoring() {}

  private dashboard(monitoring: MonitoringConfig) {
    const { kubernetes, deploy } = this.profile;
    new SandboxDashboard(this, 'dashboard', { namespace: kubernetes.namespace, has: needsMet(deploy), monitoring });
  }

  private logging() {}
}
