import { loadProfile } from '../../config/load';
import { MonitoringConfig } from '../../config/schema/monitoring';
import type { PoolConfig } from '../../config/schema/pool';
import { recordingRules } from '../../constructs/monitoring/recording-rules';
import type { RecordingRule } from '../../constructs/monitoring/records/recording-rule';
import { watchedOf } from '../../constructs/monitoring/watched';
import { code, codes, table, unique } from './markdown';

/** What is recorded for the profile staging, with all that can be recorded and this kind of pool. */
function recorded(workload: PoolConfig['workload']): RecordingRule[] {
  const { profile } = loadProfile('staging');
  const monitoring = MonitoringConfig.parse({ network_plugin: 'cilium' });
  const deploy = { ...profile.deploy, monitoring, pool: { ...profile.deploy.pool!, workload } };
  return recordingRules(watchedOf({ ...profile, deploy }, monitoring));
}

/** The names of the series in an expression. */
const sourcesOf = (expr: string): string[] => expr.match(/\b[a-z][a-z0-9_:]*(?=\{)/g) ?? [];

/** A row for each series that is recorded, also for one that is another for another kind of pool. */
export function seriesTable(): string {
  const rules = [...recorded('Deployment'), ...recorded('SandboxWarmPool')];
  const rows = unique(rules.map(({ record }) => record)).map((record) => {
    const expressions = rules.filter((it) => it.record === record).map(({ expr }) => expr);
    return [code(record), codes(unique(expressions.flatMap(sourcesOf)))];
  });
  return table(['Series', 'Made of'], rows);
}
