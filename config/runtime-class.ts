import type { ProfileTables } from './schema/profile';
import type { RuntimeClassConfig } from './schema/runtime-class';

type RuntimeClassTables = Pick<ProfileTables, 'sandbox' | 'deploy'>;

/** OpenHands's names of the RuntimeClasses. */
const OPENHANDS_CLASSES = { none: undefined, sysbox: 'sysbox-runc', gvisor: 'gvisor' } as const;

/** Name of the RuntimeClass that sandboxes have; absent: the node's default. */
export const runtimeClassName = ({ sandbox, deploy }: RuntimeClassTables): string | undefined =>
  deploy.security.runtime_class ?? OPENHANDS_CLASSES[sandbox.remote_runtime_class ?? 'none'];

/** The RuntimeClass that sandboxes have, if the profile makes it. */
export const ownRuntimeClass = (tables: RuntimeClassTables): RuntimeClassConfig | undefined =>
  tables.deploy.runtime_classes[runtimeClassName(tables) ?? ''];

/** Whether sandboxes run in gVisor, as far as the names tell. */
export const isGvisor = (tables: RuntimeClassTables): boolean =>
  /gvisor|runsc/.test(`${runtimeClassName(tables)} ${ownRuntimeClass(tables)?.handler}`);
