import { z } from 'zod';
import { carriedTables, CoreConfig } from './core';
import { DeployConfig } from './deploy';
import { KubernetesConfig } from './kubernetes';
import { SandboxConfig } from './sandbox';

/** Everything that can be asked for: the tables of an OpenHands config.toml, and `[deploy]`. */
export const Profile = z.strictObject({
  core: CoreConfig.prefault({}),
  kubernetes: KubernetesConfig.prefault({}),
  sandbox: SandboxConfig.prefault({}),
  deploy: DeployConfig.prefault({}),
  ...carriedTables,
});
export type Profile = z.infer<typeof Profile>;
