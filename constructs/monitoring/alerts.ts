import type { Alert } from './alerts/alert';
import { backupAlerts } from './alerts/backup';
import { headroomAlerts } from './alerts/headroom';
import { idleAlerts } from './alerts/idle';
import { monitoringAlerts } from './alerts/monitoring';
import { autoscalingAlerts, poolAlerts } from './alerts/pool';
import { cpuAlerts, diskAlerts, networkAlerts, quotaAlerts, workspaceAlerts } from './alerts/resources';
import { egressAlerts } from './alerts/egress';
import { answerAlerts, failedAlerts, missingAlerts, programAlerts } from './alerts/sandbox';
import type { Watched } from './watched';

/** Whether a workload of Kubernetes makes Pods, rather than OpenHands or agent-sandbox. */
const hasWorkload = ({ sessions, pool }: Watched) =>
  sessions === 'Deployment' || (pool !== undefined && pool.workload !== 'SandboxWarmPool');

const hasUnreplacedPods = ({ sessions, pool, isManaged }: Watched) =>
  isManaged || sessions === 'Pod' || sessions === 'Sandbox' || pool?.workload === 'SandboxWarmPool';

/** The alerts of a profile: none that is about something it does not have. */
export const alerts = (watched: Watched): Alert[] => [
  ...programAlerts(watched),
  ...(watched.hasOwnNetwork ? answerAlerts(watched) : []),
  ...(hasUnreplacedPods(watched) ? failedAlerts(watched) : []),
  ...(hasWorkload(watched) ? missingAlerts(watched) : []),
  ...(watched.hasCpuLimit ? cpuAlerts(watched) : []),
  ...diskAlerts(watched),
  ...(watched.workspaceClaims ? workspaceAlerts(watched) : []),
  ...(watched.hasOwnNetwork ? networkAlerts(watched) : []),
  ...(watched.refusalsCountedIn ? egressAlerts(watched) : []),
  ...quotaAlerts(watched),
  ...(watched.pool ? poolAlerts(watched) : []),
  ...(watched.pool && watched.pool.replicas === undefined ? autoscalingAlerts(watched) : []),
  ...(watched.hasHeadroom ? headroomAlerts(watched) : []),
  ...(watched.backup ? backupAlerts(watched, watched.backup) : []),
  ...(watched.idle ? idleAlerts(watched, watched.idle) : []),
  ...monitoringAlerts(watched),
];
