import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { freePort } from '../../e2e/background';
import type { KeyPair } from '../../logging/key-pair';

export interface TlsProxyProps {
  /** Of the host. */
  readonly keyPair: KeyPair;
  /** A name or an address of this machine, where it listens. */
  readonly host: string;
  /** What is behind it, over plain HTTP. */
  readonly target: string;
  readonly username: string;
  readonly password: string;
}

/** TLS and a password in front of an OpenSearch that has neither: its security plugin is not there. */
export class TlsProxy {
  /** Let a request through, and end the connection instead of bringing the answer. */
  isSilent = false;
  /** Requests that were silenced. */
  silenced = 0;
  private server: Server | undefined;
  private port: number | undefined;

  constructor(private readonly props: TlsProxyProps) {}

  get url(): string {
    return `https://${this.props.host}:${this.port}`;
  }

  async start(): Promise<void> {
    this.port ??= await freePort();
    this.server = createServer(this.props.keyPair, (incoming, outgoing) => this.pass(incoming, outgoing));
    await new Promise<void>((resolve) => this.server!.listen(this.port, this.props.host, resolve));
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    server?.closeAllConnections();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  private pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { target, username, password } = this.props;
    const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    if (incoming.headers.authorization !== expected) {
      outgoing.writeHead(401).end();
      return;
    }
    const { method, headers } = incoming;
    const passed = request(new URL(incoming.url!, target), { method, headers }, (answer) => {
      if (this.isSilent) {
        this.silenced += 1;
        answer.resume().on('end', () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  }
}
