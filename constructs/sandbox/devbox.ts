import { Construct } from 'constructs';
import { everywhere, type IpFamily } from '../../config/addresses';
import { imageFrom } from '../../config/image-reference';
import { DEVBOX_IMAGE } from '../../config/images';
import type { ImagesConfig } from '../../config/schema/images';
import type { SystemPodsConfig } from '../../config/schema/system-pods';
import { k8s } from '../k8s';
import { labels } from '../labels';
import { systemPlacement } from '../scheduling/system-pod';
import { devboxResources } from './resources';
import { containerSecurityContext, podSecurityContext, type SecurityContextProps } from './security-context';

const NAME = 'ubuntu-dev';

/** Labels that select it. */
export const DEVBOX_SELECTOR = { app: NAME };

/** The Pod of a developer's box. */
export function devboxPod(images: ImagesConfig, systemPods: SystemPodsConfig): k8s.PodSpec {
  // A shell to install things in: root, with the capabilities that a package manager needs.
  const security: SecurityContextProps = {
    standard: 'baseline',
    privileged: false,
    readOnlyRootFilesystem: false,
    capabilities: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'],
  };
  return {
    serviceAccountName: 'default',
    // On purpose: the token is what mirrord lends. Nobody but a developer should have a devbox.
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    // `sleep` does not listen to SIGTERM.
    terminationGracePeriodSeconds: 1,
    ...systemPlacement(systemPods),
    securityContext: podSecurityContext(security),
    containers: [
      {
        name: NAME,
        image: imageFrom(images, DEVBOX_IMAGE),
        command: ['sleep', 'infinity'],
        ports: [{ name: 'http', containerPort: 3000 }],
        resources: devboxResources(),
        securityContext: containerSecurityContext(security),
      },
    ],
  };
}

export interface DevboxProps {
  readonly namespace: string;
  readonly ipFamilies: readonly IpFamily[];
  readonly images: ImagesConfig;
  readonly systemPods: SystemPodsConfig;
}

/**
 * A developer's box in the cluster: mirrord lends its identity to an OpenHands app that runs on the developer's machine,
 * so it carries the account and the rights with which that app makes sandboxes.
 */
export class Devbox extends Construct {
  private readonly labels = labels({ name: NAME, component: 'devbox', image: DEVBOX_IMAGE });

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DevboxProps,
  ) {
    super(scope, id);
    this.deployment();
    this.service();
    this.mirrord();
    this.networkPolicy();
  }

  private deployment() {
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: { name: NAME, namespace: this.props.namespace, labels: { ...DEVBOX_SELECTOR, ...this.labels } },
      spec: {
        replicas: 1,
        selector: { matchLabels: DEVBOX_SELECTOR },
        template: {
          metadata: { labels: { ...DEVBOX_SELECTOR, ...this.labels } },
          spec: devboxPod(this.props.images, this.props.systemPods),
        },
      },
    });
  }

  private service() {
    new k8s.KubeService(this, 'service', {
      metadata: { name: NAME, namespace: this.props.namespace, labels: this.labels },
      spec: {
        selector: DEVBOX_SELECTOR,
        ports: [{ name: 'http', port: 8099, targetPort: k8s.IntOrString.fromNumber(3000) }],
      },
    });
  }

  private mirrord() {
    const metadata = (name: string) => ({ name, namespace: this.props.namespace, labels: this.labels });
    const verbs = ['get', 'list', 'create', 'delete', 'watch', 'update'];
    new k8s.KubeRole(this, 'role', {
      metadata: metadata('mirrord-role'),
      rules: [
        {
          apiGroups: [''],
          resources: ['pods', 'pods/exec', 'pods/portforward', 'services', 'persistentvolumeclaims'],
          verbs,
        },
        { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'networkpolicies'], verbs },
      ],
    });
    new k8s.KubeRoleBinding(this, 'role-binding', {
      metadata: metadata('mirrord-binding'),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'mirrord-role' },
      subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: this.props.namespace }],
    });
  }

  private networkPolicy() {
    new k8s.KubeNetworkPolicy(this, 'network-policy', {
      metadata: {
        name: NAME,
        namespace: this.props.namespace,
        labels: this.labels,
        annotations: {
          'kubernetes.io/description':
            "A developer's box serves one port and reaches everything but a cloud's metadata address.",
        },
      },
      spec: {
        podSelector: { matchLabels: DEVBOX_SELECTOR },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ ports: [{ protocol: 'TCP', port: k8s.IntOrString.fromNumber(3000) }] }],
        // Some network plugins do not count Pods as addresses.
        egress: [
          { to: [{ namespaceSelector: {} }, ...everywhere(this.props.ipFamilies).map((ipBlock) => ({ ipBlock }))] },
        ],
      },
    });
  }
}
