import { kindsOf } from '../pools';
import { isGvisor, runtimeClassName } from '../runtime-class';
import type { ProfileTables } from '../schema/profile';
import type { Path } from '../tables';
import { broken, type BrokenRule } from './rule';

const RUNTIME_CLASS: Path = ['deploy', 'security', 'runtime_class'];
const OPENHANDS_CLASS: Path = ['sandbox', 'remote_runtime_class'];
const POOLS: Path = ['deploy', 'pools'];

/** What gVisor does not have. Each was seen on a cluster, with runsc of September 2026. */
export function* gvisor(tables: ProfileTables): Generator<BrokenRule> {
  if (!kindsOf(tables).some(isGvisor)) return;
  const { sandbox, deploy } = tables;
  if (deploy.security.host_users === false) {
    yield broken(
      ['deploy', 'security', 'host_users'],
      'must be left out under gVisor, for which the kubelet refuses users of its own ' +
        '(https://github.com/google/gvisor/issues/13303), got false',
      RUNTIME_CLASS,
      OPENHANDS_CLASS,
      POOLS,
    );
  }
  if (sandbox.use_host_network) {
    yield broken(
      ['sandbox', 'use_host_network'],
      "must be false under gVisor, whose Pod has no network at all on the node's, got true",
      RUNTIME_CLASS,
      OPENHANDS_CLASS,
      POOLS,
    );
  }
}

/** A RuntimeClass is an object of the whole cluster: none is made for nobody. */
export function* runtimeClasses(tables: ProfileTables): Generator<BrokenRule> {
  const used = kindsOf(tables).map(runtimeClassName);
  for (const name of Object.keys(tables.deploy.runtime_classes)) {
    if (used.includes(name)) continue;
    yield broken(
      ['deploy', 'runtime_classes', name],
      'must be the runtime class of sandboxes: neither deploy.security nor a pool names it',
      RUNTIME_CLASS,
      OPENHANDS_CLASS,
      POOLS,
    );
  }
}
