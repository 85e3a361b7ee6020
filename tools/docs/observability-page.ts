import { page } from './markdown';
import { panelTables } from './panels';
import { seriesTable } from './series';

const INTRODUCTION = `
# Observability

<!-- Written by \`npm run docs\`: change tools/docs/, not this file. -->

How the sandboxes are, what they use, and the alerts that tell when something is wrong. A profile with the table \`[deploy.monitoring]\` renders, in
\`4-observability.k8s.yaml\`:

- **exporters**, in a namespace of their own, which ask every sandbox how it is: neither program inside a sandbox has
  \`/metrics\`;
- **rules**, a PrometheusRule: series that are computed once for alerts and dashboard, and the alerts, each with a page
  in [runbooks/](runbooks/);
- **receivers**, an AlertmanagerConfig, with \`[deploy.monitoring.alertmanager]\`;
- **a dashboard**, a ConfigMap for Grafana.
`;

const NEEDS = `
## What the cluster must have

[kube-prometheus-stack](https://github.com/prometheus-community/helm-charts/tree/main/charts/kube-prometheus-stack) has
all of it: the operator of Prometheus, the series of kubelet, cAdvisor and kube-state-metrics, and a Grafana whose sidecar
looks for dashboards in every namespace. \`npm run preflight\` says what is missing. Two settings of it are worth a look:

\`\`\`yaml
grafana:
  sidecar:
    dashboards:
      folderAnnotation: grafana_folder      # else the dashboard lies in the folder General
      provider: { foldersFromFilesStructure: true }
\`\`\`
`;

const SWITCH = `
## Switched on

\`\`\`toml
[deploy.monitoring]
labels = { release = "kube-prometheus-stack" }   # what the cluster's Prometheus selects by
runbooks = "https://git.example.com/openhands/docs/runbooks"
logs_url = "https://logs.example.com/search?namespace=\${namespace}&pod=\${sandbox}&from=\${__from}&to=\${__to}"

[deploy.monitoring.thresholds]
workspace_used = 80

[[deploy.monitoring.alertmanager.receivers]]
name = "on-call"
type = "pagerduty"
severities = ["critical"]
routing_key = { secret = "pagerduty", key = "routing-key" }
\`\`\`

Grafana fills in what stands in \`\${…}\`: its own variables, and \`namespace\` and \`sandbox\` of the dashboard.

Every field: [deploy.monitoring](configuration.md#deploymonitoring). Beyond one of its
[thresholds](configuration.md#deploymonitoringthresholds) an alert fires, and there the dashboard draws a red line. Without
[alertmanager](configuration.md#deploymonitoringalertmanager) an alert reaches only those whom the cluster's Alertmanager
has for it anyway.
`;

const DASHBOARD = `
## The dashboard

ConfigMap \`openhands-dashboard\` in the sandbox namespace. Its address in Grafana is made of the namespace and does not
change, so links to it last, and every profile in a cluster has one of its own. Grafana gets it from the ConfigMap: what is
changed there is gone with the next reload.

A red line in a panel is the threshold of its alert. A grey line is what the sandboxes request, their limit, or their
target. A panel links to the runbooks of its alerts, where \`runbooks\` is a URL.

\`npm run dashboard\` writes \`constructs/monitoring/dashboard.json\`, which is the same for every profile, from
\`tools/dashboard/\`. The construct adds what is the profile's own, and leaves out the panels for what the profile does not
have.
`;

const SERIES = `
## Series

What alerts and dashboard read. They are computed from what the cluster has and the exporters add, for the sandbox
namespace alone, and a profile has those that it has something for.
`;

/** docs/observability.md, for who runs it. */
export const observabilityPage = (): string =>
  page(INTRODUCTION, NEEDS, SWITCH, DASHBOARD, panelTables(), SERIES, seriesTable());
