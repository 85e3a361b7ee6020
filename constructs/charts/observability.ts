import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { MonitoringConfig } from '../../config/schema/monitoring';
import type { Profile } from '../../config/schema/profile';
import { programOf } from '../contract';
import { RUNTIME } from '../labels';
import { Exporter } from '../monitoring/exporter';
import { ExporterNetworkPolicies } from '../monitoring/exporter-network-policies';
import { SandboxPodMonitor } from '../monitoring/pod-monitor';
import { systemNamespace } from '../namespace';

/** `4-observability`: what tells how the sandboxes are, and what they say. */
export class ObservabilityChart extends Chart {
  constructor(
    scope: Construct,
    id: string,
    private readonly profile: Profile,
  ) {
    super(scope, id);
    const { monitoring, logging } = this.profile.deploy;
    if (monitoring) this.exporter(monitoring);
    if (logging) this.logging();
  }

  /** Whether the sandboxes answer, and since when they have been idle. */
  private exporter({ prometheus, labels, interval }: MonitoringConfig) {
    const sandboxNamespace = this.profile.kubernetes.namespace;
    const namespace = systemNamespace(sandboxNamespace);
    const { apiPort, healthPath } = programOf(this.profile, RUNTIME);
    const { ip_families: ipFamilies } = this.profile.deploy.network;
    new ExporterNetworkPolicies(this, 'exporter-network', { namespace, sandboxNamespace, apiPort, prometheus });
    new Exporter(this, 'exporter', { namespace, ipFamilies });
    new SandboxPodMonitor(this, 'pod-monitor', {
      namespace: sandboxNamespace,
      exporterNamespace: namespace,
      selectorLabels: labels,
      interval,
      healthPath,
    });
  }

  private logging() {}
}
