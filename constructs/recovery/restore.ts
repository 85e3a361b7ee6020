import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { labels, RUNTIME } from '../labels';

/** What is set of a Restore's spec (velero.io/v1). https://velero.io/docs/v1.18/api-types/restore/ */
interface RestoreSpec {
  readonly backupName: string;
  readonly includedNamespaces: readonly string[];
  readonly includedResources: readonly string[];
  readonly labelSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly restorePVs: boolean;
}

/** A claim, and what Velero makes its volume from. */
const RESOURCES = [
  'persistentvolumeclaims',
  'persistentvolumes',
  'volumesnapshots.snapshot.storage.k8s.io',
  'volumesnapshotcontents.snapshot.storage.k8s.io',
];

export interface WorkspaceRestoreProps {
  /** The sandboxes'. */
  readonly namespace: string;
  readonly session: string;
  /** Name of a Backup. */
  readonly backup: string;
  /** Namespace of Velero. */
  readonly veleroNamespace: string;
}

/**
 * Brings a session's workspace back, once: Velero makes the claim, so nobody else may. The claim's labels say which one.
 * Named after the backup too: Velero runs a Restore once, whatever it says later.
 */
export class WorkspaceRestore extends Construct {
  constructor(scope: Construct, id: string, { namespace, session, backup, veleroNamespace }: WorkspaceRestoreProps) {
    super(scope, id);
    const instance = `${RUNTIME}-${session}`;
    new ApiObject(this, 'restore', {
      apiVersion: 'velero.io/v1',
      kind: 'Restore',
      metadata: {
        name: `${namespace}-${session}-${backup}`,
        namespace: veleroNamespace,
        labels: labels({ component: 'recovery', instance }),
      },
      spec: {
        backupName: backup,
        includedNamespaces: [namespace],
        includedResources: RESOURCES,
        labelSelector: { matchLabels: { 'app.kubernetes.io/instance': instance } },
        restorePVs: true,
      } satisfies RestoreSpec,
    });
  }
}
