import * as z from 'zod';
import { PodPeer } from './network';
import {
  ByteQuantity,
  DnsLabel,
  Duration,
  LabelKey,
  LabelValue,
  Percent,
  Port,
  secondsOf,
  SecretReference,
} from './values';

const Severity = z.enum(['critical', 'warning', 'info']);
export type Severity = z.infer<typeof Severity>;

const common = {
  /** How the Alertmanager calls it. */
  name: DnsLabel,
  /** Alerts that it gets; one that several receivers name goes to each of them. */
  severities: z.array(Severity).min(1, { error: 'at least one of critical, warning, info' }),
};

const HOST_AND_PORT = 'a host and a port such as smtp.example.com:587';

/** Who is told of an alert. What opens the door to them is an entry of a Secret in the sandbox namespace. */
const Receiver = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      /** A URL that takes the Alertmanager's own JSON. */
      type: z.literal('webhook'),
      ...common,
      /** Entry with the URL. */
      url: SecretReference,
    }),
    z.strictObject({
      /** A channel of Slack. */
      type: z.literal('slack'),
      ...common,
      /** Name of the channel. */
      channel: z.string().min(1, { error: 'a channel such as #alerts' }),
      /** Entry with the URL of Slack's incoming webhook. */
      url: SecretReference,
    }),
    z.strictObject({
      /** A service of PagerDuty. */
      type: z.literal('pagerduty'),
      ...common,
      /** Entry with the integration key (Events API v2). */
      routing_key: SecretReference,
    }),
    z.strictObject({
      /** Mail by an SMTP server. */
      type: z.literal('email'),
      ...common,
      /** Who gets it. */
      to: z.email({ error: 'an e-mail address' }),
      /** Whom it comes from. */
      from: z.email({ error: 'an e-mail address' }),
      /** Host and port of the SMTP server. */
      smarthost: z
        .string({ error: HOST_AND_PORT })
        .refine((text) => Port.safeParse(Number(/^[^\s:]+:(\d{1,5})$/.exec(text)?.[1])).success, {
          error: HOST_AND_PORT,
        }),
      /** User at the SMTP server. */
      username: z.string().min(1, { error: 'a user name' }),
      /** Entry with that user's password. */
      password: SecretReference,
    }),
  ],
  {
    error: ({ code }) =>
      code === 'invalid_union' ? 'one of webhook, slack, pagerduty, email' : 'a table with the type of a receiver',
  },
);
export type Receiver = z.infer<typeof Receiver>;

/** `[deploy.monitoring.alertmanager]`: an AlertmanagerConfig for the sandbox namespace's alerts. */
const AlertmanagerConfig = z.strictObject({
  /** Who is told of which severities; at least one. */
  receivers: z.array(Receiver).min(1, { error: 'at least one receiver' }),
  /** Time for which the first alert of a group waits for others. */
  group_wait: Duration(3600).default('30s'),
  /** Time after which new alerts of a group are told. */
  group_interval: Duration(86_400).default('5m'),
  /** Time after which what still fires is told again. */
  repeat_interval: Duration(604_800).default('4h'),
});
export type AlertmanagerConfig = z.infer<typeof AlertmanagerConfig>;

/** `[deploy.monitoring.thresholds]`: beyond what an alert fires. */
const Thresholds = z.strictObject({
  /** Percent of the CPU's periods in which a sandbox wanted more than its limit. */
  cpu_throttled: Percent.default(25),
  /** Percent of a workspace's bytes. */
  workspace_used: Percent.default(85),
  /** Percent of a resource of the ResourceQuota. */
  quota_used: Percent.default(90),
  /** Bytes that a sandbox reads from and writes to its disks, a second. */
  disk_bytes_per_second: ByteQuantity.default('100M'),
  /** Bytes that a sandbox sends, a second. */
  egress_bytes_per_second: ByteQuantity.default('10M'),
  /** Requests of all sandboxes that the egress proxy refuses in a quarter of an hour. */
  egress_refusals: z.int().min(1, { error: 'at least 1' }).default(50),
});
export type Thresholds = z.infer<typeof Thresholds>;

const RUNBOOKS = 'a URL or a folder, without a query: an alert’s page is put behind it';

/** `[deploy.monitoring]`: objects of prometheus-operator and Grafana, and the exporter that asks the sandboxes. */
export const MonitoringConfig = z.strictObject({
  /** Labels by which the cluster's Prometheus and Alertmanager select their objects. */
  labels: z.record(LabelKey, LabelValue).default({ release: 'kube-prometheus-stack' }),
  /** The Pods of Prometheus, which may ask the exporter. */
  prometheus: z
    .array(PodPeer)
    .min(1, { error: 'at least one peer' })
    .default([{ namespace: 'monitoring', pods: { 'app.kubernetes.io/name': 'prometheus' } }]),
  /** Time between two questions to a sandbox. */
  interval: Duration(300)
    .refine((it) => secondsOf(it) >= 5, { error: 'at least 5s' })
    .default('30s'),
  /** Where docs/runbooks/ is read: an alert's runbook_url is this, a slash and the alert's page. */
  runbooks: z
    .string({ error: RUNBOOKS })
    .regex(/^(https?:\/\/)?[-\w.~%:/@+]+$/, { error: RUNBOOKS })
    .default('docs/runbooks'),
  /** Where a sandbox's logs are read, for the dashboard's link; absent: no link. */
  logs_url: z.url({ protocol: /^https?$/, error: 'an http:// or https:// URL' }).optional(),
  /** The network plugin, if it reports refused connections; absent: it does not. */
  network_plugin: z.enum(['cilium']).optional(),
  thresholds: Thresholds.prefault({}),
  /** Who is told. No table, nobody but those whom the cluster's Alertmanager tells by itself. */
  alertmanager: AlertmanagerConfig.optional(),
});
export type MonitoringConfig = z.infer<typeof MonitoringConfig>;
