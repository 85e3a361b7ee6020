import { Construct } from 'constructs';
import type { HighAvailabilityConfig } from '../../config/schema/pool';
import { k8s } from '../k8s';
import { labels, RUNTIME } from '../labels';
import type { SandboxTables } from '../sandbox/program';

/** Priorities are of the cluster, so the namespace is part of the name. */
export const priorityClassName = (namespace: string) => `${RUNTIME}.${namespace}`;

export interface SandboxPriorityProps {
  readonly namespace: string;
  readonly value: number;
}

/** Who goes first when a node is full. */
export class SandboxPriority extends Construct {
  constructor(scope: Construct, id: string, { namespace, value }: SandboxPriorityProps) {
    super(scope, id);
    new k8s.KubePriorityClass(this, 'priority-class', {
      metadata: { name: priorityClassName(namespace), labels: labels({ component: 'sandbox' }) },
      value,
      description: `Sandboxes of the namespace ${namespace}.`,
    });
  }
}

/** A node that is dead keeps its Pods for Kubernetes's five minutes unless they say otherwise. */
const evictedAfter = (seconds: number): k8s.Toleration[] =>
  ['not-ready', 'unreachable'].map((condition) => ({
    key: `node.kubernetes.io/${condition}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: seconds,
  }));

/** Pods among which one is spread. */
export interface Equals {
  readonly selector: k8s.LabelSelector;
  /** One Deployment has all of them. */
  readonly areUpdatedTogether: boolean;
}

/** The Pods of one Deployment, or of what else updates all of its Pods. */
export const ofOneWorkload = (matchLabels: Record<string, string>): Equals => ({
  selector: { matchLabels },
  areUpdatedTogether: true,
});

/** Every session: each is a workload of one, which alone could not be spread. */
export const EVERY_SESSION: Equals = {
  selector: { matchLabels: { app: RUNTIME }, matchExpressions: [{ key: 'session', operator: 'Exists' }] },
  areUpdatedTogether: false,
};

/** Spread over zones, then over hosts, as evenly as the cluster allows. */
export const spread = ({
  selector: labelSelector,
  areUpdatedTogether,
}: Equals): Pick<k8s.PodSpec, 'topologySpreadConstraints' | 'affinity'> => ({
  topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector,
    // Those that an update is about to remove do not count: four of ten ended in one zone, two in another (seen). Pods
    // without the label, which a Deployment's have, are counted as if this were not here.
    ...(areUpdatedTogether && { matchLabelKeys: ['pod-template-hash'] }),
  })),
  affinity: {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector },
        },
      ],
    },
  },
});

/** What high availability adds to a Pod that is one of these. */
export function podAvailability({ kubernetes, deploy }: SandboxTables, equals: Equals) {
  const config = deploy.high_availability;
  if (config === undefined) return { tolerations: [], spec: {} };
  return {
    tolerations: evictedAfter(config.eviction_seconds),
    spec: { priorityClassName: priorityClassName(kubernetes.namespace), ...spread(equals) },
  };
}

/** Lets a drain take one of a component's two Pods at a time, and any that does not work. */
export class ComponentDisruptionBudget extends k8s.KubePodDisruptionBudget {
  constructor(scope: Construct, id: string, metadata: k8s.ObjectMeta, selector: Record<string, string>) {
    super(scope, id, {
      metadata,
      spec: {
        selector: { matchLabels: selector },
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        maxUnavailable: k8s.IntOrString.fromNumber(1),
      },
    });
  }
}

export interface PoolDisruptionBudgetProps {
  /** The pool's name, and the budget's. */
  readonly name: string;
  readonly namespace: string;
  readonly selector: Record<string, string>;
  readonly config: HighAvailabilityConfig;
  /** The pool's least size, if its sandboxes have no controller that a budget can ask for a number. @default it can */
  readonly countedFrom?: number;
}

/** How many sandboxes of the pool a drain may take at once. */
export class PoolDisruptionBudget extends Construct {
  constructor(scope: Construct, id: string, props: PoolDisruptionBudgetProps) {
    super(scope, id);
    const { name, namespace, selector, config, countedFrom } = props;
    const { min_available, max_unavailable = 1 } = config;
    const least = min_available ?? (countedFrom && Math.max(1, countedFrom - max_unavailable));
    new k8s.KubePodDisruptionBudget(this, 'pod-disruption-budget', {
      metadata: { name, namespace, labels: labels({ component: 'pool', instance: name }) },
      spec: {
        selector: { matchLabels: selector },
        // A sandbox that does not start must not keep its node from being drained.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        ...(least === undefined
          ? { maxUnavailable: k8s.IntOrString.fromNumber(max_unavailable) }
          : { minAvailable: k8s.IntOrString.fromNumber(least) }),
      },
    });
  }
}
