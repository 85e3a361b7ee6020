import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Background, freePort } from '../../e2e/background';
import { kubectl } from '../../e2e/kubectl';
import { apply, type Manifest } from '../../e2e/objects';
import { learnKinds } from './kinds';

/** What Argo CD says of an Application. */
export interface ApplicationStatus {
  readonly sync?: { readonly status: string };
  readonly resources?: readonly { readonly kind: string; readonly health?: { readonly status: string } }[];
}

/** Argo CD's controller and repository server on this machine, with what they keep in the cluster in a namespace of their own. */
export class ArgoCd {
  private readonly running: Background[] = [];
  private readonly forgetKinds: (() => Promise<void>)[] = [];
  private readonly temporary = mkdtempSync(join(tmpdir(), 'openhands-argocd-'));

  private constructor(readonly namespace: string) {}

  static async start(namespace: string): Promise<ArgoCd> {
    const argo = new ArgoCd(namespace);
    try {
      await argo.settle();
      await argo.run();
      return argo;
    } catch (error) {
      await argo.stop();
      throw error;
    }
  }

  /** Its kinds, its settings, and the health of the kinds that it does not know, as the documentation has it. */
  private async settle(): Promise<void> {
    const crds = ['application', 'appproject'].map((it) => `manifests/crds/${it}-crd.yaml`);
    this.forgetKinds.push(await learnKinds('argocd', 'github.com/argoproj/argo-cd/v3', crds));
    const labels = { 'app.kubernetes.io/part-of': 'argocd' };
    const named = (name: string) => ({ metadata: { name, namespace: this.namespace, labels } });
    const health = parse(readFileSync(join(__dirname, '../../../docs/gitops/argocd-cm.yaml'), 'utf8')) as Manifest;
    await apply(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.namespace } },
      { apiVersion: 'v1', kind: 'ConfigMap', ...named('argocd-cm'), ...health },
      { apiVersion: 'v1', kind: 'Secret', ...named('argocd-secret'), stringData: { 'server.secretkey': 'none' } },
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AppProject',
        ...named('default'),
        spec: {
          sourceRepos: ['*'],
          destinations: [{ server: '*', namespace: '*' }],
          clusterResourceWhitelist: [{ group: '*', kind: '*' }],
        },
      },
    );
  }

  private async run(): Promise<void> {
    const [redis, repository, ...metrics] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    await this.start(
      /Ready to accept/,
      'redis-server',
      '--port',
      redis,
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--dir',
      this.temporary,
    );
    const environment = [
      `TMPDIR=${this.temporary}`,
      `ARGOCD_TLS_DATA_PATH=${this.temporary}`,
      `ARGOCD_SSH_DATA_PATH=${this.temporary}`,
      'ARGOCD_GPG_ENABLED=false',
      // The cluster of the kubeconfig is the one that Applications call https://kubernetes.default.svc.
      'ARGOCD_FAKE_IN_CLUSTER=true',
      'ARGOCD_CONTROLLER_SHARD=0',
    ];
    const program = (name: string, started: RegExp, port: number | undefined, ...args: unknown[]) => {
      const shared = ['--redis', `127.0.0.1:${redis}`, '--logformat=text'];
      return this.start(started, 'env', ...environment, 'argocd', name, ...shared, '--metrics-port', port, ...args);
    };
    await program(
      'repo-server',
      /is listening on/,
      metrics[0],
      '--address=127.0.0.1',
      '--port',
      repository,
      '--disable-tls',
    );
    await program(
      'application-controller',
      /secretInformer/,
      metrics[1],
      '--namespace',
      this.namespace,
      '--repo-server',
      `127.0.0.1:${repository}`,
      '--repo-server-plaintext',
      '--app-resync=5',
      '--self-heal-backoff-timeout-seconds=1',
      '--persist-resource-health',
    );
  }

  private async start(started: RegExp, command: string, ...args: unknown[]): Promise<void> {
    const program = await Background.start(command, ...args.map(String));
    this.running.push(program);
    await program.says(started, 90);
  }

  /** Make an Application, or change one. */
  async apply(name: string, spec: Manifest): Promise<void> {
    const server = 'https://kubernetes.default.svc';
    await apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name, namespace: this.namespace },
      spec: { project: 'default', destination: { server }, ...spec },
    });
  }

  async status(name: string): Promise<ApplicationStatus> {
    const { stdout } = await kubectl('get', 'application', name, '--namespace', this.namespace, '-o=json');
    return (JSON.parse(stdout) as { status?: ApplicationStatus }).status ?? {};
  }

  /** https://argo-cd.readthedocs.io/en/stable/user-guide/app_deletion/ */
  async deleteWithAll(name: string): Promise<void> {
    const finalizers = JSON.stringify({ metadata: { finalizers: ['resources-finalizer.argocd.argoproj.io'] } });
    await kubectl('patch', 'application', name, '--namespace', this.namespace, '--type=merge', '-p', finalizers);
    await kubectl('delete', 'application', name, '--namespace', this.namespace, '--timeout=240s');
  }

  /** Leave nothing behind. What an Application has made is deleted before. */
  async stop(): Promise<void> {
    for (const program of this.running.reverse()) await program.stop();
    for (const forget of this.forgetKinds) await forget();
    await kubectl('delete', 'namespace', this.namespace, '--ignore-not-found', '--timeout=120s');
    rmSync(this.temporary, { recursive: true, force: true });
  }
}
