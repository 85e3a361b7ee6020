import type { IAlertmanagerConfig } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/AlertmanagerConfig';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { AlertmanagerConfig, Receiver } from '../../config/schema/monitoring';
import type { SecretReference } from '../../config/schema/values';
import { labels } from '../labels';

export interface SandboxAlertRoutingProps {
  readonly namespace: string;
  readonly alertmanager: AlertmanagerConfig;
  /** Labels by which the cluster's Alertmanager selects it. */
  readonly selector: Readonly<Record<string, string>>;
}

type Spec = NonNullable<IAlertmanagerConfig['spec']>;
type ReceiverSpec = NonNullable<Spec['receivers']>[number];
type InhibitRule = NonNullable<Spec['inhibitRules']>[number];
type Matcher = NonNullable<InhibitRule['sourceMatch']>[number];

/** Gets what no receiver is there for, and tells nobody. Not a name that a profile can give. */
const NOBODY = 'openhands:nobody';

const selector = ({ secret, key }: SecretReference) => ({ name: secret, key });

// One value, too: a bare = is no string for a reader of YAML 1.1.
const is = (name: string, ...values: string[]): Matcher => ({ name, matchType: '=~', value: values.join('|') });
const isNot = (name: string, ...values: string[]): Matcher => ({ name, matchType: '!~', value: values.join('|') });

/** Slack's own default shows neither what an alert means nor what to do. */
const SLACK_TEXT =
  '{{ range .Alerts }}{{ .Annotations.description }} <{{ .Annotations.runbook_url }}|Runbook>\n{{ end }}';
const TITLE =
  '[{{ .Status | toUpper }}] {{ .CommonLabels.alertname }} ({{ .CommonLabels.severity }}) in {{ .CommonLabels.namespace }}';

/** A receiver in prometheus-operator's words: whatever opens a door is the entry of a Secret. */
function receiverSpec(receiver: Receiver): ReceiverSpec {
  const { name } = receiver;
  switch (receiver.type) {
    case 'webhook':
      return { name, webhookConfigs: [{ sendResolved: true, urlSecret: selector(receiver.url) }] };
    case 'slack': {
      const { channel, url } = receiver;
      return {
        name,
        slackConfigs: [{ sendResolved: true, apiURL: selector(url), channel, title: TITLE, text: SLACK_TEXT }],
      };
    }
    case 'pagerduty':
      return {
        name,
        pagerdutyConfigs: [
          {
            sendResolved: true,
            routingKey: selector(receiver.routing_key),
            description: TITLE,
            severity: '{{ .CommonLabels.severity }}',
          },
        ],
      };
    case 'email': {
      const { to, from, smarthost, username, password } = receiver;
      return {
        name,
        emailConfigs: [
          { sendResolved: true, to, from, smarthost, authUsername: username, authPassword: selector(password) },
        ],
      };
    }
  }
}

/** Whoever asked for a severity gets it; each of them, so that every route goes on to the next. */
const routes = (receivers: readonly Receiver[]) =>
  receivers.map(({ name, severities }) => ({
    receiver: name,
    matchers: [is('severity', ...severities)],
    continue: true,
  }));

/** An alert that is the consequence of another one tells nothing. prometheus-operator adds the namespace to each rule. */
const INHIBIT_RULES: InhibitRule[] = [
  {
    // Of the same Pod. Two alerts without a Pod would be equal in it, so one is asked for. What caused the failure, and
    // what a stranger sends, stays visible.
    sourceMatch: [is('severity', 'critical'), is('pod', '.+')],
    targetMatch: [is('severity', 'warning', 'info'), isNot('alertname', 'SandboxOutOfMemory', 'SandboxEgressUnusual')],
    equal: ['namespace', 'pod'],
  },
  {
    // A sandbox that restarts over and over, or has failed, is not ready either.
    sourceMatch: [is('alertname', 'SandboxCrashLooping', 'SandboxFailed')],
    targetMatch: [is('alertname', 'SandboxNotReady')],
    equal: ['namespace', 'pod'],
  },
  {
    // Sandboxes that are not made are why there are too few.
    sourceMatch: [is('alertname', 'SandboxMissing')],
    targetMatch: [is('alertname', 'PoolDegraded')],
    equal: ['namespace'],
  },
  {
    // Without kube-state-metrics nobody can tell a sandbox that starts from one that does not answer.
    sourceMatch: [is('alertname', 'MonitoringBlind'), is('source', 'kube-state-metrics')],
    targetMatch: [is('alertname', 'SandboxUnreachable')],
    equal: ['namespace'],
  },
];

/** Who is told of the sandboxes' alerts, how often, and of which not, beside what the cluster's Alertmanager does. */
export class SandboxAlertRouting extends Construct {
  constructor(scope: Construct, id: string, props: SandboxAlertRoutingProps) {
    super(scope, id);
    const { namespace, alertmanager } = props;
    new ApiObject(this, 'alertmanager-config', {
      apiVersion: 'monitoring.coreos.com/v1alpha1',
      kind: 'AlertmanagerConfig',
      metadata: {
        name: 'openhands-sandboxes',
        namespace,
        labels: { ...labels({ component: 'monitoring' }), ...props.selector },
      },
      spec: {
        route: {
          receiver: NOBODY,
          groupBy: ['alertname', 'namespace'],
          groupWait: alertmanager.group_wait,
          groupInterval: alertmanager.group_interval,
          repeatInterval: alertmanager.repeat_interval,
          routes: routes(alertmanager.receivers),
        },
        receivers: [{ name: NOBODY }, ...alertmanager.receivers.map(receiverSpec)],
        inhibitRules: INHIBIT_RULES,
      } satisfies Spec,
    });
  }
}
