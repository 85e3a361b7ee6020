import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Profile } from '../../config/schema/profile';
import type { BackupConfig, DeschedulerConfig, RecoveryConfig } from '../../config/schema/recovery';
import { SandboxBackup } from '../recovery/backup';
import { Descheduler } from '../recovery/descheduler';
import { WorkspaceRestore } from '../recovery/restore';

/** `5-recovery`: what is evicted, saved and brought back. */
export class RecoveryChart extends Chart {
  private readonly sandboxNamespace: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly profile: Profile,
    { descheduler, backup, restore_from }: RecoveryConfig,
  ) {
    super(scope, id);
    this.sandboxNamespace = profile.kubernetes.namespace;
    if (descheduler) this.descheduler(descheduler);
    if (backup) this.backup(backup, restore_from);
  }

  private descheduler(config: DeschedulerConfig) {
    const { sandbox, deploy } = this.profile;
    new Descheduler(this, 'descheduler', {
      namespace: this.sandboxNamespace,
      config,
      keepFinished: sandbox.keep_runtime_alive,
      ipFamilies: deploy.network.ip_families,
      images: deploy.images,
      systemPods: deploy.system_pods,
    });
  }

  private backup(config: BackupConfig, restoreFrom: RecoveryConfig['restore_from']) {
    const namespace = this.sandboxNamespace;
    new SandboxBackup(this, 'backup', { namespace, config });
    for (const [session, source] of Object.entries(restoreFrom)) {
      if (!('backup' in source)) continue;
      const { backup } = source;
      new WorkspaceRestore(this, `restore-${session}`, {
        namespace,
        session,
        backup,
        veleroNamespace: config.namespace,
      });
    }
  }
}
