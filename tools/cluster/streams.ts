import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import type { Manifest } from '../../constructs/policy/objects';
import { loadClientNode } from './client-node';
import type { Cluster } from './cluster';

/** What a command in a Pod left behind. */
export interface Executed {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A stream that remembers. */
class Memory extends Writable {
  text = '';

  override _write(part: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += part.toString();
    done();
  }
}

/** How a WebSocket's failure says what it was: some have only a nested error. */
const messageOf = (error: unknown) =>
  (error as { message?: string }).message || (error as { error?: Error }).error?.message || 'the connection broke';

/**
 * Run a command in a Pod's only container.
 *
 * @param limit how long it may take, in ms
 * @throws Error when it could not be run
 */
export async function execute(cluster: Cluster, pod: Manifest, command: string[], limit: number): Promise<Executed> {
  const { Exec } = await loadClientNode();
  const { namespace, name } = pod.metadata;
  const [stdout, stderr] = [new Memory(), new Memory()];
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${limit / 1000} s`)), limit);
    const end = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    new Exec(cluster.config)
      .exec(namespace, name, pod.spec.containers[0].name, command, stdout, stderr, null, false, (status) => {
        const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
        if (status.status !== 'Success' && cause === undefined) {
          return end(() => reject(new Error(status.message ?? 'the command could not be run')));
        }
        end(() => resolve({ exitCode: Number(cause ?? 0), stdout: stdout.text, stderr: stderr.text }));
      })
      .then((socket) => socket.on('close', () => end(() => reject(new Error('the connection broke')))))
      .catch((error: unknown) => end(() => reject(new Error(messageOf(error)))));
  });
}

/**
 * Run `use` with a URL of this machine that leads to a port of a Pod, past every network policy.
 *
 * @param localPort this machine's; 0: one that is free
 * @throws Error when the port is taken
 */
export async function withForwardedPort<T>(
  cluster: Cluster,
  pod: Manifest,
  port: number,
  use: (url: string) => Promise<T>,
  localPort = 0,
): Promise<T> {
  const { PortForward } = await loadClientNode();
  const forward = new PortForward(cluster.config);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    forward
      .portForward(pod.metadata.namespace, pod.metadata.name, [port], socket, null, socket)
      .then((tunnel) => {
        // Otherwise a Pod that goes away leaves its caller waiting.
        if ('on' in tunnel) tunnel.on('close', () => socket.destroy());
      })
      .catch(() => socket.destroy());
  });
  server.listen(localPort, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}
