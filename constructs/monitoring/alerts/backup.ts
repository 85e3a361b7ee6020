import { duration, promql } from '../promql';
import type { Watched } from '../watched';
import type { Alert } from './alert';

/** How old the last good backup is; and, where one has been wanted for longer than that, that there is none. */
export const backupAlerts = (
  { namespace }: Pick<Watched, 'namespace'>,
  { schedule, maximumAge }: NonNullable<Watched['backup']>,
): Alert[] => [
  {
    alert: 'BackupMissed',
    // Of the last one that was seen, so that a restart of Velero, which forgets, is not a backup that was missed.
    expr: promql`
      (
        time() - max(max_over_time(velero_backup_last_successful_timestamp{schedule="${schedule}"}[${duration(maximumAge)}]))
        > ${maximumAge}
      )
      or
      (
        max(absent_over_time(velero_backup_last_successful_timestamp{schedule="${schedule}"}[${duration(maximumAge)}]))
        and
        max(openhands:backup_wanted:info{namespace="${namespace}"} offset ${duration(maximumAge)})
      )`,
    for: '15m',
    severity: 'critical',
    summary: 'There is no recent backup of the workspaces',
    description:
      `The Schedule ${schedule} of Velero has had no success for more than ${duration(maximumAge)}. What the workspaces hold ` +
      'since then would be lost with their volumes.',
  },
];
