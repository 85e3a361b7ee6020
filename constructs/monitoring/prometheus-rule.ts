import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { labels } from '../labels';
import { alerts } from './alerts';
import type { Alert } from './alerts/alert';
import { recordingRules } from './recording-rules';
import type { Watched } from './watched';

export interface SandboxRulesProps {
  readonly watched: Watched;
  /** Labels by which the cluster's Prometheus selects it. */
  readonly selector: Readonly<Record<string, string>>;
  /** Where the alerts' pages are read: a URL or a folder. */
  readonly runbooks: string;
}

/** What Prometheus computes of the sandboxes, and when it tells the Alertmanager. */
export class SandboxRules extends Construct {
  constructor(scope: Construct, id: string, { watched, selector, runbooks }: SandboxRulesProps) {
    super(scope, id);
    const { namespace } = watched;
    const alertingRule = ({ severity, summary, description, ...rule }: Alert) => ({
      ...rule,
      // An AlertmanagerConfig sees the alerts of its own namespace only, and not every series has one.
      labels: { severity, namespace },
      annotations: { summary, description, runbook_url: `${runbooks.replace(/\/+$/, '')}/${rule.alert}.md` },
    });
    new ApiObject(this, 'prometheus-rule', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: {
        name: 'openhands-sandboxes',
        namespace,
        labels: { ...labels({ component: 'monitoring' }), ...selector },
      },
      spec: {
        groups: [
          { name: 'openhands-sandboxes.records', rules: recordingRules(watched).map((rule) => ({ ...rule })) },
          { name: 'openhands-sandboxes.alerts', rules: alerts(watched).map(alertingRule) },
        ],
      } satisfies IPrometheusRule['spec'],
    });
  }
}
