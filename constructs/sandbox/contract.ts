import { actionExecutionServer } from './action-execution-server';
import { agentServer } from './agent-server';
import type { Program, SandboxTables } from './program';

/** The program that a profile's contract names. `owner` is the session or pool whose keys it gets. */
export const programOf = (tables: SandboxTables, owner: string): Program =>
  tables.deploy.contract === 'agent-server' ? agentServer(tables, owner) : actionExecutionServer(tables);
