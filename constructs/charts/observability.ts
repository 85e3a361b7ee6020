import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ElasticsearchConfig, LoggingConfig } from '../../config/schema/logging';
import type { Profile } from '../../config/schema/profile';
import { SandboxSecret } from '../external-secret';
import { LogCollector } from '../logging/collector';
import { CollectorAccess } from '../logging/collector-access';
import { elasticsearchEntries } from '../logging/collector-container';
import { CollectorNetworkPolicies } from '../logging/collector-network';
import { OpenHandsLogging } from '../logging/openhands-logging';
import { SidecarConfig } from '../logging/sidecar';
import { loggingNamespace } from '../namespace';

/** Whether a profile has anything to observe with; a handler alone is a variable of the sandboxes. */
export const isObserved = ({ deploy: { monitoring, logging, access } }: Profile): boolean =>
  monitoring !== undefined ||
  (logging !== undefined && (access.managers.length > 0 || logging.elasticsearch !== undefined));

/** `4-observability`: what tells how the sandboxes are, and what they say. */
export class ObservabilityChart extends Chart {
  constructor(
    scope: Construct,
    id: string,
    private readonly profile: Profile,
  ) {
    super(scope, id);
    const { monitoring, logging } = this.profile.deploy;
    if (monitoring) this.monitoring();
    if (logging) this.logging(logging);
  }

  private monitoring() {}

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
    new CollectorNetworkPolicies(this, 'log-network', { namespace, url, network: deploy.network });
    new LogCollector(this, 'logs', {
      namespace,
      sandboxNamespace: kubernetes.namespace,
      contract: deploy.contract,
      elasticsearch,
      nodeSelector: node_selector_key === undefined ? {} : { [node_selector_key]: node_selector_val! },
    });
    const store = deploy.secrets.external;
    if (store) {
      new SandboxSecret(this, 'log-secret', { namespace, name, entries: elasticsearchEntries(elasticsearch), store });
    }
  }
}
