import { Background } from './background';

/** One port of something in the cluster, as kubectl names it: `pod/NAME` or `svc/NAME`. */
export interface Target {
  readonly namespace: string;
  readonly resource: string;
  readonly port: number;
}

/** A port of this machine that leads into the cluster, until it is stopped. */
export interface Forward {
  /** Host and port. */
  readonly address: string;
  stop(): Promise<void>;
}

/** Have a free port of this machine lead to one in the cluster. */
export async function forwardPort({ namespace, resource, port }: Target): Promise<Forward> {
  const args = ['port-forward', '--namespace', namespace, resource, `:${port}`, '--address', '127.0.0.1'];
  const forward = await Background.start('kubectl', ...args);
  try {
    const [, address] = await forward.says(/Forwarding from (127\.0\.0\.1:\d+)/);
    return { address: address!, stop: () => forward.stop() };
  } catch (error) {
    await forward.stop();
    throw error;
  }
}

/** Have a free port of this machine lead to the Kubernetes API, with the rights of the kubeconfig and without a password. */
export async function forwardApi(): Promise<Forward> {
  const proxy = await Background.start('kubectl', 'proxy', '--port=0');
  const [, address] = await proxy.says(/Starting to serve on (127\.0\.0\.1:\d+)/);
  return { address: address!, stop: () => proxy.stop() };
}

/** Run `use` with a URL that leads to a port in the cluster. */
export async function withPortForward<T>(target: Target, use: (url: string) => Promise<T>): Promise<T> {
  const forward = await forwardPort(target);
  try {
    return await use(`http://${forward.address}`);
  } finally {
    await forward.stop();
  }
}
