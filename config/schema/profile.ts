import * as z from 'zod';
import { carriedTables, CoreConfig } from './core';
import { DeployConfig } from './deploy';
import { KubernetesConfig } from './kubernetes';
import { SandboxConfig } from './sandbox';

/** Everything that can be asked for: the tables of an OpenHands config.toml, and `[deploy]`. */
export const ProfileTables = z.strictObject({
  core: CoreConfig.prefault({}),
  kubernetes: KubernetesConfig.prefault({}),
  sandbox: SandboxConfig.prefault({}),
  deploy: DeployConfig.prefault({}),
  ...carriedTables,
});
export type ProfileTables = z.infer<typeof ProfileTables>;

/** Memory at which a sandbox is killed, before OpenHands's factor: Docker's argument wins over OpenHands's field. */
export const memoryLimitOf = ({ kubernetes, sandbox }: Pick<ProfileTables, 'kubernetes' | 'sandbox'>): string =>
  sandbox.docker_runtime_kwargs.mem_limit ?? kubernetes.resource_memory_limit;

/** Cores at which a sandbox is throttled, before OpenHands's factor: Docker's argument wins. Absent: none. */
export const cpuLimitOf = ({ sandbox, deploy }: Pick<ProfileTables, 'sandbox' | 'deploy'>): string | undefined => {
  const { nano_cpus } = sandbox.docker_runtime_kwargs;
  return nano_cpus === undefined ? deploy.resources.cpu_limit : `${nano_cpus / 1e6}m`;
};

/** OpenHands's own tables as they were written, parents and overrides included. */
export type OpenHandsConfig = { [table: string]: unknown };

/** What a profile asks for: typed, complete, frozen. */
export interface Profile extends ProfileTables {
  readonly openhands: OpenHandsConfig;
  /** The place of every key, for what only its manifests show to be wrong. */
  readonly sources: ReadonlyMap<string, string>;
}
