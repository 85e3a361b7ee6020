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

/** Joins a socket to a port of a Pod. */
type Tunnel = (socket: Socket) => Promise<{ on?: (event: 'close', act: () => void) => unknown }>;

async function portForward(cluster: Cluster, { metadata }: Manifest, port: number): Promise<Tunnel> {
  const { PortForward } = await loadClientNode();
  const forward = new PortForward(cluster.config);
  return async (socket) => {
    const tunnel = await forward.portForward(metadata.namespace, metadata.name, [port], socket, null, socket);
    return 'on' in tunnel ? tunnel : {};
  };
}

/**
 * The same by a shell in the Pod: the network of a Pod in gVisor is inside, where a container runtime's own port-forward
 * does not come, https://github.com/google/gvisor/issues/3811
 */
async function shellForward(cluster: Cluster, { metadata, spec }: Manifest, port: number): Promise<Tunnel> {
  const { Exec } = await loadClientNode();
  const exec = new Exec(cluster.config);
  const join = `exec 3<>/dev/tcp/127.0.0.1/${port} && { cat <&0 >&3 & cat <&3; }`;
  const { name: container } = spec.containers[0];
  return (socket) =>
    exec.exec(metadata.namespace, metadata.name, container, ['bash', '-c', join], socket, null, socket, false);
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
  const tunnelTo = pod.spec.runtimeClassName === undefined ? portForward : shellForward;
  const tunnel = await tunnelTo(cluster, pod, port);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    tunnel(socket)
      // Otherwise a Pod that goes away leaves its caller waiting.
      .then((connection) => connection.on?.('close', () => socket.destroy()))
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
