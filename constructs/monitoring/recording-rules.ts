import { autoscalingRecords, poolRecords, warmPoolRecords } from './records/pool';
import type { RecordingRule } from './records/recording-rule';
import { answerRecords, backupRecords, stateRecords } from './records/state';
import {
  ciliumRecords,
  networkRecords,
  quotaRecords,
  refusalRecords,
  throttlingRecords,
  usageRecords,
  workspaceRecords,
} from './records/usage';
import type { Watched } from './watched';

/** The series that alerts and dashboard are made of. Each may read those before it: a group's rules run in their order. */
export const recordingRules = (watched: Watched): RecordingRule[] => [
  ...stateRecords(watched),
  ...usageRecords(watched),
  ...(watched.hasOwnNetwork ? networkRecords(watched) : []),
  ...(watched.hasCpuLimit ? throttlingRecords(watched) : []),
  ...(watched.workspaceClaims ? workspaceRecords(watched, watched.workspaceClaims) : []),
  ...answerRecords(watched),
  ...(watched.pool && watched.pool.replicas === undefined ? autoscalingRecords(watched) : []),
  ...(watched.pool && watched.pool.workload !== 'SandboxWarmPool' ? poolRecords(watched, watched.pool.workload) : []),
  ...(watched.pool?.workload === 'SandboxWarmPool' ? warmPoolRecords(watched, watched.pool.replicas) : []),
  ...(watched.quota ? quotaRecords(watched) : []),
  ...(watched.backup ? backupRecords(watched) : []),
  ...(watched.networkPlugin === 'cilium' ? ciliumRecords(watched) : []),
  ...(watched.refusalsCountedIn ? refusalRecords(watched, watched.refusalsCountedIn) : []),
];
