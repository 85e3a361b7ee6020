import { createServer } from 'node:http';
import { planOf } from '../../../tools/verify/plan';
import { askSignIn } from '../../../tools/verify/sign-in';
import { objectsOf } from '../../render';
import { withServer } from './server';

interface Behaviour {
  readonly page?: number;
  readonly api?: number;
  readonly socket?: number;
  readonly start?: number;
  /** Whether it believes who a header says that somebody is. */
  readonly isGullible?: boolean;
}

/** What is said against a sign-in; nothing when all is well. */
async function said({ page = 403, api = 401, socket = 401, start = 302, isGullible }: Behaviour) {
  const server = createServer(({ url, headers }, answer) => {
    const isBelieved = isGullible && headers['x-forwarded-user'] !== undefined;
    const status = url === '/oauth2/start' ? start : url === '/canvas/' ? page : api;
    answer.writeHead(isBelieved ? 200 : status).end();
  });
  server.on('upgrade', (_, stream) => {
    const words = socket === 101 ? 'Switching Protocols' : 'Unauthorized';
    stream.end(`HTTP/1.1 ${socket} ${words}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  });
  return withServer(server, (url) =>
    askSignIn(url).then(
      () => undefined,
      (error: Error) => error.message,
    ),
  );
}

test('one that turns everybody away and knows the way to the issuer is well', async () => {
  expect(await said({})).toBeUndefined();
});

test.each<[Behaviour, string]>([
  [{ page: 200 }, 'the page, without a cookie: expected HTTP 403 from GET /canvas/, got 200'],
  [{ isGullible: true }, 'the page, with headers that pretend: expected HTTP 403 from GET /canvas/, got 200'],
  [{ api: 200 }, 'the API, without a cookie: expected HTTP 401 from GET /api/conversations/count, got 200'],
  [{ socket: 101 }, 'a WebSocket, without a cookie: expected HTTP 401 from GET /sockets/bash-events, got 101'],
  [{ start: 500 }, 'the way to the issuer: expected HTTP 302 from GET /oauth2/start, got 500'],
])('%j is found', async (behaviour, line) => {
  expect(await said(behaviour)).toBe(line);
});

test('a session’s sign-in is one, and its Canvas is another', () => {
  const fronts = planOf(objectsOf('production')).flatMap(({ title, front }) => (front ? [[title, front]] : []));

  expect(fronts).toEqual([
    ['Deployment/openhands-canvas-reviews', 'canvas'],
    ['Deployment/openhands-sign-in-reviews', 'sign-in'],
  ]);
});
