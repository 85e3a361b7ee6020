import type { Reference } from '../../../tools/cluster/cluster';
import { requestsOf } from '../../../tools/preflight/room';
import { admitted, uncountedOverheads } from '../../../tools/preflight/runtime-class';
import { objectsOfToml, type Rendered } from '../../render';

const live: Rendered = {
  kind: 'RuntimeClass',
  metadata: { name: 'gvisor' },
  overhead: { podFixed: { memory: '64Mi' } },
  scheduling: { nodeSelector: { runtime: 'gvisor' }, tolerations: [{ key: 'runtime', operator: 'Exists' }] },
};
const cluster = (object?: Rendered) => ({
  get: ({ metadata }: Reference) => Promise.resolve(metadata.name === 'gvisor' ? object : undefined),
});
const container = { resources: { requests: { memory: '1Gi' } } };

describe('the Pod that nodes are looked for', () => {
  test('is on the nodes of its RuntimeClass, and takes what that takes', async () => {
    const pod = await admitted(cluster(live), [], {
      runtimeClassName: 'gvisor',
      nodeSelector: { pool: 'sandboxes' },
      containers: [container],
    });

    expect(pod).toMatchObject({
      nodeSelector: { pool: 'sandboxes', runtime: 'gvisor' },
      tolerations: [{ key: 'runtime', operator: 'Exists' }],
    });
    expect(requestsOf(pod).memory).toBe(2 ** 30 + 2 ** 26);
  });

  test('has the RuntimeClass of the manifests and not the one that they replace', async () => {
    const own = { ...live, overhead: { podFixed: { memory: '1Mi' } } };

    const pod = await admitted(cluster(live), [own], { runtimeClassName: 'gvisor', containers: [container] });

    expect(pod.overhead).toEqual({ memory: '1Mi' });
  });

  test('is as it is without one', async () => {
    const pod = { containers: [container] };

    expect(await admitted(cluster(live), [], pod)).toBe(pod);
    expect(await admitted(cluster(), [], { runtimeClassName: 'gvisor', ...pod })).toMatchObject(pod);
  });
});

describe('what a RuntimeClass takes that no quota counts', () => {
  const profile = (rest: string) => objectsOfToml(`[deploy.security]\nruntime_class = "gvisor"\n${rest}`);
  const QUOTA = '[deploy.quota]\nmax_sandboxes = 2\n';

  test('is told where there is a quota', async () => {
    expect(await uncountedOverheads(cluster(live), profile(QUOTA))).toEqual([
      expect.objectContaining({
        by: ['ResourceQuota/openhands-runtime'],
        state: 'unsure',
        found: expect.stringContaining('memory 64Mi of each Pod, not counted'),
      }),
    ]);
    expect(await uncountedOverheads(cluster(live), profile(''))).toEqual([]);
  });

  test('is nothing of one that takes nothing, and of one that the profile makes', async () => {
    expect(await uncountedOverheads(cluster({ ...live, overhead: undefined }), profile(QUOTA))).toEqual([]);
    expect(await uncountedOverheads(cluster(), profile(QUOTA))).toEqual([]);
    const own = '[deploy.runtime_classes.gvisor]\nhandler = "runsc"\noverhead = { memory = "64Mi" }\n';
    expect(await uncountedOverheads(cluster(live), profile(QUOTA + own))).toEqual([]);
  });
});
