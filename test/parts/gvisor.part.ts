import { create, namespace, remove } from '../e2e/objects';
import { Peer } from '../e2e/peer';

/** gVisor on the node, and a RuntimeClass of this name for it. */
const RUNTIME_CLASS = 'gvisor';
const NAMESPACE = 'parts-gvisor';

describe('a Pod under gVisor', () => {
  beforeAll(() => create(namespace(NAMESPACE)));
  afterAll(() => remove(namespace(NAMESPACE)));

  test("asks gVisor's kernel and not the node's", async () => {
    const pod = new Peer({ namespace: NAMESPACE, name: 'guest', runtimeClass: RUNTIME_CLASS });
    await pod.start();

    expect(await pod.run('dmesg')).toContain('Starting gVisor');
  });
});
