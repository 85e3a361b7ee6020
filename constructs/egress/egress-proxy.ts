import { Construct } from 'constructs';
import { createHash } from 'node:crypto';
import { imageFrom } from '../../config/image-reference';
import { SQUID_IMAGE } from '../../config/images';
import type { EgressNames } from '../../config/schema/egress-names';
import type { ImagesConfig } from '../../config/schema/images';
import type { SystemPodsConfig } from '../../config/schema/system-pods';
import { TokenlessServiceAccount } from '../access/service-account';
import { k8s } from '../k8s';
import { EGRESS, labels } from '../labels';
import { egressProxyResources } from '../sandbox/resources';
import { containerSecurityContext, podSecurityContext, restricted } from '../sandbox/security-context';
import { ComponentDisruptionBudget, ofOneWorkload, spread } from '../scheduling/availability';
import { systemPlacement } from '../scheduling/system-pod';
import { EGRESS_PORT } from './port';
import { pageName, REFUSALS } from './refusals';
import { READY_PATH, SHUTDOWN_SECONDS, squidConfig } from './squid-config';

export interface EgressProxyProps {
  /** Of the proxy, not of the sandboxes: who may make Pods beside them could make one with its labels. */
  readonly namespace: string;
  readonly egress: EgressNames;
  readonly images: ImagesConfig;
  readonly systemPods: SystemPodsConfig;
  /** The PriorityClass of two of them, spread over zones and hosts; absent: there is one. */
  readonly availableAs?: string;
}

/** `nobody`: it writes to its log alone, and needs none of the image's user `proxy`. */
const USER = 65534;
const SECURITY = restricted(USER);

const SELECTOR = { 'app.kubernetes.io/name': EGRESS };

const CONFIG_FOLDER = '/etc/openhands-egress';
/** Where Squid looks for a page that is in no language. */
const PAGES_FOLDER = '/usr/share/squid/errors/templates';

const refusals = Object.keys(REFUSALS) as (keyof typeof REFUSALS)[];

/** All that sandboxes reach where egress is by name: it lets them through to the names of the profile. */
export class EgressProxy extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: EgressProxyProps,
  ) {
    super(scope, id);
    const { namespace, egress, availableAs } = props;
    const config = {
      'squid.conf': squidConfig(egress),
      ...Object.fromEntries(refusals.map((it) => [pageName(it), `${REFUSALS[it].page}\n`])),
    };
    new TokenlessServiceAccount(this, 'account', { name: EGRESS, namespace });
    new k8s.KubeConfigMap(this, 'config', { metadata: this.metadata(), data: config });
    this.deployment(createHash('sha256').update(JSON.stringify(config)).digest('hex'));
    this.service();
    if (availableAs !== undefined)
      new ComponentDisruptionBudget(this, 'pod-disruption-budget', this.metadata(), SELECTOR);
  }

  private metadata() {
    return {
      name: EGRESS,
      namespace: this.props.namespace,
      labels: labels({ component: 'egress', name: EGRESS, image: SQUID_IMAGE }),
    };
  }

  private deployment(checksum: string) {
    const { availableAs } = this.props;
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: this.metadata(),
      spec: {
        replicas: availableAs === undefined ? 1 : 2,
        selector: { matchLabels: SELECTOR },
        template: {
          // Squid does not look at its file again: with another file, there are other Pods.
          metadata: { labels: this.metadata().labels, annotations: { 'checksum/config': checksum } },
          spec: {
            serviceAccountName: EGRESS,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            terminationGracePeriodSeconds: SHUTDOWN_SECONDS + 10,
            ...(availableAs !== undefined && { priorityClassName: availableAs, ...spread(ofOneWorkload(SELECTOR)) }),
            ...systemPlacement(this.props.systemPods),
            securityContext: podSecurityContext(SECURITY),
            containers: [this.container()],
            volumes: [{ name: 'config', configMap: { name: EGRESS } }],
          },
        },
      },
    });
  }

  private container(): k8s.Container {
    const port = k8s.IntOrString.fromString('proxy');
    return {
      name: 'squid',
      image: imageFrom(this.props.images, SQUID_IMAGE),
      // The image's own entrypoint starts as root, with a cache on disk.
      command: ['squid', '-N', '-f', `${CONFIG_FOLDER}/squid.conf`],
      ports: [{ name: 'proxy', containerPort: EGRESS_PORT }],
      resources: egressProxyResources(),
      startupProbe: { tcpSocket: { port }, periodSeconds: 1, failureThreshold: 30 },
      readinessProbe: { httpGet: { path: READY_PATH, port }, periodSeconds: 5 },
      livenessProbe: { tcpSocket: { port }, periodSeconds: 10, failureThreshold: 3 },
      securityContext: containerSecurityContext(SECURITY),
      volumeMounts: [
        { name: 'config', mountPath: CONFIG_FOLDER, readOnly: true },
        ...refusals.map((it) => ({
          name: 'config',
          mountPath: `${PAGES_FOLDER}/${pageName(it)}`,
          subPath: pageName(it),
          readOnly: true,
        })),
      ],
    };
  }

  private service() {
    new k8s.KubeService(this, 'service', {
      metadata: this.metadata(),
      spec: {
        // Sandboxes look up no names: this address is in their variables.
        clusterIp: this.props.egress.address,
        selector: SELECTOR,
        ports: [{ name: 'proxy', port: EGRESS_PORT, targetPort: k8s.IntOrString.fromString('proxy') }],
      },
    });
  }
}
