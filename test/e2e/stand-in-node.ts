import { kubectl } from './kubectl';
import { create, remove, type Manifest } from './objects';

const NAME = 'e2e-stand-in';

const node: Manifest = {
  apiVersion: 'v1',
  kind: 'Node',
  // As on every node that is simulated, by which other tests tell which is real.
  metadata: { name: NAME, annotations: { 'kwok.x-k8s.io/node': 'fake' } },
  spec: {
    unschedulable: true,
    taints: ['NoSchedule', 'NoExecute'].map((effect) => ({ key: 'openhands.dev/stand-in', effect })),
  },
};

/** Say that it is ready, as a kubelet does every few seconds: it counts as dead without. */
async function beat(): Promise<void> {
  const now = new Date().toISOString();
  const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: now, lastTransitionTime: now };
  const status = JSON.stringify({ status: { conditions: [{ ...ready, reason: 'StandIn', message: 'a test' }] } });
  await kubectl('patch', 'node', NAME, '--subresource=status', '--type=merge', `--patch=${status}`);
}

/** While something happens, a second node that takes no Pod: the descheduler does nothing in a cluster of one. */
export async function withSecondNode<T>(use: () => Promise<T>): Promise<T> {
  await create(node);
  const heart = setInterval(() => void beat().catch(() => undefined), 5_000);
  try {
    await beat();
    return await use();
  } finally {
    clearInterval(heart);
    await remove(node);
  }
}
