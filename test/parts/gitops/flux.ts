import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Background, freePort } from '../../e2e/background';
import { kubectl } from '../../e2e/kubectl';
import { apply, type Manifest } from '../../e2e/objects';
import { learnKinds } from './kinds';

const CONTROLLERS = ['source-controller', 'kustomize-controller'];

/** Flux's two controllers on this machine, with what they are asked for in a namespace of their own. */
export class Flux {
  private readonly running: Background[] = [];
  private readonly forgetKinds: (() => Promise<void>)[] = [];
  private readonly temporary = mkdtempSync(join(tmpdir(), 'openhands-flux-'));

  private constructor(readonly namespace: string) {}

  static async start(namespace: string): Promise<Flux> {
    const flux = new Flux(namespace);
    try {
      await flux.settle();
      for (const it of CONTROLLERS) await flux.run(it);
      return flux;
    } catch (error) {
      await flux.stop();
      throw error;
    }
  }

  private async settle(): Promise<void> {
    for (const program of CONTROLLERS) {
      this.forgetKinds.push(await learnKinds(program, `github.com/fluxcd/${program}`, ['config/crd/bases']));
    }
    await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.namespace } });
  }

  private async run(program: string): Promise<void> {
    const [metrics, health, storage] = await Promise.all([freePort(), freePort(), freePort()]);
    const storageOptions = [
      `--storage-path=${this.temporary}`,
      `--storage-addr=127.0.0.1:${storage}`,
      `--storage-adv-addr=127.0.0.1:${storage}`,
    ];
    const args = [
      `RUNTIME_NAMESPACE=${this.namespace}`,
      `TMPDIR=${this.temporary}`,
      program,
      '--watch-all-namespaces=false',
      '--log-level=info',
      `--metrics-addr=127.0.0.1:${metrics}`,
      `--health-addr=127.0.0.1:${health}`,
      ...(program === 'source-controller' ? storageOptions : []),
    ];
    this.running.push(await Background.start('env', ...args));
  }

  /** A git repository, looked at every few seconds. */
  async source(name: string, url: string): Promise<void> {
    await apply({
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name, namespace: this.namespace },
      spec: { url, interval: '5s', ref: { branch: 'main' } },
    });
  }

  /** Make a Kustomization, or change one. */
  async apply(name: string, spec: Manifest): Promise<void> {
    await apply({
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name, namespace: this.namespace },
      spec,
    });
  }

  async status(name: string): Promise<Manifest> {
    const { stdout } = await kubectl('get', 'kustomization', name, '--namespace', this.namespace, '-o=json');
    return (JSON.parse(stdout) as { status?: Manifest }).status ?? {};
  }

  /** Leave nothing behind. What a Kustomization has made is deleted before. */
  async stop(): Promise<void> {
    for (const program of this.running.reverse()) await program.stop();
    for (const forget of this.forgetKinds) await forget();
    await kubectl('delete', 'namespace', this.namespace, '--ignore-not-found', '--timeout=120s');
    rmSync(this.temporary, { recursive: true, force: true });
  }
}
