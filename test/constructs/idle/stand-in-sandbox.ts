import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a stand-in answers: by the beginning of a path, JSON or all of the answer. */
export type Answers = Readonly<
  Record<string, object | number | ((request: IncomingMessage, response: ServerResponse) => void)>
>;

const STAT = '7 (node) S 1 7 7 0 -1 4194304 100 0 0 0 100 0 0 0 20 0 1 0 100 1000 10\n';

/** An agent-server that nobody has used for an hour. */
export const IDLE: Answers = {
  '/server_info': { uptime: 4000, idle_time: 3600 },
  '/api/conversations/count': 0,
  '/api/bash/bash_events/search': { items: [], next_page_id: null },
  '/api/bash/execute_bash_command': { exit_code: 0, stdout: `${STAT}=\n${STAT}=\n0\n0\n` },
};

/** A stand-in of an agent-server, with some answers of an idle one changed. */
export async function standIn(changed: Answers = {}, key?: string) {
  const answers: Answers = { ...IDLE, ...changed };
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url!;
    asked.push(path);
    const found = Object.entries(answers).find(([start]) => path.startsWith(start))?.[1];
    if (typeof found === 'function') return found(request, response);
    const isOpen = path === '/server_info' || request.headers['x-session-api-key'] === key;
    response.writeHead(isOpen && found !== undefined ? 200 : 401, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(found ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    /** The paths that it was asked for. */
    asked,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
