import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** One port of something in the cluster, as kubectl names it: `pod/NAME` or `svc/NAME`. */
export interface Target {
  readonly namespace: string;
  readonly resource: string;
  readonly port: number;
}

/** Run `use` with a URL that leads to a port in the cluster. The local port is a free one. */
export async function withPortForward<T>(target: Target, use: (url: string) => Promise<T>): Promise<T> {
  const { namespace, resource, port } = target;
  const args = ['port-forward', '--namespace', namespace, resource, `:${port}`, '--address', '127.0.0.1'];
  const forward = spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(forward, 'close');
  let said = '';
  const address = new Promise<string>((resolve, reject) => {
    const listen = (text: Buffer) => {
      said += text.toString();
      const local = /Forwarding from (127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (local) resolve(local);
    };
    forward.stdout.on('data', listen);
    forward.stderr.on('data', listen);
    ended.then(() => reject(new Error(`kubectl ${args.join(' ')}: ${said.trim()}`)), reject);
  });
  try {
    return await use(`http://${await address}`);
  } finally {
    forward.kill();
    await ended.catch(() => undefined);
  }
}
