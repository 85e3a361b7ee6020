import { Construct } from 'constructs';
import { PAUSE_IMAGE } from '../../config/images';
import { ownRuntimeClass } from '../../config/runtime-class';
import type { ImagesConfig } from '../../config/schema/images';
import type { SystemPodsConfig } from '../../config/schema/system-pods';
import { TokenlessServiceAccount } from '../access/service-account';
import { k8s } from '../k8s';
import { labels, PREPULL, RUNTIME } from '../labels';
import { ComponentNetworkPolicy } from '../network/component-network-policy';
import { programOf } from '../sandbox/contract';
import { sandboxPlacement } from '../sandbox/pod';
import type { SandboxTables } from '../sandbox/program';
import { pauseResources } from '../sandbox/resources';
import { containerSecurityContext, podSecurityContext } from '../sandbox/security-context';
import { systemPull } from '../scheduling/system-pod';
import { PAUSE_SECURITY, pauseContainer } from './pause';

export interface PrepullProps {
  readonly namespace: string;
  /** Every kind of sandbox that the profile has. */
  readonly kinds: readonly [SandboxTables, ...SandboxTables[]];
  readonly images: ImagesConfig;
  readonly systemPods: SystemPodsConfig;
}

const SELECTOR = { 'app.kubernetes.io/name': PREPULL };

/** Where sandboxes of a kind may run. A DaemonSet's controller does not look at RuntimeClasses, so theirs is said here. */
function placementOf(tables: SandboxTables): Required<Pick<k8s.PodSpec, 'nodeSelector' | 'tolerations'>> {
  const { nodeSelector, tolerations = [] } = sandboxPlacement(tables);
  const runtimeClass = ownRuntimeClass(tables);
  return {
    nodeSelector: { ...nodeSelector, ...runtimeClass?.node_selector },
    tolerations: [...tolerations, ...(runtimeClass?.tolerations ?? [])],
  };
}

/** Wherever one of several kinds may run: what all select, and what any tolerates. */
function together(placements: readonly ReturnType<typeof placementOf>[]) {
  const [first, ...others] = placements;
  const common = Object.entries(first!.nodeSelector).filter(([key, value]) =>
    others.every(({ nodeSelector }) => nodeSelector[key] === value),
  );
  const tolerations = new Map(placements.flatMap((it) => it.tolerations.map((one) => [JSON.stringify(one), one])));
  return {
    ...(common.length > 0 && { nodeSelector: Object.fromEntries(common) }),
    ...(tolerations.size > 0 && { tolerations: [...tolerations.values()] }),
  };
}

/**
 * On each node that sandboxes may run on, one Pod that has their images pulled and then does nothing: a new node's first
 * sandbox does not wait for a gigabyte. While that Pod is there, the kubelet takes the images for used and keeps them.
 */
export class Prepull extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: PrepullProps,
  ) {
    super(scope, id);
    const { namespace } = props;
    new TokenlessServiceAccount(this, 'account', { name: PREPULL, namespace });
    new ComponentNetworkPolicy(this, {
      component: PREPULL,
      namespace,
      name: 'default-deny',
      reason: 'The kubelet pulls the images; the Pod that asks for them talks with nobody.',
    });
    this.daemonSet();
  }

  private daemonSet() {
    const ownLabels = labels({ component: 'capacity', name: PREPULL, image: PAUSE_IMAGE });
    new k8s.KubeDaemonSet(this, 'daemon-set', {
      metadata: { name: PREPULL, namespace: this.props.namespace, labels: ownLabels },
      spec: {
        selector: { matchLabels: SELECTOR },
        // A registry is asked by a tenth of the nodes at a time.
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: k8s.IntOrString.fromString('10%') } },
        template: { metadata: { labels: ownLabels }, spec: this.pod() },
      },
    });
  }

  private pod(): k8s.PodSpec {
    const { kinds, images, systemPods } = this.props;
    const { imagePullSecrets = [], ...pull } = systemPull(systemPods);
    const secrets = [
      ...new Set([
        ...imagePullSecrets.map(({ name }) => name!),
        ...kinds.flatMap((it) => it.kubernetes.image_pull_secret ?? []),
      ]),
    ];
    return {
      serviceAccountName: PREPULL,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 0,
      ...pull,
      ...(secrets.length > 0 && { imagePullSecrets: secrets.map((name) => ({ name })) }),
      ...together(kinds.map(placementOf)),
      securityContext: podSecurityContext(PAUSE_SECURITY),
      initContainers: this.pulls(),
      containers: [pauseContainer(images, pauseResources())],
    };
  }

  /** Each image once. It runs `true` and ends: what counts is that it is there. */
  private pulls(): k8s.Container[] {
    const sandboxImages = new Set(this.props.kinds.map((it) => programOf(it, RUNTIME).image));
    return [...sandboxImages].map((image, index) => ({
      name: `pull-${index}`,
      image,
      command: ['true'],
      resources: pauseResources(),
      securityContext: containerSecurityContext(PAUSE_SECURITY),
    }));
  }
}
