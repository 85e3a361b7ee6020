import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../../e2e/eventually';
import { kubectl } from '../../e2e/kubectl';
import { NodeShell } from '../../e2e/node';
import { namespace, remove } from '../../e2e/objects';
import { sentence } from '../../e2e/sentence';
import { ObjectStore } from './object-store';

const execute = promisify(execFile);

const IMAGE = 'velero/velero:v1.18.3';
const PLUGIN = 'velero/velero-plugin-for-aws:v1.14.3';
/** Snapshots of local-path's volumes: test/programs/velero-plugin-for-folders. */
const FOLDERS = 'docker.io/library/velero-plugin-for-folders:test';

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
    const running = execute('velero', [...args, `--namespace=${this.namespace}`]);
    // Nobody is there to be asked.
    running.child.stdin?.end();
    try {
      return (await running).stdout;
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
    await this.findsStore();
  }

  /** Teach it to take snapshots of volumes that are folders below this one of the node. */
  async installSnapshots(folder: string): Promise<void> {
    await this.run('plugin', 'add', FOLDERS, '--confirm');
    const volume = { name: 'volumes', hostPath: { path: folder } };
    const container = { name: 'velero', volumeMounts: [{ name: 'volumes', mountPath: folder }] };
    const spec = { securityContext: { runAsUser: 0 }, volumes: [volume], containers: [container] };
    const patch = JSON.stringify({ spec: { template: { spec } } });
    await this.inNamespace('patch', 'deployment/velero', '--type=strategic', `--patch=${patch}`);
    await this.inNamespace('rollout', 'status', 'deployment/velero', '--timeout=300s');
    await this.run('snapshot-location', 'create', 'default', '--provider=openhands.dev/folders');
  }

  /** Wait until Velero, which looks at its store once a minute, has found it. */
  async findsStore(): Promise<void> {
    const available = '--for=jsonpath={.status.phase}=Available';
    await this.inNamespace('wait', 'backupstoragelocation/default', available, '--timeout=300s');
  }

  /** How a Backup or a Restore has ended. @throws Error when it does not */
  async phase(kind: Kind, name: string): Promise<string> {
    const path = '-o=jsonpath={.status.phase}';
    for (const end = performance.now() + 600_000; ; await new Promise((resolve) => setTimeout(resolve, 1000))) {
      const phase = await this.inNamespace('get', `${kind}s.velero.io`, name, path);
      // All else is on its way: New, InProgress, Finalizing, WaitingForPluginOperations.
      if (/Completed|Failed/.test(phase)) return phase;
      if (performance.now() > end) throw sentence(`the ${kind} ${name} does not end: it is ${phase}`);
    }
  }

  /** Wait until a Backup or a Restore has ended well. @throws Error with what was logged when it has not */
  async completes(kind: Kind, name: string): Promise<void> {
    const phase = await this.phase(kind, name);
    if (phase === 'Completed') return;
    const logs = await Promise.all([
      this.run(kind, 'logs', name).catch(({ message }: Error) => message),
      // Which file it was, Velero's own log does not say.
      this.inNamespace('logs', 'daemonset/node-agent'),
    ]);
    const lines = logs.flatMap((it) => it.split('\n')).filter((line) => /level=error|Error:/.test(line));
    throw sentence(`the ${kind} ${name} is ${phase}:\n${lines.join('\n')}`);
  }

  /** The names of a Schedule's backups. */
  async backupsOf(schedule: string): Promise<string[]> {
    const selector = `--selector=velero.io/schedule-name=${schedule}`;
    const names = '-o=jsonpath={.items[*].metadata.name}';
    return (await this.inNamespace('get', 'backups.velero.io', selector, names)).split(' ').filter(Boolean);
  }

  /** Delete a Backup, with what it has stored. @throws Error with what Velero says when it is still there after a while */
  async delete(backup: string): Promise<void> {
    await this.run('backup', 'delete', backup, '--confirm');
    const remains = async () =>
      (await this.inNamespace('get', 'backups.velero.io', '-o=name'))
        .split('\n')
        .includes(`backup.velero.io/${backup}`);
    if (!(await eventually(remains, false, 120))) return;
    const requests = await this.inNamespace('get', 'deletebackuprequests.velero.io', '-o=jsonpath={.items[*].status}');
    const log = await this.inNamespace('logs', 'deployment/velero', '--tail=2000');
    const lines = log.split('\n').filter((line) => /level=(error|warning)|deletion/.test(line));
    throw sentence(`the backup ${backup} is still there: ${requests}\n${lines.slice(-20).join('\n')}`);
  }

  /** The names of the volumes whose files are in a backup, as their Pods call them. */
  async copiedVolumes(backup: string): Promise<string[]> {
    const selector = `--selector=velero.io/backup-name=${backup}`;
    const completed = '-o=jsonpath={.items[?(@.status.phase=="Completed")].spec.volume}';
    return (await this.inNamespace('get', 'podvolumebackups', selector, completed)).split(' ').filter(Boolean);
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
