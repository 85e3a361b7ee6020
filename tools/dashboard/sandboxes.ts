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
    {
      panel: number(
        { id: 101, title: 'Sandboxes', description: 'Pods of sandboxes that there are.', unit: 'none' },
        { expr: series('openhands:sandbox:count'), legend: 'sandboxes' },
      ).build(),
    },
    {
      panel: number(
        { id: 102, title: 'Ready', description: 'Sandboxes that are Ready, of all.', unit: 'percentunit' },
        {
          expr: `${series('openhands:sandbox_ready:count')} / (${series('openhands:sandbox:count')} > 0)`,
          legend: 'ready',
        },
      )
        .thresholds(steps('red', [0.5, 'orange'], [1, 'green']))
        .build(),
      alerts: ['SandboxNotReady'],
    },
    {
      panel: number(
        {
          id: 103,
          title: 'Answering',
          description: 'Sandboxes that answer when they are asked how they are, of those that are asked.',
          unit: 'percentunit',
        },
        { expr: `avg(${series('openhands:sandbox_up:min')})`, legend: 'answering' },
      )
        .thresholds(steps('red', [0.5, 'orange'], [1, 'green']))
        .build(),
      alerts: ['SandboxUnreachable', 'MonitoringBlind'],
    },
    {
      panel: number(
        { id: 104, title: 'Firing alerts', description: 'Alerts of this namespace that fire.', unit: 'none' },
        { expr: `count(${FIRING}) or vector(0)`, legend: 'alerts' },
      )
        .thresholds(steps('green', [1, 'red']))
        .build(),
    },
    {
      panel: number(
        { id: 105, title: 'Restarts', description: 'Restarts in ten minutes, of all.', unit: 'none' },
        { expr: `sum(${series('openhands:sandbox_restarts:increase10m')})`, legend: 'restarts' },
      )
        .decimals(0)
        .thresholds(steps('green', [1, 'orange']))
        .build(),
      alerts: ['SandboxCrashLooping'],
    },
    {
      panel: number(
        { id: 106, title: 'Fullest workspace', description: 'Used share of it.', unit: 'percentunit' },
        { expr: `max(${series('openhands:workspace_used:ratio')})`, legend: 'used' },
      ).build(),
      needs: ['workspaces'],
      threshold: 'workspace_used',
      alerts: ['WorkspaceAlmostFull'],
    },
  ],
};

const STATES: Band = {
  height: HEIGHT.tall,
  panels: [
    {
      panel: bars(
        {
          id: 111,
          title: 'Sandboxes by state',
          description: "The Pods' phases. Pending for minutes: no node has room, or an image does not come.",
          unit: 'none',
        },
        { expr: series('openhands:sandbox_phase:count'), legend: '{{phase}}' },
      )
        .overrideByName('Running', coloured('green'))
        .overrideByName('Pending', coloured('yellow'))
        .overrideByName('Succeeded', coloured('blue'))
        .overrideByName('Failed', coloured('red'))
        .overrideByName('Unknown', coloured('purple'))
        .build(),
      alerts: ['SandboxNotReady', 'SandboxFailed', 'SandboxMissing'],
    },
    {
      panel: states(
        {
          id: 112,
          title: 'Answers',
          description: 'Whether a sandbox answers when it is asked how it is. A gap: it was not asked.',
          unit: 'none',
        },
        perSandbox('openhands:sandbox_up:min'),
      )
        .thresholds(steps('red', [1, 'green']))
        .mappings([
          {
            type: MappingType.ValueToText,
            options: { 0: { text: 'silent', index: 0 }, 1: { text: 'answers', index: 1 } },
          },
        ])
        .build(),
      alerts: ['SandboxUnreachable', 'MonitoringBlind'],
    },
    {
      panel: bars(
        {
          id: 113,
          title: 'Why containers wait',
          description: 'Containers that do not run, by the reason that Kubernetes gives.',
          unit: 'none',
        },
        {
          expr: `sum by (reason) (${largest('pod, reason', WAITING)}) > 0`,
          legend: '{{reason}}',
        },
      )
        .noValue('none waits')
        .build(),
      alerts: ['SandboxCrashLooping'],
    },
  ],
};

const ALERTS: Band = {
  section: { id: 200, title: 'Alerts' },
  height: HEIGHT.tall,
  panels: [
    {
      panel: list(
        {
          id: 201,
          title: 'Firing now',
          description:
            'Alerts of this namespace that fire, and since when. Silences are not known here: Alertmanager has them.',
          unit: 'none',
        },
        FIRING_FOR,
      )
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
        .noValue('none fires')
        .build(),
    },
    {
      panel: bars(
        {
          id: 202,
          title: 'Firing over time',
          description: 'Alerts of this namespace over time.',
          unit: 'none',
        },
        { expr: `count by (alertname) (${FIRING})`, legend: '{{alertname}}' },
      )
        .noValue('none fired')
        .build(),
    },
  ],
};

const LIFE: Band = {
  section: { id: 300, title: 'Start, idleness, restarts' },
  height: HEIGHT.tall,
  panels: [
    {
      panel: lines(
        {
          id: 301,
          title: 'Time to start',
          description: 'From the making of a Pod until it is Ready.',
          unit: 's',
        },
        perSandbox('openhands:sandbox_start:seconds'),
      ).build(),
      alerts: ['SandboxStartSlow'],
    },
    {
      panel: lines(
        {
          id: 302,
          title: 'Idle for',
          description: 'Time since anybody asked a sandbox to do something, as it says itself.',
          unit: 's',
        },
        perSandbox('openhands:sandbox_idle:seconds'),
      ).build(),
    },
    {
      panel: bars(
        {
          id: 303,
          title: 'Restarts',
          description: 'Restarts of a sandbox within ten minutes, whatever ended it.',
          unit: 'none',
        },
        perSandbox('openhands:sandbox_restarts:increase10m'),
      ).build(),
      alerts: ['SandboxCrashLooping'],
    },
  ],
};

export const SANDBOXES: readonly Band[] = [NUMBERS, STATES, ALERTS, LIFE];
