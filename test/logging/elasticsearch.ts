import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { selfSigned, type KeyPair } from './key-pair';

/** A document as it was stored. */
export type Document = Record<string, unknown>;

/** What a server does that is there: answer, refuse, or store and let its answer be lost. */
export type Mood = 'well' | 429 | 503 | 'silent';

const USER = { username: 'openhands', password: 'p"a$$w0rd: #{x}' };

/** Elasticsearch's bulk API over TLS, as much of it as a writer of documents sees. */
export class Elasticsearch {
  static readonly user = USER;
  /** By index and id: the second document of an id is a conflict. */
  private readonly stored = new Map<string, Document>();
  /** Actions that it carried out or found to be carried out already. */
  actions = 0;
  /** Statuses that it answered. */
  readonly answers: number[] = [];
  mood: Mood = 'well';
  /** The one that it takes. */
  password = USER.password;
  private server: Server | undefined;
  port = 0;

  constructor(
    private keyPair: KeyPair,
    private readonly address = '127.0.0.1',
  ) {}

  /** The documents of the data stream, in the order in which they came. */
  get documents(): Document[] {
    return [...this.stored.values()];
  }

  /** Listen, after a stop where it did before. */
  async start(): Promise<void> {
    const server = createServer(this.keyPair, (request, response) => void this.answer(request, response));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, this.address, resolve));
    this.port = (server.address() as AddressInfo).port;
  }

  /** Connections are refused from now on. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    server?.closeAllConnections();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  /** Be somebody else, in the same place and under the same name. */
  async restartAs(folder: string, name: string): Promise<void> {
    await this.stop();
    this.keyPair = selfSigned(folder, name);
    await this.start();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const reply = (status: number, content: unknown) => {
      this.answers.push(status);
      response
        .writeHead(status, { 'Content-Type': 'application/json', 'X-Elastic-Product': 'Elasticsearch' })
        .end(JSON.stringify(content));
    };
    if (typeof this.mood === 'number') return reply(this.mood, { status: this.mood });
    const expected = `Basic ${Buffer.from(`${USER.username}:${this.password}`).toString('base64')}`;
    if (request.headers.authorization !== expected) return reply(401, { status: 401 });
    if (request.method !== 'POST' || !request.url?.startsWith('/_bulk')) return reply(404, { status: 404 });
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
    const items = this.store(text.split('\n').filter(Boolean));
    if (this.mood === 'silent') return void request.socket.destroy();
    reply(200, { took: 1, errors: items.some(({ create }) => create.status >= 300), items });
  }

  private store(lines: readonly string[]): { create: { _index: string; status: number } }[] {
    const items: { create: { _index: string; status: number } }[] = [];
    for (let index = 0; index < lines.length; index += 2) {
      const { create } = JSON.parse(lines[index]!) as { create: { _index: string; _id?: string } };
      const key = `${create._index}/${create._id ?? `made-up-${this.actions}`}`;
      const status = this.stored.has(key) ? 409 : 201;
      this.actions += 1;
      if (status === 201) this.stored.set(key, JSON.parse(lines[index + 1]!) as Document);
      items.push({ create: { _index: create._index, status } });
    }
    return items;
  }
}
