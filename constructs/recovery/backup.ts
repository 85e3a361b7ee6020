import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { BackupConfig } from '../../config/schema/recovery';
import { secondsOf } from '../../config/schema/values';
import { labels } from '../labels';

/** What is set of a Schedule's spec (velero.io/v1). https://velero.io/docs/v1.18/api-types/schedule/ */
interface ScheduleSpec {
  readonly schedule: string;
  readonly useOwnerReferencesInBackup: boolean;
  readonly template: {
    readonly includedNamespaces: readonly string[];
    readonly excludedNamespaceScopedResources: readonly string[];
    readonly storageLocation: string;
    readonly ttl: string;
    readonly snapshotVolumes: boolean;
    readonly defaultVolumesToFsBackup: boolean;
  };
}

/** A duration as Go writes it, which is how it comes back from the API server: `720h0m0s`. */
const goDuration = (text: string): string => {
  const seconds = secondsOf(text);
  return `${Math.floor(seconds / 3600)}h${Math.floor((seconds % 3600) / 60)}m${seconds % 60}s`;
};

export interface SandboxBackupProps {
  /** The sandboxes', and the Schedule's name: its backups are called `<namespace>-<time>`. */
  readonly namespace: string;
  readonly config: BackupConfig;
}

/**
 * Saves the sandboxes' namespace by Velero: the workspaces, and whatever others have made in it at run time. What this
 * program writes is in Git; it is saved too, so that a restore into another cluster brings a set that works.
 */
export class SandboxBackup extends Construct {
  constructor(scope: Construct, id: string, { namespace, config }: SandboxBackupProps) {
    super(scope, id);
    new ApiObject(this, 'schedule', {
      apiVersion: 'velero.io/v1',
      kind: 'Schedule',
      metadata: { name: namespace, namespace: config.namespace, labels: labels({ component: 'recovery' }) },
      spec: {
        schedule: config.schedule,
        // The backups outlive the Schedule.
        useOwnerReferencesInBackup: false,
        template: {
          includedNamespaces: [namespace],
          // Keys stay out of the bucket: a store brings them, or a person. Events are about what was.
          excludedNamespaceScopedResources: ['secrets', 'events', 'events.events.k8s.io'],
          storageLocation: config.storage_location,
          ttl: goDuration(config.retention),
          snapshotVolumes: config.volumes === 'snapshot',
          defaultVolumesToFsBackup: config.volumes === 'file-system',
        },
      } satisfies ScheduleSpec,
    });
  }
}
