import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { secondsOf } from '../../config/schema/values';
import { COLLECTOR, EXPORTER, labels, RUNTIME } from '../labels';
import { EXPORTER_PORTS, HEALTH_MODULE, SERVER_INFO_MODULE } from './exporter-config';

export interface SandboxPodMonitorProps {
  readonly namespace: string;
  /** Namespace of the exporter. */
  readonly exporterNamespace: string;
  /** By which Prometheus selects it. */
  readonly selector: Readonly<Record<string, string>>;
  /** Time between two questions, as `30s`. */
  readonly interval: string;
  /** Where a sandbox says that it is well. */
  readonly healthPath: string;
}

type Endpoint = NonNullable<IPodMonitor['spec']['podMetricsEndpoints']>[number];

interface Question {
  /** The label `job` of what comes back. */
  readonly job: string;
  readonly exporter: keyof typeof EXPORTER_PORTS;
  readonly module: string;
  /** What of the sandbox is asked for. */
  readonly path: string;
  /** Series that are kept of what comes back; a regular expression. */
  readonly series: string;
}

/** Prometheus's own limit, seconds. */
const SCRAPE_TIMEOUT = 10;

/**
 * Has Prometheus ask the exporter about every sandbox. A PodMonitor and no Probe: a Probe knows addresses that are
 * written down and Ingresses, this one also finds the Pods that OpenHands or agent-sandbox make at run time. The
 * sandboxes themselves are never scraped.
 */
export class SandboxPodMonitor extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: SandboxPodMonitorProps,
  ) {
    super(scope, id);
    const { namespace, selector, healthPath } = props;
    new ApiObject(this, 'pod-monitor', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: {
        name: 'openhands-sandboxes',
        namespace,
        labels: { ...labels({ component: 'monitoring' }), ...selector },
      },
      spec: {
        selector: { matchLabels: { app: RUNTIME } },
        podMetricsEndpoints: [
          this.endpoint({
            job: 'openhands-health',
            exporter: 'blackbox',
            module: HEALTH_MODULE,
            path: healthPath,
            series: 'probe_success|probe_duration_seconds|probe_http_status_code',
          }),
          this.endpoint({
            job: 'openhands-server-info',
            exporter: 'json',
            module: SERVER_INFO_MODULE,
            path: '/server_info',
            series: 'openhands_server_.+',
          }),
        ],
      } satisfies IPodMonitor['spec'],
    });
  }

  private endpoint({ job, exporter, module, path, series }: Question): Endpoint {
    const { exporterNamespace, interval } = this.props;
    return {
      // Of the sandbox: its address and this port are what is asked for.
      port: 'http',
      path: '/probe',
      params: { module: [module] },
      interval,
      // One that is longer than the interval has the operator leave all of this out.
      scrapeTimeout: `${Math.min(SCRAPE_TIMEOUT, secondsOf(interval))}s`,
      relabelings: [
        // An IPv6 address is in brackets already.
        { sourceLabels: ['__address__'], targetLabel: '__param_target', replacement: `http://$1${path}` },
        { sourceLabels: ['__param_target'], targetLabel: 'instance' },
        { targetLabel: '__address__', replacement: `${EXPORTER}.${exporterNamespace}.svc:${EXPORTER_PORTS[exporter]}` },
        { targetLabel: 'job', replacement: job },
        ...['session', 'pool'].map((label) => ({
          sourceLabels: [`__meta_kubernetes_pod_label_${label}`],
          targetLabel: label,
        })),
        // agent-sandbox takes this label away in the moment in which somebody claims the sandbox.
        {
          sourceLabels: ['__meta_kubernetes_pod_labelpresent_agents_x_k8s_io_warm_pool_sandbox'],
          targetLabel: 'waiting',
        },
      ],
      metricRelabelings: [{ sourceLabels: ['__name__'], regex: series, action: 'keep' }],
    };
  }
}

export interface CollectorPodMonitorProps {
  /** Of the collector. */
  readonly namespace: string;
  /** By which Prometheus selects it. */
  readonly selector: Readonly<Record<string, string>>;
  /** Time between two questions, as `30s`. */
  readonly interval: string;
}

/** Has Prometheus ask the collectors of logs how many records they have taken, and from which receiver. */
export class CollectorPodMonitor extends Construct {
  constructor(scope: Construct, id: string, { namespace, selector, interval }: CollectorPodMonitorProps) {
    super(scope, id);
    new ApiObject(this, 'pod-monitor', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: {
        name: COLLECTOR,
        namespace,
        labels: { ...labels({ component: 'monitoring', name: COLLECTOR }), ...selector },
      },
      spec: {
        selector: { matchLabels: { 'app.kubernetes.io/name': COLLECTOR } },
        podMetricsEndpoints: [
          {
            port: 'metrics',
            interval,
            scrapeTimeout: `${Math.min(SCRAPE_TIMEOUT, secondsOf(interval))}s`,
            metricRelabelings: [
              { sourceLabels: ['__name__'], regex: 'otelcol_receiver_accepted_log_records', action: 'keep' },
            ],
          },
        ],
      } satisfies IPodMonitor['spec'],
    });
  }
}
