import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kubectl } from '../../e2e/kubectl';
import { NodeShell } from '../../e2e/node';
import { namespace, remove } from '../../e2e/objects';
import { sentence } from '../../e2e/sentence';
import { ObjectStore } from './object-store';

const execute = promisify(execFile);

const IMAGE = 'velero/velero:v1.18.3';
const PLUGIN = 'velero/velero-plugin-for-aws:v1.14.3';

/** Room for all beside the sandboxes on a node of two cores. */
const REQUESTS = ['velero-pod', 'node-agent-pod'].flatMap((pod) => [
  `--${pod}-cpu-request=50m`,
  `--${pod}-mem-request=64Mi`,
]);

export type Kind = 'backup' | 'restore';

/** A real Velero in a namespace of its own, installed and told what to do by its own program, `velero` of PATH. */
export class Velero {
  constructor(readonly namespace: string) {}

  /** Run `velero`. @throws Error with what it said */
  async run(...args: string[]): Promise<string> {
    try {
      return (await execute('velero', [...args, `--namespace=${this.namespace}`])).stdout;
    } catch (error) {
      const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string };
      throw new Error(`velero ${args.join(' ')}: ${stderr || stdout || message}`, { cause: error });
    }
  }

  /** As its documentation says, with file-system backups, and wait until it answers. */
  async install(store: ObjectStore): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'openhands-velero-'));
    const credentials = join(folder, 'credentials');
    writeFileSync(credentials, ObjectStore.credentials);
    try {
      await this.run(
        'install',
        `--image=${IMAGE}`,
        '--provider=aws',
        `--plugins=${PLUGIN}`,
        `--bucket=${ObjectStore.bucket}`,
        `--secret-file=${credentials}`,
        `--backup-location-config=region=us-east-1,s3ForcePathStyle=true,s3Url=${store.url}`,
        '--use-volume-snapshots=false',
        '--use-node-agent',
        `--kubelet-root-dir=${await this.kubeletFolder()}`,
        ...REQUESTS,
        '--wait',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
    await this.inNamespace('rollout', 'status', 'daemonset/node-agent', '--timeout=300s');
    const available = '--for=jsonpath={.status.phase}=Available';
    await this.inNamespace('wait', 'backupstoragelocation/default', available, '--timeout=300s');
  }

  /** How a Backup or a Restore has ended; its log is printed unless it ended well. @throws Error when it does not */
  async phase(kind: Kind, name: string): Promise<string> {
    const path = '-o=jsonpath={.status.phase}';
    for (const end = performance.now() + 600_000; ; await new Promise((resolve) => setTimeout(resolve, 1000))) {
      const phase = await this.inNamespace('get', `${kind}s.velero.io`, name, path);
      // All else is on its way: New, InProgress, Finalizing, WaitingForPluginOperations.
      if (phase === 'Completed') return phase;
      if (/Failed/.test(phase)) {
        process.stderr.write(await this.run(kind, 'logs', name).catch(({ message }: Error) => message));
        return phase;
      }
      if (performance.now() > end) throw sentence(`the ${kind} ${name} does not end: it is ${phase}`);
    }
  }

  /** The names of a Schedule's backups. */
  async backupsOf(schedule: string): Promise<string[]> {
    const selector = `--selector=velero.io/schedule-name=${schedule}`;
    const names = '-o=jsonpath={.items[*].metadata.name}';
    return (await this.inNamespace('get', 'backups.velero.io', selector, names)).split(' ').filter(Boolean);
  }

  /** kubectl in its namespace. */
  async inNamespace(...args: string[]): Promise<string> {
    return (await kubectl(...args, `--namespace=${this.namespace}`)).stdout;
  }

  /** All of it but the kinds, which are the cluster's. */
  async uninstall(): Promise<void> {
    // Nobody would take their finalizers off once Velero is gone.
    await this.inNamespace('delete', 'restores.velero.io', '--all', '--timeout=60s');
    const metadata = { name: `velero-${this.namespace}` };
    const binding = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata };
    await remove(namespace(this.namespace), binding);
  }

  private async kubeletFolder(): Promise<string> {
    const node = new NodeShell(`${this.namespace}-node`);
    try {
      await node.open();
      const option = await node.run("tr '\\0' '\\n' </proc/$(pidof kubelet)/cmdline | sed -n 's/^--root-dir=//p'");
      return option || '/var/lib/kubelet';
    } finally {
      await node.close();
    }
  }
}
