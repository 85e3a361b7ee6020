import type { ProfileTables } from '../schema/profile';
import { parseVolumes } from '../schema/volumes';
import type { Path } from '../tables';
import { broken, type BrokenRule } from './rule';

const POOL: Path = ['deploy', 'pool'];

export function* pool({ core, sandbox, deploy }: ProfileTables): Generator<BrokenRule> {
  const { pool, sessions, session_workload, contract, secrets } = deploy;
  const workload: Path = [...POOL, 'workload'];
  const contractPath: Path = ['deploy', 'contract'];
  if (contract !== 'agent-server' && pool?.workload === 'SandboxWarmPool') {
    yield broken(workload, `SandboxWarmPool needs contract agent-server, got ${contract}`, contractPath);
  }
  if (contract !== 'agent-server' && session_workload === 'Sandbox') {
    yield broken(['deploy', 'session_workload'], `Sandbox needs contract agent-server, got ${contract}`, contractPath);
  }
  if (pool?.service_type === 'LoadBalancer' && (contract !== 'agent-server' || secrets.session_keys !== 'required')) {
    yield broken(
      [...POOL, 'service_type'],
      'LoadBalancer needs contract agent-server with deploy.secrets.session_keys = "required": anybody may call it',
      contractPath,
      ['deploy', 'secrets', 'session_keys'],
    );
  }
  const isShared = sessions.length + (pool || Object.keys(deploy.pools).length > 0 ? 2 : 0) > 1;
  for (const { source, mountPath } of parseVolumes(sandbox.volumes ?? '').mounts) {
    if (!isShared || !('claimName' in source) || mountPath !== core.workspace_mount_path_in_sandbox) continue;
    yield broken(
      ['sandbox', 'volumes'],
      `must not give one claim to several sandboxes: a ReadWriteOnce workspace has one Pod, got ${source.claimName}`,
      ['deploy', 'sessions'],
      POOL,
      ['deploy', 'pools'],
    );
  }
}

export function* scaling({ deploy }: ProfileTables): Generator<BrokenRule> {
  const { pool, pools, autoscaling, high_availability } = deploy;
  const path: Path = ['deploy', 'autoscaling'];
  const own: Path = autoscaling ? [...path, 'min_replicas'] : [...POOL, 'replicas'];
  const sizes: [Path, number][] = [
    ...(pool ? [[own, autoscaling?.min_replicas ?? pool.replicas] as [Path, number]] : []),
    ...Object.entries(pools).map(([name, it]): [Path, number] => [['deploy', 'pools', name, 'replicas'], it.replicas]),
  ];
  const [minimum, least] = sizes.sort(([, a], [, b]) => a - b)[0] ?? [own, 0];
  if (autoscaling !== undefined) {
    const { min_replicas, max_replicas, external_metric } = autoscaling;
    if (pool === undefined) yield broken(path, 'needs a pool to scale: add [deploy.pool]', POOL);
    if (min_replicas >= max_replicas) {
      yield broken(own, `must be under max_replicas (${max_replicas}), got ${min_replicas}`, [...path, 'max_replicas']);
    }
    if (pool?.workload === 'SandboxWarmPool' && external_metric === undefined) {
      yield broken(
        path,
        'needs external_metric, such as the rate of claims: the CPU of sandboxes that wait to be claimed is idle',
        [...POOL, 'workload'],
      );
    }
  }
  if (high_availability === undefined) return;
  const available: Path = ['deploy', 'high_availability'];
  if (sizes.length === 0) yield broken(available, 'needs a pool: add [deploy.pool]', POOL);
  else if (least < 2)
    yield broken(minimum, `must be at least 2 with deploy.high_availability, got ${least}`, available);
  const { max_unavailable, min_available } = high_availability;
  if (max_unavailable !== undefined && min_available !== undefined) {
    yield broken([...available, 'min_available'], 'must be left out beside max_unavailable, got both', [
      ...available,
      'max_unavailable',
    ]);
  }
  if (max_unavailable === 0) {
    yield broken([...available, 'max_unavailable'], 'must be at least 1, or no node can be drained, got 0');
  }
  if (min_available !== undefined && min_available >= least) {
    yield broken(
      [...available, 'min_available'],
      `must be under the pool's least size (${least}), or no node can be drained, got ${min_available}`,
      minimum,
    );
  }
  if (min_available === 0) yield broken([...available, 'min_available'], 'must be at least 1, got 0');
}
