/** What Prometheus is told, as tables: the alerts and the series that are computed, of a profile that has everything. */
import { loadProfile } from '../../config/load';
import { MonitoringConfig } from '../../config/schema/monitoring';
import type { PoolConfig } from '../../config/schema/pool';
import type { Profile } from '../../config/schema/profile';
import { RecoveryConfig } from '../../config/schema/recovery';
import { alerts } from '../../constructs/monitoring/alerts';
import { recordingRules } from '../../constructs/monitoring/recording-rules';
import { watchedOf, type Watched } from '../../constructs/monitoring/watched';
import { code, codes, table, unique } from './markdown';

/** The profile staging with all that can be watched, and this kind of pool. */
function watchedWith(workload: PoolConfig['workload']): Watched {
  const { profile } = loadProfile('staging');
  const monitoring = MonitoringConfig.parse({ network_plugin: 'cilium' });
  const pool = { ...profile.deploy.pool!, workload };
  const deploy = { ...profile.deploy, pool, monitoring, recovery: RecoveryConfig.parse({ backup: {} }) };
  return watchedOf({ ...profile, deploy } satisfies Profile, monitoring);
}

const WATCHED = (['Deployment', 'SandboxWarmPool'] as const).map(watchedWith);

const distinct = (rows: readonly string[][]): string[][] => [
  ...new Map(rows.map((row) => [JSON.stringify(row), row])).values(),
];

/** What is put in for a label, in the label's own words. */
const readable = (text: string): string =>
  text.replace(/\{\{ \$labels\.(\w+) \}\}/g, '*$1*').replaceAll('**', '* or *');

const SEVERITIES = ['critical', 'warning', 'info'];

export function alertTable(): string {
  const all = WATCHED.flatMap(alerts);
  const sorted = SEVERITIES.flatMap((severity) => all.filter((it) => it.severity === severity));
  const rows = sorted.map(({ alert, severity, summary }) => [
    `[${alert}](runbooks/${alert}.md)`,
    severity,
    readable(summary),
  ]);
  return table(['Alert', 'Severity', 'What has happened'], distinct(rows));
}

/** The names of the series in an expression. */
const sourcesOf = (expr: string): string[] => expr.match(/\b[a-z][a-z0-9_:]*(?=\{)/g) ?? [];

/** A row for each series, also for one that two kinds of pool compute differently. */
export function recordingRuleTable(): string {
  const all = WATCHED.flatMap(recordingRules);
  const rows = unique(all.map(({ record }) => record)).map((record) => {
    const expressions = all.filter((it) => it.record === record).map(({ expr }) => expr);
    return [code(record), codes(unique(expressions.flatMap(sourcesOf)))];
  });
  return table(['Series', 'Made of'], rows);
}
