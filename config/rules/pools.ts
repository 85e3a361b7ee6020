import { poolsOf } from '../pools';
import { cpuLimitOf, memoryLimitOf, type ProfileTables } from '../schema/profile';
import { amount } from '../schema/values';
import type { Path } from '../tables';
import { broken, type BrokenRule } from './rule';

const POOL: Path = ['deploy', 'pool'];
const POOLS: Path = ['deploy', 'pools'];

/** Clients claim by a pool's name, and its keys are entries of a Secret under it. */
export function* poolNames({ deploy }: ProfileTables): Generator<BrokenRule> {
  const { pool, pools, sessions } = deploy;
  const namePath: Path = [...POOL, 'name'];
  if (pool && pool.workload !== 'SandboxWarmPool' && pool.name !== 'openhands-runtime') {
    yield broken(
      namePath,
      `must be openhands-runtime: only a SandboxWarmPool may have another name, got ${pool.name}`,
      [...POOL, 'workload'],
    );
  }
  if (pool && pool.name in pools)
    yield broken([...POOLS, pool.name], 'must differ from the name of deploy.pool', namePath);
  const names: [Path, string][] = [
    ...(pool ? [[namePath, pool.name] as [Path, string]] : []),
    ...Object.keys(pools).map((name): [Path, string] => [[...POOLS, name], name]),
  ];
  for (const [path, name] of names.filter(([, it]) => sessions.includes(it))) {
    yield broken(path, `must not be a session too, which would have the same keys, got ${name}`, [
      'deploy',
      'sessions',
    ]);
  }
}

/** What means nothing in this workload. */
export function* poolFields({ deploy: { pool } }: ProfileTables): Generator<BrokenRule> {
  const workload: Path = [...POOL, 'workload'];
  if (pool?.volume_when_scaled === 'Delete' && pool.workload !== 'StatefulSet') {
    const text = 'must be Retain: only a StatefulSet has volumes that outlive a sandbox, got Delete';
    yield broken([...POOL, 'volume_when_scaled'], text, workload);
  }
}

/** An app server claims from warm pools alone. */
export function* appServer(tables: ProfileTables): Generator<BrokenRule> {
  const { app_server, managers } = tables.deploy.access;
  if (app_server === undefined) return;
  const path: Path = ['deploy', 'access', 'app_server'];
  if (!poolsOf(tables).some(({ workload }) => workload === 'SandboxWarmPool')) {
    yield broken(path, 'needs a SandboxWarmPool, which it claims from', POOL, POOLS);
  }
  if (managers.includes(app_server.account)) {
    yield broken([...path, 'account'], `must not be a manager too, got ${app_server.account}`, [
      'deploy',
      'access',
      'managers',
    ]);
  }
}

/** What stands beside several pools, and in them. */
export function* warmPools(tables: ProfileTables): Generator<BrokenRule> {
  const { pool, pools, contract, autoscaling } = tables.deploy;
  if (Object.keys(pools).length === 0) return;
  if (contract !== 'agent-server') {
    yield broken(POOLS, `need contract agent-server, got ${contract}`, ['deploy', 'contract']);
  }
  if (pool && pool.workload !== 'SandboxWarmPool') {
    yield broken([...POOL, 'workload'], `must be SandboxWarmPool beside deploy.pools, got ${pool.workload}`, POOLS);
  }
  if (autoscaling) {
    yield broken(['deploy', 'autoscaling'], 'must be left out beside deploy.pools: it scales one pool', POOLS);
  }
  for (const { name, tables: own } of poolsOf(tables).filter((it) => it.name in pools)) {
    const { resource_cpu_request, resource_memory_request } = own.kubernetes;
    const path: Path = [...POOLS, name];
    const [memory, cpu] = [memoryLimitOf(own), cpuLimitOf(own)];
    if (amount(memory) < amount(resource_memory_request)) {
      yield broken(
        [...path, 'resource_memory_limit'],
        `must be at least resource_memory_request (${resource_memory_request}), got ${memory}`,
        ['kubernetes', 'resource_memory_limit'],
        ['kubernetes', 'resource_memory_request'],
      );
    }
    if (cpu !== undefined && amount(cpu) < amount(resource_cpu_request)) {
      yield broken(
        [...path, 'cpu_limit'],
        `must be at least resource_cpu_request (${resource_cpu_request}), got ${cpu}`,
        ['kubernetes', 'resource_cpu_request'],
        ['deploy', 'resources', 'cpu_limit'],
      );
    }
  }
}
