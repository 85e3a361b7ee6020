import { longestInterval } from '../../config/cron';
import { proxiedNames } from '../../config/egress';
import { pooledSandboxes, poolsOf } from '../../config/pools';
import type { DeployConfig } from '../../config/schema/deploy';
import type { MonitoringConfig, Thresholds } from '../../config/schema/monitoring';
import type { PoolConfig } from '../../config/schema/pool';
import { cpuLimitOf, type Profile } from '../../config/schema/profile';
import { secondsOf } from '../../config/schema/values';
import { parseVolumes } from '../../config/schema/volumes';
import { RUNTIME } from '../labels';
import { loggingNamespace } from '../namespace/namespace';
import { programOf } from '../sandbox/contract';
import { bringsWorkspace } from '../sandbox/volumes';

/** What a profile has that can be watched: a rule about anything else would never have data. */
export interface Watched {
  readonly namespace: string;
  readonly thresholds: Thresholds;
  /** Time within which a sandbox must be ready, seconds: `sandbox.remote_runtime_init_timeout`. */
  readonly startSeconds: number;
  /** Time that a sandbox may take to stop, seconds. */
  readonly stopSeconds: number;
  /** Time between two questions of the exporter, seconds. */
  readonly probeSeconds: number;
  /** What makes a session's Pod; absent: there are no sessions. */
  readonly sessions?: DeployConfig['session_workload'];
  /** Whether others make sandboxes at run time. */
  readonly isManaged: boolean;
  readonly hasCpuLimit: boolean;
  /** Whether a sandbox's network is its own, and not its node's. */
  readonly hasOwnNetwork: boolean;
  /** The names of the workspaces' claims, a regular expression; absent: they have none. */
  readonly workspaceClaims?: string;
  /** `replicas`: absent where an autoscaler decides. */
  readonly pool?: { readonly workload: PoolConfig['workload']; readonly replicas?: number };
  /** `usedAtRest`: the share of the quota that the profile's own sandboxes always use. */
  readonly quota?: { readonly usedAtRest: number };
  /** Whether placeholders hold room for a burst. */
  readonly hasHeadroom: boolean;
  /** Velero's Schedule, and the age in seconds at which its last backup is too old. */
  readonly backup?: { readonly schedule: string; readonly maximumAge: number };
  /** Times after which an idle sandbox is suspended, and between two rounds, seconds. */
  readonly idle?: { readonly suspendSeconds: number; readonly intervalSeconds: number; readonly isDryRun: boolean };
  readonly networkPlugin?: MonitoringConfig['network_plugin'];
  /** The namespace of the collectors that count what the egress proxy refuses; absent: nobody does. */
  readonly refusalsCountedIn?: string;
}

/** Claims of sessions and of a Deployment's Pods, then those of a StatefulSet and of agent-sandbox. */
const OWN_CLAIMS = `${RUNTIME}-.+|workspace-volume-.+`;

/** The claims of the workspaces: our own, or the one that `sandbox.volumes` brings. */
function workspaceClaims(profile: Profile): string | undefined {
  if (!bringsWorkspace(profile)) return OWN_CLAIMS;
  const workspace = parseVolumes(profile.sandbox.volumes ?? '').mounts.find(
    ({ mountPath }) => mountPath === profile.core.workspace_mount_path_in_sandbox,
  );
  return workspace && 'claimName' in workspace.source
    ? workspace.source.claimName.replaceAll('.', String.raw`\\.`)
    : undefined;
}

function quotaOf(profile: Profile): Watched['quota'] {
  const { sessions, quota } = profile.deploy;
  const sandboxes = sessions.length + pooledSandboxes(profile, 'min_replicas');
  return quota && { usedAtRest: sandboxes / quota.max_sandboxes };
}

/** A backup may take its time; a quarter of the interval, and an hour at least, is more than that. */
const backupMaximumAge = (interval: number) => interval + Math.max(3600, interval / 4);

function backupOf({ kubernetes, deploy }: Profile): Watched['backup'] {
  const { backup } = deploy.recovery ?? {};
  return backup && { schedule: kubernetes.namespace, maximumAge: backupMaximumAge(longestInterval(backup.schedule)) };
}

function idleOf({ idle }: Profile['deploy']): Watched['idle'] {
  return (
    idle && {
      suspendSeconds: secondsOf(idle.suspend_after),
      intervalSeconds: longestInterval(idle.schedule),
      isDryRun: idle.dry_run,
    }
  );
}

/** What there is to watch in a profile with `[deploy.monitoring]`. */
export function watchedOf(profile: Profile, monitoring: MonitoringConfig): Watched {
  const { kubernetes, sandbox, deploy } = profile;
  const { autoscaling } = deploy;
  const isCollected = deploy.logging?.elasticsearch?.collector === 'DaemonSet';
  const pools = poolsOf(profile);
  const waiting = pools.reduce((sum, { replicas = 0 }) => sum + replicas, 0);
  return {
    namespace: kubernetes.namespace,
    thresholds: monitoring.thresholds,
    startSeconds: sandbox.remote_runtime_init_timeout,
    // Kubernetes's own grace period is 30 s.
    stopSeconds: programOf(profile, RUNTIME).terminationGracePeriodSeconds ?? 30,
    probeSeconds: secondsOf(monitoring.interval),
    sessions: deploy.sessions.length > 0 ? deploy.session_workload : undefined,
    isManaged: deploy.access.managers.length > 0 || deploy.access.app_server !== undefined,
    hasCpuLimit: cpuLimitOf(profile) !== undefined,
    hasOwnNetwork: !sandbox.use_host_network,
    workspaceClaims: workspaceClaims(profile),
    pool:
      pools.length === 0 ? undefined : { workload: pools[0]!.workload, replicas: autoscaling ? undefined : waiting },
    quota: quotaOf(profile),
    hasHeadroom: deploy.headroom !== undefined,
    backup: backupOf(profile),
    idle: idleOf(deploy),
    networkPlugin: monitoring.network_plugin,
    refusalsCountedIn: isCollected && proxiedNames(deploy.network) ? loggingNamespace(kubernetes.namespace) : undefined,
  };
}
