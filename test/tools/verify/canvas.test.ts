import { createServer, type IncomingMessage, type Server } from 'node:http';
import { askCanvas, checkCanvas, sandboxBehind } from '../../../tools/verify/canvas';
import { clientOf } from '../../../tools/verify/connected';
import { planOf, type Workload } from '../../../tools/verify/plan';
import type { Cluster } from '../../../tools/cluster/cluster';
import { objectsOf } from '../../render';
import { clusterOf } from './cluster';
import { withServer } from './server';

const KEY = 'a-key-for-tests';

interface Behaviour {
  readonly page?: number;
  /** Whether the API asks for a key. */
  readonly isOpen?: boolean;
  /** Whether web sockets get through. */
  readonly hasSockets?: boolean;
}

const isIn = ({ headers }: IncomingMessage, isOpen: boolean) => isOpen || headers['x-session-api-key'] === KEY;

/** A Canvas before a sandbox, as far as it is asked. */
function canvas({ page = 200, isOpen = false, hasSockets = true }: Behaviour): Server {
  const server = createServer((asked, answer) => {
    const isPage = asked.url === '/canvas/';
    answer.writeHead(isPage ? page : isIn(asked, isOpen) ? 200 : 401).end();
  });
  server.on('upgrade', (asked, socket) => {
    const status = hasSockets && isIn(asked, isOpen) ? '101 Switching Protocols' : '403 Forbidden';
    socket.end(`HTTP/1.1 ${status}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  });
  return server;
}

/** What is said against it; nothing when all is well. */
async function said(behaviour: Behaviour, key?: string): Promise<string | undefined> {
  return withServer(canvas(behaviour), (url) =>
    askCanvas(url, key).then(
      () => undefined,
      (error: Error) => error.message,
    ),
  );
}

test('a page that leads whoever has the key to the API and its web sockets is well', async () => {
  expect(await said({}, KEY)).toBeUndefined();
});

test('a page that is not there is found', async () => {
  expect(await said({ page: 404 }, KEY)).toBe('the page: expected HTTP 200 from GET /canvas/, got 404');
});

test('an API that asks for no key is found, whether one is known or not', async () => {
  const found = 'the API through it, without the key: expected HTTP 401 from GET /api/conversations/count, got 200';

  expect(await said({ isOpen: true }, KEY)).toBe(found);
  expect(await said({ isOpen: true })).toBe(found);
});

test('a key that opens nothing is found', async () => {
  expect(await said({}, 'another')).toBe(
    'the API through it, with the key: expected HTTP 200 from GET /api/conversations/count, got 401',
  );
});

test('without a key nothing is asked that needs one', async () => {
  expect(await said({ hasSockets: false })).toBeUndefined();
});

test('a way that web sockets do not get through is found', async () => {
  expect(await said({ hasSockets: false }, KEY)).toBe(
    'a WebSocket through it: expected HTTP 101 from GET /sockets/bash-events, got 403',
  );
});

describe('of the workloads of development', () => {
  const workloads = planOf(objectsOf('development'));
  const named = (title: string) => workloads.find((it) => it.title === title)!;

  test('each Canvas is one, before the sandbox of its own session', () => {
    expect(workloads.filter(({ front }) => front === 'canvas').map(({ title }) => title)).toEqual([
      'Deployment/openhands-canvas-alice',
      'Deployment/openhands-canvas-bob',
    ]);
    expect(sandboxBehind(named('Deployment/openhands-canvas-bob'), workloads)?.title).toBe(
      'Deployment/openhands-runtime-bob',
    );
  });

  test('nobody asks a Canvas in the ingress controller’s place, and would get its visitors', async () => {
    const policies = objectsOf('development').filter(({ kind }) => kind === 'NetworkPolicy');
    const cluster = { list: () => Promise.resolve(policies) } as unknown as Cluster;

    expect(await clientOf(cluster, named('Deployment/openhands-canvas-alice'))).toBeUndefined();
    expect(await clientOf(cluster, named('Deployment/openhands-runtime-alice'))).toBeDefined();
  });
});

describe('before a sandbox', () => {
  const workload = (name: string, over: object) =>
    ({
      title: `Sandbox/${name}`,
      namespace: 'here',
      selector: { app: name },
      ...over,
    }) as Partial<Workload> as Workload;
  const sandbox = (spec: object) => ({ kind: 'Sandbox', metadata: { name: 'demo', namespace: 'here' }, spec });
  const checked = (live: ReturnType<typeof sandbox>, timeout = 0) =>
    checkCanvas(clusterOf([live]), workload('canvas', {}), workload('demo', { object: live }), {
      timeout,
      say: () => undefined,
    });

  test('that is suspended nothing can be asked through it, and that is noted', async () => {
    expect(await checked(sandbox({ operatingMode: 'Suspended' }))).toEqual([
      'its sandbox is suspended: nothing was asked through it',
    ]);
  });

  test('that does not start nothing can be asked through it: the sandbox is the failure', async () => {
    await expect(checked(sandbox({}))).rejects.toMatchObject({ step: 'ready', mayPass: true });
  });

  test('it is asked in a Pod of its own that is ready', async () => {
    const live = { ...sandbox({}), status: { conditions: [{ type: 'Ready', status: 'True' }] } };

    await expect(checked(live)).rejects.toMatchObject({
      step: 'functional',
      message: 'no Pod of it is ready any more',
      mayPass: true,
    });
  });

  test.each<[string, Partial<Workload>]>([
    ['another program', { program: 'action-execution-server' }],
    ['another namespace', { namespace: 'there' }],
    ['another session', { labels: { session: 'other' } }],
  ])('one of %s is not the sandbox that it leads to', (_, over) => {
    const own = { program: 'agent-server', namespace: 'here', labels: { session: 'demo' } };
    const [other, behind] = [{ ...own, ...over }, own] as Partial<Workload>[] as Workload[];

    expect(sandboxBehind({ ...behind!, program: undefined }, [other!, behind!])).toBe(behind);
  });
});
