import { Construct } from 'constructs';
import { createHash } from 'node:crypto';
import { COLLECTOR_IMAGE } from '../../config/images';
import type { Contract } from '../../config/schema/deploy';
import type { ImagesConfig } from '../../config/schema/images';
import type { ElasticsearchConfig } from '../../config/schema/logging';
import type { SystemPodsConfig } from '../../config/schema/system-pods';
import { k8s } from '../k8s';
import { COLLECTOR, labels } from '../labels';
import { collectorResources } from '../sandbox/resources';
import { podSecurityContext, type SecurityContextProps } from '../sandbox/security-context';
import { systemPull } from '../scheduling/system-pod';
import { collectorConfig, METRICS_PORT } from './collector-config';
import { collectorContainer, collectorVolumes, CONFIG_FILE } from './collector-container';
import { consoleFiles, egressFiles, type Part } from './reading';
import { REFUSALS_RECEIVER } from './refusals-receiver';

const NODE_NAME = 'K8S_NODE_NAME';
const LOGS = '/var/log/pods';

/** The node's files belong to root and nobody else may read them; root that owns a file needs no capability for it. */
const SECURITY: SecurityContextProps = {
  standard: 'baseline',
  privileged: false,
  readOnlyRootFilesystem: true,
  userId: 0,
  capabilities: [],
};

export interface LogCollectorProps {
  /** The collector's. */
  readonly namespace: string;
  readonly sandboxNamespace: string;
  readonly contract: Contract;
  /** The egress proxy whose log it reads, too; absent: there is none. */
  readonly egress?: {
    /** Of the proxy. */
    readonly namespace: string;
    /** Prometheus may ask how much it has refused. */
    readonly isCounted: boolean;
  };
  readonly elasticsearch: ElasticsearchConfig;
  /** Labels of the nodes that sandboxes run on. */
  readonly nodeSelector: Record<string, string>;
  readonly images: ImagesConfig;
  readonly systemPods: SystemPodsConfig;
}

/** Pod, session or pool and node of a record, asked from the API server by the Pod's uid. */
const origin = (sandboxNamespace: string): Part => ({
  k8s_attributes: {
    auth_type: 'serviceAccount',
    filter: { namespace: sandboxNamespace, node_from_env_var: NODE_NAME },
    extract: {
      metadata: ['k8s.namespace.name', 'k8s.pod.name', 'k8s.node.name', 'k8s.deployment.name', 'k8s.statefulset.name'],
      labels: [
        { tag_name: 'openhands.session', key: 'session', from: 'pod' },
        { tag_name: 'openhands.pool', key: 'pool', from: 'pod' },
      ],
    },
    pod_association: [{ sources: [{ from: 'resource_attribute', name: 'k8s.pod.uid' }] }],
    wait_for_metadata: true,
    wait_for_metadata_timeout: '50s',
  },
});

/**
 * On each node, one reader of what the sandboxes print. It lives in a namespace of its own, because it reads files of the
 * node, and knows the password of Elasticsearch, which no sandbox does.
 */
export class LogCollector extends Construct {
  private readonly labels = labels({ name: COLLECTOR, component: 'logging', image: COLLECTOR_IMAGE });

  constructor(
    scope: Construct,
    id: string,
    private readonly props: LogCollectorProps,
  ) {
    super(scope, id);
    const { sandboxNamespace, contract, elasticsearch, egress } = props;
    const config = collectorConfig({
      contract,
      elasticsearch,
      files: {
        file_log: consoleFiles(sandboxNamespace, contract),
        ...(egress && {
          // Two, because a receiver is what the collector counts by.
          [REFUSALS_RECEIVER]: egressFiles(egress.namespace, 'refused'),
          'file_log/egress': egressFiles(egress.namespace, 'others'),
        }),
      },
      timeSource: 'runtime',
      beforeQueue: origin(sandboxNamespace),
      afterQueue: {},
      isCounted: egress?.isCounted,
    });
    new k8s.KubeConfigMap(this, 'config', { metadata: this.metadata(), data: { [CONFIG_FILE]: config } });
    this.daemonSet(createHash('sha256').update(config).digest('hex'));
  }

  private metadata(): k8s.ObjectMeta {
    return { name: COLLECTOR, namespace: this.props.namespace, labels: this.labels };
  }

  private daemonSet(configHash: string) {
    new k8s.KubeDaemonSet(this, 'daemon-set', {
      metadata: this.metadata(),
      spec: {
        selector: { matchLabels: { 'app.kubernetes.io/name': COLLECTOR } },
        // The old one goes first: two could not hold the node's queue.
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: k8s.IntOrString.fromString('10%') } },
        template: {
          // Another configuration is another Pod.
          metadata: { labels: this.labels, annotations: { 'checksum/config': configHash } },
          spec: this.pod(),
        },
      },
    });
  }

  private pod(): k8s.PodSpec {
    const { sandboxNamespace, elasticsearch, nodeSelector, images, systemPods } = this.props;
    return {
      serviceAccountName: COLLECTOR,
      // It asks the API server which session a Pod belongs to.
      automountServiceAccountToken: true,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 60,
      ...systemPull(systemPods),
      // Where sandboxes are its logs are: neither the nodes nor the tolerations of the other Pods of ours are its own.
      nodeSelector: { 'kubernetes.io/os': 'linux', ...nodeSelector },
      tolerations: [{ operator: 'Exists' }],
      securityContext: podSecurityContext(SECURITY),
      containers: [
        collectorContainer({
          images,
          security: SECURITY,
          resources: collectorResources(),
          env: [{ name: NODE_NAME, valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
          volumeMounts: [{ name: 'logs', mountPath: LOGS, readOnly: true }],
          ports: this.props.egress?.isCounted ? [{ name: 'metrics', containerPort: METRICS_PORT }] : [],
        }),
      ],
      volumes: [
        // Of the node, not of the Pod: a Pod that is updated or evicted leaves there what Elasticsearch has not taken yet,
        // and how far it had read.
        ...collectorVolumes(elasticsearch, COLLECTOR, {
          hostPath: { path: `/var/lib/${COLLECTOR}/${sandboxNamespace}`, type: 'DirectoryOrCreate' },
        }),
        { name: 'logs', hostPath: { path: LOGS, type: 'Directory' } },
      ],
    };
  }
}
