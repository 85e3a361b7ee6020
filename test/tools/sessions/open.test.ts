import { entranceOf, keyEntryOf } from '../../../tools/sessions/open';
import { ClusterOfSandboxes } from './cluster-of-sandboxes';
import { pod, sandbox, sessionAmong } from './objects';

const object = sandbox('openhands-runtime-demo');
const running = pod('openhands-runtime-demo', object);
const session = sessionAmong(object, running);

test('a session is opened by its API', async () => {
  expect(await entranceOf(new ClusterOfSandboxes(), session)).toEqual({ pod: running, port: 8000, path: '/' });
});

describe('its Canvas', () => {
  const canvas = (name: string, ready = true) =>
    pod('canvas', undefined, { ready, metadata: { labels: { app: 'openhands-canvas', session: name } } });

  test('is what is opened where it has one', async () => {
    expect(await entranceOf(new ClusterOfSandboxes(canvas('demo')), session)).toMatchObject({
      pod: { metadata: { name: 'canvas' } },
      path: '/canvas/',
    });
  });

  test.each([
    ['of another session', canvas('other')],
    ['that is not ready', canvas('demo', false)],
  ])('%s is not', async (_, other) => {
    expect(await entranceOf(new ClusterOfSandboxes(other), session)).toMatchObject({ path: '/' });
  });
});

test('a suspended one is not opened, and how to resume it is told', async () => {
  const suspended = sessionAmong(sandbox('x', { spec: { operatingMode: 'Suspended' } }));

  await expect(entranceOf(new ClusterOfSandboxes(), suspended)).rejects.toThrow(
    'demo has no Pod that is ready, it is Suspended: npm run sessions -- resume demo --wait',
  );
});

test('the key that it asks for is named', () => {
  expect(keyEntryOf(session)).toBe('demo.api-key');
});
