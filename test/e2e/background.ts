import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { sentence } from './sentence';

/** A TCP port of this machine that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A program that runs on this machine while tests do. */
export class Background {
  private output = '';

  private constructor(
    private readonly title: string,
    private readonly child: ChildProcess,
    private readonly ended: Promise<unknown>,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (part: Buffer) => {
        // Its last words are enough to say why it ended.
        this.output = (this.output + part.toString()).slice(-10_000);
      });
    }
  }

  /** @throws Error when there is no such program */
  static async start(command: string, ...args: string[]): Promise<Background> {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(child, 'close').catch(() => undefined);
    await once(child, 'spawn').catch((error: Error) => {
      throw sentence(`${command} does not start: ${error.message}`);
    });
    return new Background(command, child, ended);
  }

  /** Wait until it has said something. @returns what it is */
  async says(words: RegExp, seconds = 30): Promise<RegExpExecArray> {
    for (const end = performance.now() + seconds * 1000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
      const found = words.exec(this.output);
      if (found) return found;
      if (this.child.exitCode !== null || performance.now() > end) {
        throw sentence(`${this.title} does not say ${words}, but: ${this.output.slice(-2_000).trim()}`);
      }
    }
  }

  async stop(): Promise<void> {
    this.child.kill();
    await this.ended;
  }
}
