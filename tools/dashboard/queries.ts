/** Queries in the words of the recording rules and of kube-state-metrics. */
import { RUNTIME } from '../../constructs/labels';
import type { Query } from './panels';

/** The profile's sandbox namespace, which is a constant of its dashboard. */
const NAMESPACE = 'namespace="$namespace"';

/** Those sandboxes that are chosen at the top of the dashboard. */
const SANDBOX = 'pod=~"$sandbox"';

/** A series of the sandbox namespace. */
export const series = (name: string, ...matchers: string[]): string => `${name}{${[NAMESPACE, ...matchers].join(',')}}`;

/**
 * What only kube-state-metrics and the kubelet say, one line for each value of these labels: there may be two of the
 * former, and a Pod may come back on another node.
 */
export const largest = (by: string, vector: string): string => `max by (${by}) (${vector})`;

/** A series with a line for each sandbox. */
export const perSandbox = (name: string): Query => ({ expr: series(name, SANDBOX), legend: '{{pod}}' });

/** What a sandbox asks for, or is held to: the largest, where they differ. */
export const bound = (kind: 'requests' | 'limits', resource: 'cpu' | 'memory'): Query => ({
  expr: `max(${series(`kube_pod_container_resource_${kind}`, 'container="runtime"', SANDBOX, `resource="${resource}"`)})`,
  legend: { requests: 'request', limits: 'limit' }[kind],
  isBound: true,
});

/** A series of the pool, which is a Deployment or a StatefulSet. */
export const ofPool = (deployment: string, statefulSet: string): string =>
  `max(${series(deployment, `deployment="${RUNTIME}"`)} or ${series(statefulSet, `statefulset="${RUNTIME}"`)})`;

/** A series of the pool's HorizontalPodAutoscaler. */
export const ofAutoscaler = (name: string, ...matchers: string[]): string =>
  series(`kube_horizontalpodautoscaler_${name}`, `horizontalpodautoscaler="${RUNTIME}"`, ...matchers);

/** A series of the volumes, of those that are a workspace. */
export const ofWorkspaces = (name: string): string =>
  `${largest('namespace, persistentvolumeclaim', series(name))} ` +
  `and on (namespace, persistentvolumeclaim) ${series('openhands:workspace_used:ratio')}`;
