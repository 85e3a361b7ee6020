import { z } from 'zod';
import { DnsLabel, DnsSubdomain, Duration } from './values';

const FIELD = String.raw`(\*|\d+(-\d+)?(,\d+(-\d+)?)*)(\/\d+)?`;
const CRON = 'five fields of cron, such as "0 3 * * *"';

/** Minute, hour, day of the month, month, day of the week; in UTC. */
const CronSchedule = z.string({ error: CRON }).regex(new RegExp(`^${FIELD}( ${FIELD}){4}$`), { error: CRON });

/** `[deploy.recovery.descheduler]`: a CronJob that evicts what Kubernetes itself would leave where it is. */
const DeschedulerConfig = z.strictObject({
  schedule: CronSchedule.default('*/10 * * * *'),
  /** Restarts of its containers after which a Pod is made anew, perhaps on another node. */
  max_restarts: z.int().min(1, { error: 'at least 1' }).default(20),
  /** Time that a failed Pod is left for somebody to look at. */
  failed_after: Duration(86_400).default('10m'),
  /** Age at which a sandbox of the pool that nobody has claimed is made anew; absent: never. */
  max_idle_age: Duration(2_592_000).optional(),
});
export type DeschedulerConfig = z.infer<typeof DeschedulerConfig>;

/** `[deploy.recovery.backup]`: a Schedule of Velero for the sandbox namespace. */
const BackupConfig = z.strictObject({
  schedule: CronSchedule.default('0 3 * * *'),
  /** Time for which a backup is kept. */
  retention: Duration(31_536_000).default('720h'),
  /** Namespace of Velero. */
  namespace: DnsLabel.default('velero'),
  /** Velero's BackupStorageLocation. */
  storage_location: DnsSubdomain.default('default'),
  /** How a workspace is copied: by a snapshot of its volume, or file by file where the storage has no snapshots. */
  volumes: z.enum(['snapshot', 'file-system']).default('snapshot'),
});
export type BackupConfig = z.infer<typeof BackupConfig>;

const Source = z.union([z.strictObject({ snapshot: DnsSubdomain }), z.strictObject({ backup: DnsSubdomain })], {
  error: '{ snapshot = "name" } of a VolumeSnapshot, or { backup = "name" } of a Backup of Velero',
});
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
