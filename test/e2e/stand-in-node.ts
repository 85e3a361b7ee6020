import { kubectl } from './kubectl';
import { create, remove, type Manifest } from './objects';

const NAME = 'e2e-stand-in';

const node: Manifest = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: NAME },
  spec: {
    unschedulable: true,
    taints: ['NoSchedule', 'NoExecute'].map((effect) => ({ key: 'openhands.dev/stand-in', effect })),
  },
};

const now = () => new Date().toISOString();

/**
 * While something happens, a second node that takes no Pod: the descheduler does nothing in a cluster of one. Nobody
 * renews its lease, so it counts as ready for as long as the cluster's grace period, and no longer.
 */
export async function withSecondNode<T>(use: () => Promise<T>): Promise<T> {
  await create(node);
  try {
    const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: now(), lastTransitionTime: now() };
    const status = JSON.stringify({ status: { conditions: [{ ...ready, reason: 'StandIn', message: 'a test' }] } });
    await kubectl('patch', 'node', NAME, '--subresource=status', '--type=merge', `--patch=${status}`);
    return await use();
  } finally {
    await remove(node);
  }
}
