import type { Profile } from '../../config/schema/profile';
import { selects, type Finding, type Manifest, type Manifests } from './objects';

/** Every HorizontalPodAutoscaler scales something that is there, and nobody else writes its number. */
export function* autoscalers(manifests: Manifests): Generator<Finding> {
  for (const object of manifests.ofKind('HorizontalPodAutoscaler')) {
    const { scaleTargetRef, minReplicas = 1, maxReplicas } = object.spec;
    const target = manifests.find(scaleTargetRef.kind, object.metadata.namespace, scaleTargetRef.name);
    if (target === undefined)
      yield { rule: 'autoscaler-target', object, text: `scales ${scaleTargetRef.name}, which is not there` };
    if (target?.spec.replicas !== undefined) {
      yield { rule: 'autoscaler-decides', object: target, text: 'writes replicas down, which an autoscaler decides' };
    }
    if (minReplicas < 2 || minReplicas >= maxReplicas) {
      yield { rule: 'autoscaler-range', object, text: `goes from ${minReplicas} to ${maxReplicas}` };
    }
  }
}

/** Every PodDisruptionBudget protects Pods, lets a drain go on, and does not keep broken Pods alive. */
export function* budgets(manifests: Manifests): Generator<Finding> {
  for (const object of manifests.ofKind('PodDisruptionBudget')) {
    const { selector, minAvailable, maxUnavailable, unhealthyPodEvictionPolicy } = object.spec;
    if (manifests.podsSelected(object.metadata.namespace, selector).length === 0)
      yield { rule: 'budget-selects', object, text: 'selects no Pod' };
    if ((minAvailable === undefined) === (maxUnavailable === undefined) || maxUnavailable === 0 || minAvailable === 0) {
      yield { rule: 'budget-lets-drain', object, text: 'needs one of minAvailable and maxUnavailable, above 0' };
    }
    if (unhealthyPodEvictionPolicy !== 'AlwaysAllow') {
      yield { rule: 'budget-lets-drain', object, text: 'keeps Pods that are not ready from being drained' };
    }
  }
}

const REPLICATED = ['Deployment', 'StatefulSet'];

/** What runs more than once is spread, has a priority and a budget. */
export function* replicated(manifests: Manifests, { deploy }: Profile): Generator<Finding> {
  const scaled = new Set(
    manifests
      .ofKind('HorizontalPodAutoscaler')
      .map(({ metadata, spec }: Manifest) => `${metadata.namespace}/${spec.scaleTargetRef.name}`),
  );
  for (const { object, namespace, labels, spec } of manifests.pods) {
    if (!REPLICATED.includes(object.kind)) continue;
    if (!scaled.has(`${namespace}/${object.metadata.name}`) && object.spec.replicas === 1) continue;
    if (!spec.topologySpreadConstraints?.length)
      yield { rule: 'spread', object, text: 'is not spread over zones and hosts' };
    if (!spec.priorityClassName) yield { rule: 'priority', object, text: 'has no PriorityClass' };
    const isProtected = manifests
      .ofKind('PodDisruptionBudget')
      .some(({ metadata, spec: { selector } }) => metadata.namespace === namespace && selects(selector, labels));
    if (!isProtected) yield { rule: 'budget', object, text: 'has no PodDisruptionBudget' };
  }
  for (const { object, spec } of manifests.pods) {
    // One that the profile names is somebody else's.
    const isKnown =
      spec.priorityClassName === deploy.system_pods.priority_class ||
      manifests.find('PriorityClass', undefined, spec.priorityClassName) !== undefined;
    if (spec.priorityClassName && !isKnown) {
      yield {
        rule: 'pod-references',
        object,
        text: `names PriorityClass ${spec.priorityClassName}, which is not there`,
      };
    }
  }
}

/** A quota names requests and limits; bounds name all four of their kinds. */
export function* bounds(manifests: Manifests): Generator<Finding> {
  for (const object of manifests.ofKind('ResourceQuota')) {
    const missing = ['requests.cpu', 'requests.memory', 'limits.memory', 'pods'].filter(
      (it) => object.spec.hard[it] === undefined,
    );
    if (missing.length > 0) yield { rule: 'quota-complete', object, text: `says nothing about ${missing.join(', ')}` };
  }
  for (const object of manifests.ofKind('LimitRange')) {
    const container = object.spec.limits.find(({ type }: Manifest) => type === 'Container') ?? {};
    const missing = ['default', 'defaultRequest', 'max', 'min'].filter((it) => container[it] === undefined);
    if (missing.length > 0) yield { rule: 'bounds-complete', object, text: `says nothing about ${missing.join(', ')}` };
  }
}
