import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MonitoringConfig } from '../../config/schema/monitoring';
import { alerts } from '../../constructs/monitoring/alerts';
import type { Alert } from '../../constructs/monitoring/alerts/alert';
import type { Watched } from '../../constructs/monitoring/watched';
import { page, table } from './markdown';

const FOLDER = 'docs/runbooks';
const ROOT = join(__dirname, '../..');

/** What every profile has, with the defaults of the schema. */
const BARE: Watched = {
  namespace: 'openhands',
  thresholds: MonitoringConfig.parse({}).thresholds,
  startSeconds: 180,
  stopSeconds: 120,
  probeSeconds: 30,
  isManaged: false,
  hasCpuLimit: false,
  hasOwnNetwork: false,
  hasHeadroom: false,
};

/** Everything there is to watch, with the same. */
const FULL: Watched = {
  ...BARE,
  sessions: 'Deployment',
  isManaged: true,
  hasCpuLimit: true,
  hasOwnNetwork: true,
  workspaceClaims: 'openhands-runtime-.+|workspace-volume-.+',
  pool: { workload: 'Deployment' },
  quota: { usedAtRest: 0 },
  hasHeadroom: true,
  backup: { schedule: 'openhands', maximumAge: 30 * 3600 },
  refusalsCountedIn: 'openhands-logging',
  idle: { suspendSeconds: 1800, intervalSeconds: 300, isDryRun: false },
};

export const documentedAlerts: readonly Alert[] = alerts(FULL);

/** The alerts that a profile has whatever it says. */
export const unconditionalAlerts: readonly Alert[] = alerts(BARE);

/** What a profile must have for an alert to be written. */
export const CONDITIONS: Readonly<Record<string, string>> = {
  SandboxFailed: 'with bare Pods, Sandboxes of agent-sandbox, or managers, who make either',
  SandboxMissing: 'with sessions or a pool that a Deployment or StatefulSet runs',
  SandboxCpuThrottled: 'with a CPU limit',
  WorkspaceAlmostFull: 'unless `sandbox.volumes` brings a path of the node as the workspace',
  SandboxUnreachable: 'unless sandboxes have the network of their node',
  SandboxEgressUnusual: 'unless sandboxes have the network of their node',
  SandboxEgressRefused:
    'with egress by name (`deploy.network.egress` with `domains` or `sets`), whose log a DaemonSet of `[deploy.logging]` reads',
  QuotaAlmostFull: 'with `[deploy.quota]`, unless the sandboxes that are always there fill it',
  PoolDegraded: 'with `[deploy.pool]`',
  PoolAtMaximum: 'with `[deploy.autoscaling]`',
  HeadroomMissing: 'with `[deploy.headroom]`',
  BackupMissed: 'with `[deploy.recovery.backup]`',
  IdleSuspenderDown: 'with `[deploy.idle]`',
  SandboxIdleTooLong: 'with `[deploy.idle]`, unless it is a dry run',
};

/** In a page, everything below it is written by hand. */
const LINE = '\n---\n';

const handwritten = (file: string): string => {
  const text = existsSync(join(ROOT, file)) ? readFileSync(join(ROOT, file), 'utf8') : '';
  return text.includes(LINE) ? text.slice(text.indexOf(LINE) + LINE.length) : '';
};

const after = ({ for: time }: Alert) => (time === '0s' ? 'at once' : `after ${time}`);

const head = (alert: Alert): string =>
  page(
    `# ${alert.alert}`,
    '<!-- Down to the line it is written by `npm run docs`: change constructs/monitoring/alerts/, not this. -->',
    `> ${alert.description}`,
    table(
      ['severity', 'fires', 'is written'],
      [[alert.severity, after(alert), CONDITIONS[alert.alert] ?? 'with `[deploy.monitoring]`']],
    ),
    `In the namespace \`openhands\`, with the defaults:\n\n\`\`\`promql\n${alert.expr}\n\`\`\``,
  );

const INTRODUCTION = `
# Runbooks

<!-- Written by \`npm run docs\`: change tools/docs/runbooks.ts, not this file. -->

A page for each alert of \`[deploy.monitoring]\`: what it means, how to see it, what to do, when it is over.

| severity | |
|---|---|
| critical | work has stopped, or would be lost: somebody has to act |
| warning | it will, or some of it has |
| info | worth knowing when something else is looked into |

The commands take the namespace and the Pod from the alert's labels:

    NS=openhands-production POD=openhands-runtime-0

What is called PromQL is asked of Prometheus. Its \`openhands:…\` series are recorded by the same PrometheusRule.
`;

const SOURCES = `
## What Prometheus must scrape

| source | for | in kube-prometheus-stack |
|---|---|---|
| kube-state-metrics 2.18 or newer, with honored labels | states, readiness, restarts, replicas, quota | yes |
| the kubelet's \`/metrics/cadvisor\` and \`/metrics\` | CPU, memory, disk, network; volumes | yes |
| the exporter in \`<namespace>-system\` | whether a sandbox answers, how long it has been idle | this profile's PodMonitor |
| agent-sandbox's controller | a pool of sandboxes that wait | its Helm chart's \`metrics.serviceMonitor.enabled=true\` |
| Velero | backups | its Helm chart's \`metrics.serviceMonitor.enabled=true\` |
| Cilium's Hubble with \`drop:labelsContext=source_namespace,source_pod\` | refused connections | with \`network_plugin = "cilium"\` |

MonitoringBlind tells which of them is silent, except of Velero's, which BackupMissed does, and of Hubble's.
`;

const index = (): string =>
  page(
    INTRODUCTION,
    table(
      ['alert', 'severity', 'fires', 'is written'],
      documentedAlerts.map((alert) => [
        `[${alert.alert}](${alert.alert}.md)`,
        alert.severity,
        after(alert),
        CONDITIONS[alert.alert] ?? 'always',
      ]),
    ),
    SOURCES,
  );

/** The pages under docs/runbooks: file to text. What is written by hand in them stays. */
export function runbookPages(): Record<string, string> {
  const pages = documentedAlerts.map((alert) => {
    const file = `${FOLDER}/${alert.alert}.md`;
    return [file, `${head(alert)}${LINE}${handwritten(file)}`] as const;
  });
  return { [`${FOLDER}/README.md`]: index(), ...Object.fromEntries(pages) };
}

/** The files that are there, by their names. */
export const runbookFiles = (): string[] => readdirSync(join(ROOT, FOLDER)).map((name) => `${FOLDER}/${name}`);
