import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Background, freePort } from '../../e2e/background';
import { kubectl } from '../../e2e/kubectl';
import { apply, type Manifest } from '../../e2e/objects';
import { learnKinds } from './kinds';

const EXAMPLE = join(__dirname, '../../../docs/gitops/kustomization.yaml');

const CONTROLLERS = ['source-controller', 'kustomize-controller'];

/** What Flux says of a Kustomization. */
export interface KustomizationStatus {
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
  readonly lastAppliedRevision?: string;
}

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
    const controller = await Background.start('env', ...args);
    this.running.push(controller);
    await controller.says(/starting manager|Starting workers/, 90);
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

  /** Make the Kustomization of the documentation, for a folder of the source that has its name. */
  async apply(name: string): Promise<void> {
    const { spec, ...kustomization } = parse(readFileSync(EXAMPLE, 'utf8')) as { spec: Manifest };
    const short = { path: `./${name}`, interval: '20s', retryInterval: '10s', timeout: '3m' };
    await apply({ ...kustomization, metadata: { name, namespace: this.namespace }, spec: { ...spec, ...short } });
  }

  async status(name: string): Promise<KustomizationStatus> {
    const { stdout } = await kubectl('get', 'kustomization', name, '--namespace', this.namespace, '-o=json');
    return (JSON.parse(stdout) as { status?: KustomizationStatus }).status ?? {};
  }

  async delete(name: string): Promise<void> {
    await kubectl('delete', 'kustomization', name, '--namespace', this.namespace, '--timeout=240s');
  }

  /** Leave nothing behind. What a Kustomization has made is deleted before. */
  async stop(): Promise<void> {
    // While the controllers run: their objects go only when they have let go of them.
    await kubectl('delete', 'namespace', this.namespace, '--ignore-not-found', '--timeout=120s');
    for (const program of this.running.reverse()) await program.stop();
    for (const forget of this.forgetKinds) await forget();
    rmSync(this.temporary, { recursive: true, force: true });
  }
}
