import { longestInterval } from '../cron';
import { didYouMean } from '../refusal';
import type { ProfileTables } from '../schema/profile';
import { secondsOf } from '../schema/values';
import { parseVolumes } from '../schema/volumes';
import type { Path } from '../tables';
import { broken, type BrokenRule } from './rule';

const RECOVERY: Path = ['deploy', 'recovery'];
const DESCHEDULER: Path = [...RECOVERY, 'descheduler'];
const BACKUP: Path = [...RECOVERY, 'backup'];

/** What may be evicted for its age: nothing but what is idle for sure, and only where nobody wants it kept. */
export function* idleness({ sandbox, deploy }: ProfileTables): Generator<BrokenRule> {
  const age = deploy.recovery?.descheduler?.max_idle_age;
  if (age === undefined) return;
  const path: Path = [...DESCHEDULER, 'max_idle_age'];
  if (deploy.pool?.workload !== 'SandboxWarmPool' && Object.keys(deploy.pools).length === 0) {
    const got = deploy.pool === undefined ? 'no pool' : deploy.pool.workload;
    yield broken(
      path,
      `needs a SandboxWarmPool: of no other sandbox does Kubernetes know that it is idle, got ${got}`,
      ['deploy', 'pool', 'workload'],
    );
  }
  if (sandbox.keep_runtime_alive) {
    yield broken(path, `must be left out with sandbox.keep_runtime_alive = true, got ${age}`, [
      'sandbox',
      'keep_runtime_alive',
    ]);
  }
  const delay: Path = ['sandbox', 'close_delay'];
  if (sandbox.close_delay === 0) {
    yield broken(path, `must be left out with sandbox.close_delay = 0, by which no sandbox is idle, got ${age}`, delay);
  } else if (secondsOf(age) < sandbox.close_delay) {
    yield broken(path, `must be at least sandbox.close_delay (${sandbox.close_delay} s), got ${age}`, delay);
  }
}

export function* backups({ kubernetes, deploy }: ProfileTables): Generator<BrokenRule> {
  const backup = deploy.recovery?.backup;
  if (backup === undefined) return;
  // Whoever may make sandboxes in a namespace could borrow the accounts in it: Velero's may do everything.
  if (backup.namespace === kubernetes.namespace) {
    yield broken([...BACKUP, 'namespace'], `must not be the sandboxes' own namespace, got ${kubernetes.namespace}`, [
      'kubernetes',
      'namespace',
    ]);
  }
  if (longestInterval(backup.schedule) === Infinity) {
    yield broken([...BACKUP, 'schedule'], `must be a day that there is, got ${backup.schedule}`);
  }
}

const restorePath = (session: string): Path => [...RECOVERY, 'restore_from', session];

/** A workspace that is made from a snapshot or a backup must be one that is made here. */
export function* restores({ core, sandbox, deploy }: ProfileTables): Generator<BrokenRule> {
  const bringsWorkspace = parseVolumes(sandbox.volumes ?? '').mounts.some(
    ({ mountPath }) => mountPath === core.workspace_mount_path_in_sandbox,
  );
  for (const session of Object.keys(deploy.recovery?.restore_from ?? {})) {
    const path = restorePath(session);
    if (!deploy.sessions.includes(session)) {
      const hint = didYouMean(session, deploy.sessions);
      yield broken(path, `must be one of deploy.sessions, got ${session}${hint}`, ['deploy', 'sessions']);
    }
    if (deploy.session_workload === 'Sandbox') {
      yield broken(path, 'needs another session_workload: a Sandbox makes its own claim, got Sandbox', [
        'deploy',
        'session_workload',
      ]);
    }
    if (bringsWorkspace) {
      yield broken(path, 'needs a workspace that is made here: sandbox.volumes brings it', ['sandbox', 'volumes']);
    }
  }
}

/** What Velero brings back by itself is a claim with its volume. */
export function* veleroRestores({ kubernetes, deploy }: ProfileTables): Generator<BrokenRule> {
  const { restore_from = {}, backup } = deploy.recovery ?? {};
  for (const [session, source] of Object.entries(restore_from)) {
    if (!('backup' in source)) continue;
    const path = restorePath(session);
    const { length } = `${kubernetes.namespace}-${session}-${source.backup}`;
    if (length > 253) {
      yield broken(path, `must leave a Restore's name of at most 253 characters, got ${length}`, [
        'kubernetes',
        'namespace',
      ]);
    }
    if (backup === undefined) {
      yield broken(path, 'needs [deploy.recovery.backup], which says where Velero is', BACKUP);
    } else if (backup.volumes === 'file-system') {
      yield broken(
        path,
        'needs deploy.recovery.backup.volumes = "snapshot": Velero copies files back into a Pod, not into a claim ' +
          '(docs/recovery.md has the commands), got file-system',
        [...BACKUP, 'volumes'],
      );
    }
  }
}
