import { longestInterval } from '../cron';
import type { ProfileTables } from '../schema/profile';
import { suspendable } from '../suspendable';
import type { Path } from '../tables';
import { broken, type BrokenRule } from './rule';

/** What may be suspended for want of use: what keeps its files when its Pod goes, can be asked, and may be idle at all. */
export function* suspension(tables: ProfileTables): Generator<BrokenRule> {
  const { sandbox, deploy } = tables;
  if (deploy.idle === undefined) return;
  const path: Path = ['deploy', 'idle'];
  if (suspendable(tables).length === 0) {
    const got = deploy.sessions.length > 0 ? `sessions as ${deploy.session_workload}` : 'no session';
    yield broken(
      path,
      'needs session_workload = "Sandbox" or a SandboxWarmPool: only agent-sandbox suspends and resumes (operatingMode), ' +
        `got ${got} and ${deploy.pool === undefined ? 'no pool' : `a pool as ${deploy.pool.workload}`}`,
      ['deploy', 'session_workload'],
      ['deploy', 'sessions'],
      ['deploy', 'pool', 'workload'],
      ['deploy', 'pools'],
    );
  }
  if (sandbox.keep_runtime_alive) {
    yield broken(path, 'must be left out with sandbox.keep_runtime_alive = true', ['sandbox', 'keep_runtime_alive']);
  }
  if (sandbox.close_delay === 0) {
    yield broken(path, 'must be left out with sandbox.close_delay = 0, by which no sandbox is idle', [
      'sandbox',
      'close_delay',
    ]);
  }
  if (sandbox.use_host_network) {
    yield broken(
      ['sandbox', 'use_host_network'],
      "must be false with deploy.idle: its network policy leads to Pods and not to a node's network, got true",
      path,
    );
  }
  if (longestInterval(deploy.idle.schedule) === Infinity) {
    yield broken([...path, 'schedule'], `must be a day that there is, got ${deploy.idle.schedule}`);
  }
}
