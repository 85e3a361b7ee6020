/** Queries in the words of the recording rules and of kube-state-metrics. */
import { RUNTIME } from '../../constructs/labels';
import type { Query } from './panels';

/** The profile's sandbox namespace, which is a constant of its dashboard. */
const NAMESPACE = 'namespace="$namespace"';

/** Those sandboxes that are chosen at the top of the dashboard. */
const SANDBOX = 'pod=~"$sandbox"';

/** A series of the sandbox namespace. */
export const series = (name: string, ...matchers: string[]): string => `${name}{${[NAMESPACE, ...matchers].join(',')}}`;

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
  `${series(deployment, `deployment="${RUNTIME}"`)} or ${series(statefulSet, `statefulset="${RUNTIME}"`)}`;

/** A series of the pool's HorizontalPodAutoscaler. */
export const ofAutoscaler = (name: string, ...matchers: string[]): string =>
  series(`kube_horizontalpodautoscaler_${name}`, `horizontalpodautoscaler="${RUNTIME}"`, ...matchers);
