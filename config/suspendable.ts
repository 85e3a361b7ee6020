import { poolsOf } from './pools';
import type { ProfileTables } from './schema/profile';

/** The sessions and pools whose sandboxes agent-sandbox can suspend and resume. */
export function suspendable(tables: Pick<ProfileTables, 'kubernetes' | 'sandbox' | 'deploy'>): string[] {
  const { session_workload, sessions } = tables.deploy;
  return [
    ...(session_workload === 'Sandbox' ? sessions : []),
    ...poolsOf(tables).flatMap(({ name, workload }) => (workload === 'SandboxWarmPool' ? [name] : [])),
  ];
}
