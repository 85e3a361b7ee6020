import type { PoolConfig } from './schema/pool';
import type { ProfileTables } from './schema/profile';

/** A pool of a profile, with the tables that its sandboxes are made by. */
export interface Pool<Tables> {
  readonly name: string;
  readonly workload: PoolConfig['workload'];
  /** Sandboxes; absent: an autoscaler decides. */
  readonly replicas?: number;
  readonly tables: Tables;
}

type PoolTables = Pick<ProfileTables, 'kubernetes' | 'sandbox' | 'deploy'>;
type Overrides = ProfileTables['deploy']['pools'][string];

/** What is absent leaves the other table's value alone. */
const over = <T extends object>(table: T, values: Partial<T>): T => ({
  ...table,
  ...Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)),
});

/** The profile's tables with the fields of one of `[deploy.pools]` in the place of their own. */
function overridden<Tables extends PoolTables>(tables: Tables, pool: Overrides): Tables {
  const { runtime_container_image, runtime_class, cpu_limit, ...resources } = pool;
  const { resource_cpu_request, resource_memory_request, resource_memory_limit } = resources;
  return {
    ...tables,
    kubernetes: over(tables.kubernetes, { resource_cpu_request, resource_memory_request, resource_memory_limit }),
    sandbox: {
      ...over(tables.sandbox, { runtime_container_image }),
      // Docker's arguments win over the tables, but not over a pool.
      docker_runtime_kwargs: {
        ...tables.sandbox.docker_runtime_kwargs,
        ...(resource_memory_limit && { mem_limit: undefined }),
        ...(cpu_limit && { nano_cpus: undefined }),
      },
    },
    deploy: {
      ...tables.deploy,
      security: over(tables.deploy.security, { runtime_class }),
      resources: over(tables.deploy.resources, { cpu_limit }),
    },
  };
}

/** Every pool of a profile: that of `[deploy.pool]` first, then those of `[deploy.pools]` in the file's order. */
export function poolsOf<Tables extends PoolTables>(tables: Tables): Pool<Tables>[] {
  const { pool, pools, autoscaling } = tables.deploy;
  const { name, workload, replicas } = pool ?? {};
  return [
    ...(name && workload ? [{ name, workload, replicas: autoscaling ? undefined : replicas, tables }] : []),
    ...Object.entries(pools).map(([name, it]): Pool<Tables> => ({
      name,
      workload: 'SandboxWarmPool',
      replicas: it.replicas,
      tables: overridden(tables, it),
    })),
  ];
}

/** The sandboxes that the pools have at least, or at most, by themselves. */
export const pooledSandboxes = (tables: PoolTables, bound: 'min_replicas' | 'max_replicas'): number =>
  poolsOf(tables).reduce((sum, { replicas }) => sum + (replicas ?? tables.deploy.autoscaling![bound]), 0);

/** The tables of every kind of sandbox that a profile may have: its own, and those of each pool. */
export const kindsOf = <Tables extends PoolTables>(tables: Tables): [Tables, ...Tables[]] => [
  tables,
  ...poolsOf(tables).map((pool) => pool.tables),
];
