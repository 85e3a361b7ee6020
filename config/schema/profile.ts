import { z } from 'zod';
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

/** OpenHands's own tables as they were written, parents and overrides included. */
export type OpenHandsConfig = { [table: string]: unknown };

/** What a profile asks for: typed, complete, frozen. */
export interface Profile extends ProfileTables {
  readonly openhands: OpenHandsConfig;
}
