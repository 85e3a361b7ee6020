/** The sandboxes as such: how many, in which state, what is wrong, how long they take to start and wait. */
import { MappingType, type DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Band } from '../../constructs/monitoring/dashboard-template';
import { bars, coloured, HEIGHT, lines, list, number, states, steps } from './panels';
import { largest, perSandbox, series } from './queries';

const FIRING = series('ALERTS', 'alertstate="firing"');

const WAITING = series('kube_pod_container_status_waiting_reason', 'container="runtime"');

/** Labels of which an alert has one, or none: what it is about. */
const SUBJECTS = ['pod', 'deployment', 'statefulset', 'persistentvolumeclaim', 'resource', 'source'];

const SINCE = `(time() - ${series('ALERTS_FOR_STATE')}) and ignoring (alertstate) ${FIRING}`;

/** Alerts that fire, what they are about, and the seconds since when they are true. */
const FIRING_FOR = largest(
  'alertname, severity, subject',
  `label_join(${SINCE}, "subject", "", ${SUBJECTS.map((it) => `"${it}"`).join(', ')})`,
);

const SEVERITY: DynamicConfigValue[] = [
  { id: 'custom.cellOptions', value: { type: 'color-text' } },
  {
    id: 'mappings',
    value: [
      {
        type: MappingType.ValueToText,
        options: {
          critical: { color: 'red', index: 0 },
          warning: { color: 'orange', index: 1 },
          info: { color: 'blue', index: 2 },
        },
      },
    ],
  },
];

/** The numbers at the top. */
const NUMBERS: Band = {
  section: { id: 100, title: 'Sandboxes' },
  height: HEIGHT.strip,
  panels: [
    number({
      id: 101,
      title: 'Sandboxes',
      description: 'Pods of sandboxes that there are.',
      unit: 'none',
      query: { expr: series('openhands:sandbox:count'), legend: 'sandboxes' },
    }),
    number({
      id: 102,
      title: 'Ready',
      description: 'Sandboxes that are Ready, of all.',
      unit: 'percentunit',
      query: {
        expr: `${series('openhands:sandbox_ready:count')} / (${series('openhands:sandbox:count')} > 0)`,
        legend: 'ready',
      },
      steps: steps('red', [0.5, 'orange'], [1, 'green']),
      alerts: ['SandboxNotReady'],
    }),
    number({
      id: 103,
      title: 'Answering',
      description: 'Sandboxes that answer when they are asked how they are, of those that are asked.',
      unit: 'percentunit',
      query: { expr: `avg(${series('openhands:sandbox_up:min')})`, legend: 'answering' },
      steps: steps('red', [0.5, 'orange'], [1, 'green']),
      alerts: ['SandboxUnreachable', 'MonitoringBlind'],
    }),
    number({
      id: 104,
      title: 'Firing alerts',
      description: 'Alerts of this namespace that fire.',
      unit: 'none',
      query: { expr: `count(${FIRING}) or vector(0)`, legend: 'alerts' },
      steps: steps('green', [1, 'red']),
    }),
    number(
      {
        id: 105,
        title: 'Restarts',
        description: 'Restarts in ten minutes, of all.',
        unit: 'none',
        query: { expr: `sum(${series('openhands:sandbox_restarts:increase10m')})`, legend: 'restarts' },
        steps: steps('green', [1, 'orange']),
        alerts: ['SandboxCrashLooping'],
      },
      (it) => it.decimals(0),
    ),
    number({
      id: 106,
      title: 'Fullest workspace',
      description: 'Used share of it.',
      unit: 'percentunit',
      query: { expr: `max(${series('openhands:workspace_used:ratio')})`, legend: 'used' },
      needs: ['workspaces'],
      threshold: 'workspace_used',
      alerts: ['WorkspaceAlmostFull'],
    }),
  ],
};

const STATES: Band = {
  height: HEIGHT.tall,
  panels: [
    bars(
      {
        id: 111,
        title: 'Sandboxes by state',
        description: "The Pods' phases. Pending for minutes: no node has room, or an image does not come.",
        unit: 'none',
        queries: [{ expr: series('openhands:sandbox_phase:count'), legend: '{{phase}}' }],
        alerts: ['SandboxNotReady', 'SandboxFailed', 'SandboxMissing'],
      },
      (it) =>
        it
          .overrideByName('Running', coloured('green'))
          .overrideByName('Pending', coloured('yellow'))
          .overrideByName('Succeeded', coloured('blue'))
          .overrideByName('Failed', coloured('red'))
          .overrideByName('Unknown', coloured('purple')),
    ),
    states(
      {
        id: 112,
        title: 'Answers',
        description: 'Whether a sandbox answers when it is asked how it is. A gap: it was not asked.',
        unit: 'none',
        query: perSandbox('openhands:sandbox_up:min'),
        alerts: ['SandboxUnreachable', 'MonitoringBlind'],
      },
      (it) =>
        it.thresholds(steps('red', [1, 'green'])).mappings([
          {
            type: MappingType.ValueToText,
            options: { 0: { text: 'silent', index: 0 }, 1: { text: 'answers', index: 1 } },
          },
        ]),
    ),
    bars(
      {
        id: 113,
        title: 'Why containers wait',
        description: 'Containers that do not run, by the reason that Kubernetes gives.',
        unit: 'none',
        queries: [
          {
            expr: `sum by (reason) (${largest('pod, reason', WAITING)}) > 0`,
            legend: '{{reason}}',
          },
        ],
        alerts: ['SandboxCrashLooping'],
      },
      (it) => it.noValue('none waits'),
    ),
  ],
};

const ALERTS: Band = {
  section: { id: 200, title: 'Alerts' },
  height: HEIGHT.tall,
  panels: [
    list(
      {
        id: 201,
        title: 'Firing now',
        description:
          'Alerts of this namespace that fire, and since when. Silences are not known here: Alertmanager has them.',
        unit: 'none',
        expr: FIRING_FOR,
      },
      (it) =>
        it
          .withTransformation({
            id: 'organize',
            options: {
              excludeByName: { Time: true },
              indexByName: { alertname: 0, severity: 1, subject: 2, Value: 3 },
              renameByName: { alertname: 'Alert', severity: 'Severity', subject: 'About', Value: 'For' },
            },
          })
          .overrideByName('Severity', SEVERITY)
          .overrideByName('For', [{ id: 'unit', value: 's' }])
          .noValue('none fires'),
    ),
    bars(
      {
        id: 202,
        title: 'Firing over time',
        description: 'Alerts of this namespace over time.',
        unit: 'none',
        queries: [{ expr: `count by (alertname) (${FIRING})`, legend: '{{alertname}}' }],
      },
      (it) => it.noValue('none fired'),
    ),
  ],
};

const LIFE: Band = {
  section: { id: 300, title: 'Start, idleness, restarts' },
  height: HEIGHT.tall,
  panels: [
    lines({
      id: 301,
      title: 'Time to start',
      description: 'From the making of a Pod until it is Ready.',
      unit: 's',
      queries: [perSandbox('openhands:sandbox_start:seconds')],
      alerts: ['SandboxStartSlow'],
    }),
    lines({
      id: 302,
      title: 'Idle for',
      description: 'Time since anybody asked a sandbox to do something, as it says itself.',
      unit: 's',
      queries: [perSandbox('openhands:sandbox_idle:seconds')],
    }),
    bars({
      id: 303,
      title: 'Restarts',
      description: 'Restarts of a sandbox within ten minutes, whatever ended it.',
      unit: 'none',
      queries: [perSandbox('openhands:sandbox_restarts:increase10m')],
      alerts: ['SandboxCrashLooping'],
    }),
  ],
};

export const SANDBOXES: readonly Band[] = [NUMBERS, STATES, ALERTS, LIFE];
