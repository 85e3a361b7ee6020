/** What sandboxes use: the five groups of resources. */
import type { Band } from '../../constructs/monitoring/dashboard-template';
import { bars, HEIGHT, lines, steps } from './panels';
import { bound, ofWorkspaces, perSandbox, series } from './queries';

const CPU: Band = {
  section: { id: 400, title: 'CPU' },
  height: HEIGHT.tall,
  panels: [
    lines({
      id: 401,
      title: 'CPU',
      description: 'Cores that a sandbox uses.',
      unit: 'suffix:cores',
      queries: [perSandbox('openhands:sandbox_cpu:cores_rate5m'), bound('requests', 'cpu'), bound('limits', 'cpu')],
    }),
    lines({
      id: 402,
      title: 'CPU throttled',
      description: 'Share of its time slices in which a sandbox wanted more than its limit.',
      unit: 'percentunit',
      queries: [perSandbox('openhands:sandbox_cpu_throttled:ratio_rate5m')],
      needs: ['cpu-limit'],
      threshold: 'cpu_throttled',
      alerts: ['SandboxCpuThrottled'],
    }),
  ],
};

const MEMORY: Band = {
  section: { id: 500, title: 'Memory' },
  height: HEIGHT.tall,
  panels: [
    lines({
      id: 501,
      title: 'Memory',
      description: 'The working set: what counts when a sandbox is killed for its memory.',
      unit: 'bytes',
      queries: [
        perSandbox('openhands:sandbox_memory_working_set:bytes'),
        bound('requests', 'memory'),
        bound('limits', 'memory'),
      ],
    }),
    lines({
      id: 502,
      title: 'Memory of its limit',
      description: 'The working set as a share of the limit: at 100 % a sandbox is killed.',
      unit: 'percentunit',
      queries: [perSandbox('openhands:sandbox_memory_used:ratio')],
      steps: steps('green', [1, 'red']),
      alerts: ['SandboxOutOfMemory'],
    }),
    bars({
      id: 503,
      title: 'Out of memory',
      description: 'Kills within ten minutes for want of memory. What was running in the sandbox is lost.',
      unit: 'none',
      queries: [perSandbox('openhands:sandbox_oom_kills:increase10m')],
      alerts: ['SandboxOutOfMemory'],
    }),
  ],
};

const READ = 'openhands:sandbox_disk_read:bytes_rate5m';
const WRITE = 'openhands:sandbox_disk_write:bytes_rate5m';

const DISK: Band = {
  section: { id: 600, title: 'Disk I/O' },
  height: HEIGHT.tall,
  panels: [
    lines({
      id: 601,
      title: 'Reads',
      description: 'Bytes that a sandbox reads from its disks.',
      unit: 'Bps',
      queries: [perSandbox(READ)],
    }),
    lines({
      id: 602,
      title: 'Writes',
      description: 'Bytes that a sandbox writes to its disks.',
      unit: 'Bps',
      queries: [perSandbox(WRITE)],
    }),
    lines({
      id: 603,
      title: 'Reads and writes',
      description: 'Together: what a node shares out among its sandboxes.',
      unit: 'Bps',
      queries: [{ expr: `${perSandbox(READ).expr} + ${perSandbox(WRITE).expr}`, legend: '{{pod}}' }],
      threshold: 'disk_bytes_per_second',
      alerts: ['SandboxDiskSaturated'],
    }),
  ],
};

const NETWORK: Band = {
  section: { id: 700, title: 'Network' },
  needs: ['own-network'],
  height: HEIGHT.tall,
  panels: [
    lines({
      id: 701,
      title: 'Received',
      description: 'Bytes that a sandbox receives.',
      unit: 'Bps',
      queries: [perSandbox('openhands:sandbox_network_receive:bytes_rate5m')],
    }),
    lines({
      id: 702,
      title: 'Sent',
      description: 'Bytes that a sandbox sends. Much for long: somebody may be carrying data away.',
      unit: 'Bps',
      queries: [perSandbox('openhands:sandbox_network_transmit:bytes_rate5m')],
      threshold: 'egress_bytes_per_second',
      alerts: ['SandboxEgressUnusual'],
    }),
  ],
};

const REFUSED: Band = {
  needs: ['own-network', 'network-plugin'],
  height: HEIGHT.low,
  panels: [
    lines({
      id: 711,
      title: 'Refused egress',
      description: 'What the network plugin did not let out: a sandbox tries where its policies do not let it go.',
      unit: 'pps',
      queries: [perSandbox('openhands:sandbox_egress_refused:rate5m')],
      alerts: ['SandboxEgressUnusual'],
    }),
  ],
};

const REFUSED_NAMES: Band = {
  needs: ['refusals'],
  height: HEIGHT.low,
  panels: [
    lines({
      id: 721,
      title: 'Refused by the egress proxy',
      description:
        'Requests of all sandboxes in a quarter of an hour: names that are not listed, addresses, other ports.',
      unit: 'short',
      queries: [{ expr: series('openhands:egress_refused:increase15m'), legend: 'refused' }],
      threshold: 'egress_refusals',
      alerts: ['SandboxEgressRefused'],
    }),
  ],
};

const VOLUMES: Band = {
  section: { id: 800, title: 'Volumes' },
  needs: ['workspaces'],
  height: HEIGHT.tall,
  panels: [
    lines({
      id: 801,
      title: 'Workspaces filled',
      description: 'Used share of the bytes of each claim. A full workspace stops the work in it.',
      unit: 'percentunit',
      queries: [{ expr: series('openhands:workspace_used:ratio'), legend: '{{persistentvolumeclaim}}' }],
      threshold: 'workspace_used',
      alerts: ['WorkspaceAlmostFull'],
    }),
    lines({
      id: 802,
      title: 'Space left',
      description: 'Bytes of each claim that are free.',
      unit: 'bytes',
      queries: [{ expr: ofWorkspaces('kubelet_volume_stats_available_bytes'), legend: '{{persistentvolumeclaim}}' }],
    }),
    lines({
      id: 803,
      title: 'Files',
      description:
        'Used share of the files (inodes) that each claim may hold: many small ones fill it before its bytes are used.',
      unit: 'percentunit',
      queries: [
        {
          expr: `1 - (${ofWorkspaces('kubelet_volume_stats_inodes_free')}) / ((${ofWorkspaces('kubelet_volume_stats_inodes')}) > 0)`,
          legend: '{{persistentvolumeclaim}}',
        },
      ],
    }),
  ],
};

const BACKUPS: Band = {
  needs: ['backup'],
  height: HEIGHT.low,
  panels: [
    lines({
      id: 811,
      title: 'Age of the last backup',
      description: 'Time since the last backup that succeeded. What was written since then is lost with its volume.',
      unit: 's',
      queries: [
        { expr: 'time() - max(velero_backup_last_successful_timestamp{schedule="$namespace"})', legend: 'age' },
      ],
      alerts: ['BackupMissed'],
    }),
  ],
};

export const RESOURCES: readonly Band[] = [CPU, MEMORY, DISK, NETWORK, REFUSED, REFUSED_NAMES, VOLUMES, BACKUPS];
