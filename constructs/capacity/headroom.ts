import { Construct } from 'constructs';
import { PAUSE_IMAGE } from '../../config/images';
import { runtimeClassName } from '../../config/runtime-class';
import type { HeadroomConfig } from '../../config/schema/capacity';
import type { ImagesConfig } from '../../config/schema/images';
import type { SystemPodsConfig } from '../../config/schema/system-pods';
import { TokenlessServiceAccount } from '../access/service-account';
import { k8s } from '../k8s';
import { HEADROOM, labels } from '../labels';
import { formatAmount } from '../namespace/amounts';
import { sandboxRequests } from '../namespace/shares';
import { ComponentNetworkPolicy } from '../network/component-network-policy';
import { sandboxPlacement } from '../sandbox/pod';
import type { SandboxTables } from '../sandbox/program';
import { podSecurityContext } from '../sandbox/security-context';
import { systemPull } from '../scheduling/system-pod';
import { PAUSE_SECURITY, pauseContainer } from './pause';

export interface HeadroomProps {
  /** Of the placeholders: beside the sandboxes' own, so that its quota is not theirs. */
  readonly namespace: string;
  readonly config: HeadroomConfig;
  /** Of the sandboxes that there is room for. */
  readonly tables: SandboxTables;
  readonly images: ImagesConfig;
  readonly systemPods: SystemPodsConfig;
}

const SELECTOR = { 'app.kubernetes.io/name': HEADROOM };

/**
 * Room for sandboxes that are not there yet: placeholders as large as one, below every other Pod in priority. A sandbox
 * pushes one out and starts at once; the placeholder, which then waits, is why an autoscaler makes the next node. Zero to
 * JupyterHub's user-placeholders do the same.
 */
export class Headroom extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: HeadroomProps,
  ) {
    super(scope, id);
    const { namespace } = props;
    this.priorityClass();
    new TokenlessServiceAccount(this, 'account', { name: HEADROOM, namespace });
    new ComponentNetworkPolicy(this, {
      component: HEADROOM,
      namespace,
      name: 'default-deny',
      reason: 'A placeholder talks with nobody.',
    });
    this.deployment();
  }

  private metadata() {
    return { name: HEADROOM, labels: labels({ component: 'capacity', name: HEADROOM, image: PAUSE_IMAGE }) };
  }

  /** Priorities are of the cluster, so the namespace is part of the name. */
  private get priorityClassName() {
    return `${HEADROOM}.${this.props.tables.kubernetes.namespace}`;
  }

  private priorityClass() {
    const { config, tables } = this.props;
    new k8s.KubePriorityClass(this, 'priority-class', {
      metadata: { ...this.metadata(), name: this.priorityClassName },
      value: config.priority,
      // They push nobody out themselves.
      preemptionPolicy: 'Never',
      description: `Placeholders that give way to sandboxes of the namespace ${tables.kubernetes.namespace}.`,
    });
  }

  private deployment() {
    const { namespace, config } = this.props;
    const metadata = this.metadata();
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: { ...metadata, namespace },
      spec: {
        replicas: config.sandboxes,
        selector: { matchLabels: SELECTOR },
        // All at once, and none more than there are: nothing of theirs is lost.
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: {
            maxSurge: k8s.IntOrString.fromNumber(0),
            maxUnavailable: k8s.IntOrString.fromString('100%'),
          },
        },
        template: { metadata: { labels: metadata.labels }, spec: this.pod() },
      },
    });
  }

  private pod(): k8s.PodSpec {
    const { tables, images, systemPods } = this.props;
    const amounts = Object.fromEntries(
      Object.entries(sandboxRequests(tables)).map(([resource, value]) => [
        resource,
        k8s.Quantity.fromString(formatAmount(resource, value)),
      ]),
    );
    return {
      serviceAccountName: HEADROOM,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      // The sandbox that pushes it out waits for its end.
      terminationGracePeriodSeconds: 0,
      // What the runtime takes for a sandbox is part of the room, and so are the nodes that have it.
      runtimeClassName: runtimeClassName(tables),
      ...sandboxPlacement(tables),
      ...systemPull({ ...systemPods, priority_class: undefined }),
      priorityClassName: this.priorityClassName,
      securityContext: podSecurityContext(PAUSE_SECURITY),
      containers: [pauseContainer(images, { requests: amounts, limits: amounts })],
    };
  }
}
