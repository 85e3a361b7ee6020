import { createHash } from 'node:crypto';
import type {
  Dashboard,
  DashboardLink,
  Panel,
  RowPanel,
  ThresholdsConfig,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { MonitoringConfig, Thresholds } from '../../config/schema/monitoring';
import { amount } from '../../config/schema/values';
import { TEMPLATE, type Band, type Need, type TemplatePanel } from './dashboard-template';

export interface DashboardModelProps {
  /** Of the sandboxes. */
  readonly namespace: string;
  /** What the profile has. */
  readonly has: readonly Need[];
  /** Names of its alerts. */
  readonly alerts: readonly string[];
  readonly monitoring: Pick<MonitoringConfig, 'logs_url' | 'runbooks' | 'thresholds'>;
}

/** Of Grafana's grid. */
const COLUMNS = 24;

/** Grafana takes no longer one. */
const UID_LENGTH = 40;

/** A dashboard's address in Grafana: the same at every rendering, another one for every namespace. */
function uidOf(namespace: string): string {
  const uid = `openhands-${namespace}`;
  if (uid.length <= UID_LENGTH) return uid;
  const hash = createHash('sha256').update(namespace).digest('hex').slice(0, 8);
  return `${uid.slice(0, UID_LENGTH - 1 - hash.length)}-${hash}`;
}

const link = (title: string, url: string): DashboardLink => ({
  title,
  type: 'link' as DashboardLink['type'],
  icon: 'external link',
  tooltip: '',
  url,
  tags: [],
  asDropdown: false,
  targetBlank: true,
  includeVars: false,
  keepTime: false,
});

/** Where a panel's alerts are explained, unless that is a folder of a repository: Grafana could not go there. */
const runbookLinks = (alerts: readonly string[], runbooks: string): DashboardLink[] =>
  /^https?:/.test(runbooks)
    ? alerts.map((alert) => link(`Runbook: ${alert}`, `${runbooks.replace(/\/+$/, '')}/${alert}.md`))
    : [];

/** In the units of the panels, which show percentages as shares of 1. */
const valueOf = (threshold: Thresholds[keyof Thresholds]): number =>
  typeof threshold === 'number' ? threshold / 100 : amount(threshold);

const redFrom = (value: number): ThresholdsConfig => ({
  mode: 'absolute' as ThresholdsConfig['mode'],
  steps: [
    { value: null, color: 'green' },
    { value, color: 'red' },
  ],
});

function completed(
  { panel, threshold, alerts = [] }: TemplatePanel,
  { alerts: known, monitoring: { runbooks, thresholds } }: DashboardModelProps,
): Panel {
  const { defaults, overrides } = panel.fieldConfig!;
  const limit = threshold && { thresholds: redFrom(valueOf(thresholds[threshold])) };
  return {
    ...panel,
    links: runbookLinks(
      alerts.filter((alert) => known.includes(alert)),
      runbooks,
    ),
    fieldConfig: { defaults: { ...defaults, ...limit }, overrides },
  };
}

const row = ({ id, title }: NonNullable<Band['section']>, y: number): RowPanel => ({
  type: 'row',
  id,
  title,
  collapsed: false,
  gridPos: { h: 1, w: COLUMNS, x: 0, y },
  panels: [],
});

const isMet = ({ needs = [] }: Band | TemplatePanel, { has }: DashboardModelProps): boolean =>
  needs.every((need) => has.includes(need));

/** What is left of a band, from edge to edge. */
function placed({ panels, height }: Band, y: number, props: DashboardModelProps): Panel[] {
  const own = panels.filter((it) => isMet(it, props));
  const edge = (index: number) => Math.floor((index * COLUMNS) / own.length);
  return own.map((it, index) => ({
    ...completed(it, props),
    gridPos: { h: height, w: edge(index + 1) - edge(index), x: edge(index), y },
  }));
}

/** The bands that the profile has something for, one below the other. */
function stacked(props: DashboardModelProps): (Panel | RowPanel)[] {
  let y = 0;
  return TEMPLATE.bands.flatMap((band) => {
    if (!isMet(band, props)) return [];
    const title = band.section ? [row(band.section, y++)] : [];
    const panels = placed(band, y, props);
    y += band.height;
    return [...title, ...panels];
  });
}

/** The template with what is the profile's own: its namespace, its links, its thresholds, and no panel that stays empty. */
export function dashboardModel(props: DashboardModelProps): Dashboard {
  const { namespace, monitoring } = props;
  const { templating, title, ...rest } = TEMPLATE.dashboard;
  const constant = { query: namespace, current: { text: namespace, value: namespace }, skipUrlSync: true };
  return {
    uid: uidOf(namespace),
    title: `${title}: ${namespace}`,
    ...rest,
    links: monitoring.logs_url === undefined ? [] : [link('Logs', monitoring.logs_url)],
    templating: { list: templating.list!.map((it) => (it.name === 'namespace' ? { ...it, ...constant } : it)) },
    panels: stacked(props),
  };
}
