import type { k8s } from '../k8s';
import type { SandboxTables } from '../sandbox/program';

/** Where the handler `file` writes: `app.log`, and the days before beside it. */
export const logFolder = ({ core }: Pick<SandboxTables, 'core'>): string =>
  `${core.workspace_mount_path_in_sandbox}/logs`;

const variables = (values: Record<string, string>): k8s.EnvVar[] =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

/** What `[deploy.logging]` tells the agent-server. */
export function agentServerLogging(tables: SandboxTables): k8s.EnvVar[] {
  const { logging } = tables.deploy;
  if (logging === undefined) return [];
  const { handlers, level, file } = logging;
  return variables({
    // DEBUG=true wins, whatever is said here.
    ...(!tables.core.debug && { LOG_LEVEL: level }),
    ...(handlers.includes('file') && {
      LOG_TO_FILE: 'true',
      LOG_DIR: logFolder(tables),
      LOG_ROTATE_WHEN: file.rotate_when,
      LOG_BACKUP_COUNT: String(file.keep),
    }),
  });
}

/** What `[deploy.logging]` tells the action execution server, which at the level DEBUG would keep a file by itself. */
export function actionExecutionServerLogging({ core, deploy }: SandboxTables): k8s.EnvVar[] {
  if (deploy.logging === undefined) return [];
  return variables({ ...(!core.debug && { LOG_LEVEL: deploy.logging.level }), LOG_TO_FILE: 'false' });
}
