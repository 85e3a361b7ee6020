import type { Profile } from '../../config/schema/profile';
import { amount } from '../../config/schema/values';
import { sumOf } from '../namespace/amounts';
import { podShares } from '../namespace/pod-shares';
import type { Finding, Manifests } from './objects';

/** Every quota has room for the Pods that are rendered into its namespace, all of them at once. */
export function* quotaRoom(manifests: Manifests, { deploy }: Profile): Generator<Finding> {
  for (const object of manifests.ofKind('ResourceQuota')) {
    const shares = podShares(manifests, object.metadata.namespace, deploy.quota?.max_nodes ?? 1);
    for (const [key, hard] of Object.entries<string>(object.spec.hard)) {
      const [, side, resource] = /^(requests|limits)\.(.+)$/.exec(key) ?? [];
      if (key !== 'pods' && resource === undefined) continue;
      const needed =
        resource === undefined
          ? shares.reduce((sum, { count }) => sum + count, 0)
          : (sumOf(shares.map((it) => ({ count: it.count, amounts: it[side as 'requests' | 'limits'] })))[resource] ??
            0);
      // Sums of fractions of a core are not exact.
      if (needed <= amount(String(hard)) * (1 + 1e-9)) continue;
      yield { rule: 'quota-room', object, text: `has ${key} ${hard}, and its Pods need ${needed}` };
    }
  }
}
