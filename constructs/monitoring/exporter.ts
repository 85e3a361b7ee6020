import { Construct } from 'constructs';
import { createHash } from 'node:crypto';
import type { IpFamily } from '../../config/addresses';
import { imageFrom } from '../../config/image-reference';
import { BLACKBOX_EXPORTER_IMAGE, JSON_EXPORTER_IMAGE } from '../../config/images';
import type { ImagesConfig } from '../../config/schema/images';
import type { SystemPodsConfig } from '../../config/schema/system-pods';
import { TokenlessServiceAccount } from '../access/service-account';
import { k8s } from '../k8s';
import { EXPORTER, labels } from '../labels';
import { exporterResources } from '../sandbox/resources';
import { containerSecurityContext, podSecurityContext, restricted } from '../sandbox/security-context';
import { systemPlacement } from '../scheduling/system-pod';
import { EXPORTER_PORTS, exporterConfig } from './exporter-config';

export interface ExporterProps {
  /** Of the exporter, not of the sandboxes. */
  readonly namespace: string;
  readonly ipFamilies: readonly IpFamily[];
  readonly images: ImagesConfig;
  readonly systemPods: SystemPodsConfig;
}

/** `nobody`: neither program writes anything. */
const USER = 65534;

const SECURITY = restricted(USER);

const SELECTOR = { 'app.kubernetes.io/name': EXPORTER };

const CONFIG_FOLDER = '/etc/openhands-exporter';

interface ContainerProps {
  readonly name: keyof typeof EXPORTER_PORTS;
  readonly image: string;
  /** A page that is there once its configuration is read. */
  readonly readyPath: string;
  readonly alivePath: string;
}

/**
 * Asks the sandboxes how they are when Prometheus asks it: whether they answer, and since when they have been idle. They
 * have no metrics of their own, and Prometheus has no way to them.
 */
export class Exporter extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ExporterProps,
  ) {
    super(scope, id);
    const { namespace, ipFamilies } = props;
    const config = exporterConfig(ipFamilies);
    new TokenlessServiceAccount(this, 'account', { name: EXPORTER, namespace });
    new k8s.KubeConfigMap(this, 'config', { metadata: this.metadata(), data: config });
    this.deployment(createHash('sha256').update(JSON.stringify(config)).digest('hex'));
    this.service();
  }

  private deployment(checksum: string) {
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: this.metadata(),
      spec: {
        replicas: 1,
        selector: { matchLabels: SELECTOR },
        template: {
          // Neither program looks at its file again: with another file, there are other Pods.
          metadata: { labels: this.metadata().labels, annotations: { 'checksum/config': checksum } },
          spec: {
            serviceAccountName: EXPORTER,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            ...systemPlacement(this.props.systemPods),
            securityContext: podSecurityContext(SECURITY),
            containers: [
              this.container({
                name: 'blackbox',
                image: BLACKBOX_EXPORTER_IMAGE,
                readyPath: '/config',
                alivePath: '/-/healthy',
              }),
              this.container({ name: 'json', image: JSON_EXPORTER_IMAGE, readyPath: '/metrics', alivePath: '/' }),
            ],
            volumes: [{ name: 'config', configMap: { name: EXPORTER } }],
          },
        },
      },
    });
  }

  private container({ name, image, readyPath, alivePath }: ContainerProps): k8s.Container {
    const httpGet = (path: string): k8s.HttpGetAction => ({ path, port: k8s.IntOrString.fromString(name) });
    return {
      name,
      image: imageFrom(this.props.images, image),
      args: [`--config.file=${CONFIG_FOLDER}/${name}.yml`],
      ports: [{ name, containerPort: EXPORTER_PORTS[name] }],
      resources: exporterResources(),
      startupProbe: { httpGet: httpGet(alivePath), periodSeconds: 1, failureThreshold: 30 },
      readinessProbe: { httpGet: httpGet(readyPath), periodSeconds: 10 },
      livenessProbe: { httpGet: httpGet(alivePath), periodSeconds: 10, failureThreshold: 3 },
      securityContext: containerSecurityContext(SECURITY),
      volumeMounts: [{ name: 'config', mountPath: CONFIG_FOLDER, readOnly: true }],
    };
  }

  private service() {
    new k8s.KubeService(this, 'service', {
      metadata: this.metadata(),
      spec: {
        selector: SELECTOR,
        // A sandbox that answers without end makes the json exporter run out of memory: the other one is still asked.
        publishNotReadyAddresses: true,
        ports: Object.entries(EXPORTER_PORTS).map(([name, port]) => ({
          name,
          port,
          targetPort: k8s.IntOrString.fromString(name),
        })),
      },
    });
  }

  private metadata() {
    return {
      name: EXPORTER,
      namespace: this.props.namespace,
      labels: labels({ component: 'monitoring', name: EXPORTER, image: BLACKBOX_EXPORTER_IMAGE }),
    };
  }
}
