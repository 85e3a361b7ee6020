import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Use a server of this machine, which is gone afterwards. */
export async function withServer<T>(server: Server, use: (url: string) => Promise<T>): Promise<T> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** What was asked of a server. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A server that gives these answers, one after the other; a text is an answer of HTTP 200. @param asked what was asked of it */
export function answering(answers: (string | { status: number; text: string })[], asked: Asked[] = []): Server {
  return createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      asked.push({ method: request.method!, path: request.url!, headers: request.headers, body });
      const answer = answers.shift() ?? '';
      const { status, text } = typeof answer === 'string' ? { status: 200, text: answer } : answer;
      response.writeHead(status).end(text);
    });
  });
}
