import { request } from 'node:http';

/** The page of a session. */
export const PAGE = '/canvas/';
/** Answers 200 to whoever shows the key, and 401 to everybody else. */
export const API = '/api/conversations/count';
export const SOCKET = '/sockets/bash-events';

export const WEB_SOCKET = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': Buffer.from('openhands-verify').toString('base64'),
};

/** One request's limit, in ms. */
const LIMIT = 15_000;

/** The status of an answer; 101 when a WebSocket opened. */
function statusOf(url: string, path: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { headers, timeout: LIMIT });
    sent.on('timeout', () => sent.destroy(new Error(`GET ${path}: no answer within ${LIMIT / 1000} s`)));
    sent.on('error', (error) => reject(new Error(`GET ${path}: ${error.message}`, { cause: error })));
    sent.on('upgrade', ({ statusCode }, socket) => {
      socket.destroy();
      resolve(statusCode!);
    });
    sent.on('response', (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    sent.end();
  });
}

/**
 * Ask a server for a path, and expect a status.
 *
 * @throws Error in one line: what was asked, what was expected, and what came
 */
export async function expectStatus(
  url: string,
  what: string,
  path: string,
  status: number,
  headers?: Record<string, string>,
): Promise<void> {
  const got = await statusOf(url, path, headers);
  if (got !== status) throw new Error(`${what}: expected HTTP ${status} from GET ${path}, got ${got}`);
}
