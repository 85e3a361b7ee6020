import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { proxiedNames } from '../../config/egress';
import type { ElasticsearchConfig, LoggingConfig } from '../../config/schema/logging';
import type { MonitoringConfig } from '../../config/schema/monitoring';
import type { Profile } from '../../config/schema/profile';
import { RUNTIME } from '../labels';
import { LogCollector } from '../logging/collector';
import { CollectorAccess } from '../logging/collector-access';
import { elasticsearchEntries } from '../logging/collector-container';
import { CollectorNetworkPolicies } from '../logging/collector-network';
import { OpenHandsLogging } from '../logging/openhands-logging';
import { SidecarConfig } from '../logging/sidecar';
import { SandboxAlertRouting } from '../monitoring/alertmanager-config';
import { alerts } from '../monitoring/alerts';
import { SandboxDashboard } from '../monitoring/dashboard';
import { needsMet } from '../monitoring/dashboard-template';
import { Exporter } from '../monitoring/exporter';
import { ExporterNetworkPolicies } from '../monitoring/exporter-network-policies';
import { CollectorPodMonitor, SandboxPodMonitor } from '../monitoring/pod-monitor';
import { SandboxRules } from '../monitoring/prometheus-rule';
import { watchedOf } from '../monitoring/watched';
import { loggingNamespace, systemNamespace } from '../namespace/namespace';
import { programOf } from '../sandbox/contract';
import { SandboxSecret } from '../secrets/external-secret';

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
      this.exporter(monitoring);
      this.alerts(monitoring);
      this.dashboard(monitoring);
    }
    if (logging) this.logging(logging);
  }

  /** Whether the sandboxes answer, and since when they have been idle. */
  private exporter({ prometheus, labels: selector, interval }: MonitoringConfig) {
    const sandboxNamespace = this.profile.kubernetes.namespace;
    const namespace = systemNamespace(sandboxNamespace);
    const { apiPort, healthPath } = programOf(this.profile, RUNTIME);
    const { network, images, system_pods: systemPods } = this.profile.deploy;
    new ExporterNetworkPolicies(this, 'exporter-network', { namespace, sandboxNamespace, apiPort, prometheus });
    new Exporter(this, 'exporter', { namespace, ipFamilies: network.ip_families, images, systemPods });
    new SandboxPodMonitor(this, 'pod-monitor', {
      namespace: sandboxNamespace,
      exporterNamespace: namespace,
      selector,
      interval,
      healthPath,
    });
  }

  /** The rules that record and alert, and the receivers that alerts go to. */
  private alerts(monitoring: MonitoringConfig) {
    const { alertmanager, labels: selector, runbooks } = monitoring;
    new SandboxRules(this, 'rules', { watched: watchedOf(this.profile, monitoring), selector, runbooks });
    if (alertmanager === undefined) return;
    const { namespace } = this.profile.kubernetes;
    new SandboxAlertRouting(this, 'alert-routing', { namespace, alertmanager, selector });
  }

  private dashboard(monitoring: MonitoringConfig) {
    const watched = watchedOf(this.profile, monitoring);
    new SandboxDashboard(this, 'dashboard', {
      namespace: watched.namespace,
      has: needsMet(watched),
      alerts: alerts(watched).map(({ alert }) => alert),
      monitoring,
    });
  }

  private logging(logging: LoggingConfig) {
    const { core, kubernetes, deploy } = this.profile;
    if (deploy.access.managers.length > 0) {
      new OpenHandsLogging(this, 'logging', { namespace: kubernetes.namespace, logging, debug: core.debug });
    }
    const { elasticsearch } = logging;
    if (elasticsearch?.collector === 'DaemonSet') this.collector(elasticsearch);
    if (elasticsearch?.collector === 'Sidecar') {
      new SidecarConfig(this, 'logs', { namespace: kubernetes.namespace, tables: this.profile, elasticsearch });
    }
  }

  private collector(elasticsearch: ElasticsearchConfig) {
    const { kubernetes, deploy } = this.profile;
    const namespace = loggingNamespace(kubernetes.namespace);
    const { url, secret: name } = elasticsearch;
    const { node_selector_key, node_selector_val } = kubernetes;
    new CollectorAccess(this, 'log-access', { namespace, sandboxNamespace: kubernetes.namespace });
    const { monitoring, network } = deploy;
    const egress = proxiedNames(network) && {
      namespace: systemNamespace(kubernetes.namespace),
      isCounted: monitoring !== undefined,
    };
    new CollectorNetworkPolicies(this, 'log-network', {
      namespace,
      url,
      network,
      ...(egress && monitoring && { prometheus: monitoring.prometheus }),
    });
    if (egress && monitoring) {
      const { labels: selector, interval } = monitoring;
      new CollectorPodMonitor(this, 'log-monitor', { namespace, selector, interval });
    }
    new LogCollector(this, 'logs', {
      namespace,
      sandboxNamespace: kubernetes.namespace,
      contract: deploy.contract,
      egress,
      elasticsearch,
      nodeSelector: node_selector_key === undefined ? {} : { [node_selector_key]: node_selector_val! },
      images: deploy.images,
      systemPods: deploy.system_pods,
    });
    const store = deploy.secrets.external;
    if (store) {
      new SandboxSecret(this, 'log-secret', { namespace, name, entries: elasticsearchEntries(elasticsearch), store });
    }
  }
}
