import { TEMPLATE, type Need } from '../../constructs/monitoring/dashboard-template';
import { lines, NONE, table } from './markdown';

/** What a profile must have for a panel. */
const WITH: Readonly<Record<Need, string>> = {
  'cpu-limit': 'a CPU limit',
  'own-network': 'a network of their own (`use_host_network = false`)',
  'network-plugin': '`network_plugin`',
  refusals: 'egress by name, with logs',
  workspaces: 'workspaces on claims',
  pool: 'a Deployment or StatefulSet pool',
  'warm-pool': 'a SandboxWarmPool',
  autoscaling: 'autoscaling',
  quota: 'a quota',
  backup: 'backups',
};

/** A table for each section of the dashboard: its panels, what each shows, which profiles have it, and its alerts. */
export function panelTables(): string {
  const sections: { title: string; rows: string[][] }[] = [];
  for (const { section, needs: bandNeeds = [], panels } of TEMPLATE.bands) {
    if (section !== undefined) sections.push({ title: section.title, rows: [] });
    for (const { panel, needs = [], alerts = [] } of panels) {
      sections
        .at(-1)!
        .rows.push([
          panel.title!,
          panel.description!,
          [...bandNeeds, ...needs].map((need) => WITH[need]).join(' and ') || NONE,
          lines(alerts.map((alert) => `[${alert}](runbooks/${alert}.md)`)),
        ]);
    }
  }
  return sections
    .map(({ title, rows }) => `### ${title}\n\n${table(['Panel', 'Shows', 'Only with', 'Alerts'], rows)}`)
    .join('\n\n');
}
