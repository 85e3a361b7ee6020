import * as z from 'zod';
import { CronSchedule, DnsLabel, DnsSubdomain, Duration, secondsOf } from './values';

/** `[deploy.recovery.descheduler]`: a CronJob that evicts what Kubernetes itself would leave where it is. */
const DeschedulerConfig = z.strictObject({
  schedule: CronSchedule.default('*/10 * * * *'),
  /** Restarts of its containers after which a Pod that crashes on and on is made anew, perhaps on another node. */
  max_restarts: z.int().min(1, { error: 'at least 1' }).default(20),
  /** Age below which a failed Pod is left: one that fails at once is not made anew again and again. */
  min_failed_age: Duration(86_400).default('10m'),
  /** Age at which the Pod of a sandbox that waits in a SandboxWarmPool is made anew; absent: never. */
  max_idle_age: Duration(2_592_000).optional(),
});
export type DeschedulerConfig = z.infer<typeof DeschedulerConfig>;

const RETENTION = 'at least "1h"';

/** `[deploy.recovery.backup]`: a Schedule of Velero for the sandbox namespace. */
const BackupConfig = z.strictObject({
  schedule: CronSchedule.default('0 3 * * *'),
  /** Time for which a backup is kept. */
  retention: Duration(31_536_000)
    .refine((text) => secondsOf(text) >= 3600, { error: RETENTION })
    .default('720h'),
  /** Namespace of Velero. */
  namespace: DnsLabel.default('velero'),
  /** Velero's ServiceAccount there: `velero install` calls it velero, Velero's Helm chart velero-server. */
  account: DnsSubdomain.default('velero'),
  /** Velero's BackupStorageLocation. */
  storage_location: DnsSubdomain.default('default'),
  /** How a workspace is copied: by a snapshot of its volume, or file by file where the storage has no snapshots. */
  volumes: z.enum(['snapshot', 'file-system']).default('snapshot'),
});
export type BackupConfig = z.infer<typeof BackupConfig>;

const Source = z.union(
  [
    z.strictObject({
      /** Name of a VolumeSnapshot in the sandbox namespace. */
      snapshot: DnsSubdomain,
    }),
    z.strictObject({
      /** Name of a Backup of Velero. */
      backup: DnsSubdomain,
    }),
  ],
  {
    error: '{ snapshot = "name" } of a VolumeSnapshot, or { backup = "name" } of a Backup of Velero',
  },
);
export type RestoreSource = z.infer<typeof Source>;

/** `[deploy.recovery]`: what Kubernetes does not do by itself when something fails. */
export const RecoveryConfig = z.strictObject({
  /** No table, no descheduler. */
  descheduler: DeschedulerConfig.optional(),
  /** No table, no backups. */
  backup: BackupConfig.optional(),
  /** Sessions whose workspace is made from what was saved before, by their names. */
  restore_from: z.record(DnsLabel, Source).default({}),
});
export type RecoveryConfig = z.infer<typeof RecoveryConfig>;
