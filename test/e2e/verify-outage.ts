import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Rendered } from '../render';
import { kubectl } from './kubectl';

/** The cluster's API server behind a door that can be shut. */
export interface Door {
  /** Leads through the door. */
  readonly kubeconfig: string;
  /** Drop every connection and take no other, for that long. */
  shutFor(ms: number): Promise<void>;
}

/** The kubeconfig in use, leading to another address. It is the same server, whose name is checked elsewhere. */
async function kubeconfigFor(url: string): Promise<string> {
  const config: Rendered = JSON.parse(
    (await kubectl('config', 'view', '--raw', '--minify', '--flatten', '-o', 'json')).stdout,
  );
  config.clusters[0].cluster = { server: url, 'insecure-skip-tls-verify': true };
  return stringify(config);
}

async function server(): Promise<URL> {
  const { stdout } = await kubectl('config', 'view', '--minify', '-o', 'jsonpath={.clusters[0].cluster.server}');
  return new URL(stdout);
}

export async function withDoor<T>(use: (door: Door) => Promise<T>): Promise<T> {
  const { hostname, port } = await server();
  const sockets = new Set<Socket>();
  let isShut = false;
  const proxy = createServer((client) => {
    const upstream = connect(Number(port || 443), hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => void (sockets.delete(socket), other.destroy()));
    }
    if (isShut) client.destroy();
    else client.pipe(upstream).pipe(client);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'openhands-verify-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, await kubeconfigFor(`https://127.0.0.1:${(proxy.address() as AddressInfo).port}`), {
    mode: 0o600,
  });
  const shutFor = async (ms: number) => {
    isShut = true;
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, ms));
    isShut = false;
  };
  try {
    return await use({ kubeconfig, shutFor });
  } finally {
    for (const socket of sockets) socket.destroy();
    proxy.close();
    rmSync(folder, { recursive: true });
  }
}
