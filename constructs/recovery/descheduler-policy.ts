import type { DeschedulerConfig } from '../../config/schema/recovery';
import { secondsOf } from '../../config/schema/values';
import { RUNTIME } from '../labels';

/** agent-sandbox takes it from a sandbox's Pod in the moment in which somebody claims it. */
const WAITS_IN_POOL = 'agents.x-k8s.io/warm-pool-sandbox';

const ofSandboxes = () => ({ labelSelector: { matchLabels: { app: RUNTIME } } });

export interface DeschedulerPolicyProps {
  /** The sandboxes'. */
  readonly namespace: string;
  readonly config: DeschedulerConfig;
  /** `sandbox.keep_runtime_alive`: what has ended is left as it is. */
  readonly keepFinished: boolean;
}

/**
 * What the descheduler evicts, as it reads it (descheduler/v1alpha2, 0.36): of the sandboxes alone, those that Kubernetes
 * would leave where they are. A session is never evicted for its age.
 */
export function deschedulerPolicy({ namespace, config, keepFinished }: DeschedulerPolicyProps) {
  const { max_restarts, min_failed_age, max_idle_age } = config;
  // Made anew for each: YAML would write one object that is in several places as an anchor.
  const sandboxes = () => ({ namespaces: { include: [namespace] }, ...ofSandboxes() });
  const plugins = [
    // The controller of a Sandbox leaves a failed Pod, and makes a deleted one anew.
    !keepFinished && {
      name: 'RemoveFailedPods',
      args: { ...sandboxes(), minPodLifetimeSeconds: secondsOf(min_failed_age) },
    },
    {
      name: 'RemovePodsHavingTooManyRestarts',
      args: {
        ...sandboxes(),
        podRestartThreshold: max_restarts,
        includingInitContainers: true,
        // One that has got over its crashes works on, however many they were.
        states: ['CrashLoopBackOff'],
      },
    },
    max_idle_age !== undefined && {
      name: 'PodLifeTime',
      args: {
        ...sandboxes(),
        labelSelector: {
          matchLabels: { app: RUNTIME },
          // A session has no label `pool`.
          matchExpressions: ['pool', WAITS_IN_POOL].map((key) => ({ key, operator: 'Exists' })),
        },
        maxPodLifeTimeSeconds: secondsOf(max_idle_age),
      },
    },
  ].filter((it) => it !== false);
  const evictor = {
    name: 'DefaultEvictor',
    // Every sandbox has scratch space on its node. What else it protects stays protected: Pods that nobody would make
    // anew, those of DaemonSets and of the system. `nodeFit` stays off: the Pod may well come back to the same node.
    args: { ...ofSandboxes(), podProtections: { defaultDisabled: ['PodsWithLocalStorage'] } },
  };
  return {
    apiVersion: 'descheduler/v1alpha2',
    kind: 'DeschedulerPolicy',
    profiles: [
      {
        name: 'sandboxes',
        pluginConfig: [evictor, ...plugins],
        plugins: { deschedule: { enabled: plugins.map(({ name }) => name) } },
      },
    ],
  };
}
