import type { Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { MonitoringConfig } from '../../config/schema/monitoring';
import { dashboardModel } from '../../constructs/monitoring/dashboard-model';
import { TEMPLATE, type Band, type Need } from '../../constructs/monitoring/dashboard-template';
import { glyph } from './panel-glyphs';
import { group, shape, svg, text } from './svg';

/** Of a line of Grafana's grid and of its columns, in pixels of the picture. */
const LINE = 17;
const COLUMN = 40;
const GAP = 8;
const HEADER = 46;
const WIDTH = 24 * COLUMN + GAP;

/** What a section says that not every profile has. */
const WITH: Readonly<Record<Need, string>> = {
  'cpu-limit': 'a CPU limit',
  'own-network': '',
  'network-plugin': 'a network plugin that tells',
  refusals: 'egress by name, with logs',
  workspaces: '',
  pool: 'a pool',
  'warm-pool': 'a SandboxWarmPool',
  autoscaling: 'autoscaling',
  quota: 'a quota',
  backup: 'backups',
};

const UNITS: Readonly<Record<string, string>> = {
  none: '',
  percentunit: '%',
  percent: '%',
  bytes: 'bytes',
  Bps: 'bytes/s',
  pps: 'packets/s',
  cps: 'a second',
  s: 's',
  'suffix:cores': 'cores',
};

const STYLE = `
svg { --ground: #f4f5f5; --panel: #ffffff; --edge: #d8dadd; --strong: #24292e; --weak: #6a737d; --cell: #e3e5e8;
  --blue: #3274d9; --yellow: #d9a40b; --purple: #8f5fc7; --green: #3f9c4f; --red: #d6404f; }
@media (prefers-color-scheme: dark) { svg { --ground: #111217; --panel: #1b1d23; --edge: #33363d; --strong: #e2e4e8;
  --weak: #9a9fa8; --cell: #34373e; --blue: #5794f2; --yellow: #f2cc0c; --purple: #b877d9; --green: #56a64b;
  --red: #f2495c; } }
text { font-family: Inter, "Helvetica Neue", Helvetica, Arial, sans-serif; font-size: 12px; fill: var(--weak); }
.ground { fill: var(--ground); } .panel { fill: var(--panel); stroke: var(--edge); }
.title { fill: var(--strong); font-weight: 600; } .section { fill: var(--strong); font-size: 14px; font-weight: 600; }
.name { fill: var(--strong); font-size: 18px; font-weight: 600; } .number { fill: var(--green); font-size: 26px; font-weight: 600; }
.axis { stroke: var(--edge); } .line { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
.series0 { stroke: var(--blue); } .series1 { stroke: var(--yellow); } .series2 { stroke: var(--purple); }
.bound { stroke: var(--weak); stroke-dasharray: 6 5; } .threshold { stroke: var(--red); stroke-dasharray: 6 5; }
.fill0 { fill: var(--blue); } .fill1 { fill: var(--yellow); } .good { fill: var(--green); } .bad { fill: var(--red); }
.cell { fill: var(--cell); } .head { fill: var(--weak); } .bell { fill: var(--yellow); } .arrow { fill: none; stroke: var(--weak); stroke-width: 1.5; }
`;

const BELL = 'M6 0a4 4 0 0 0-4 4v3L.5 9.5h11L10 7V4a4 4 0 0 0-4-4zM4.5 10.5a1.5 1.5 0 0 0 3 0z';

const bandOf = (id: number | undefined): Band =>
  TEMPLATE.bands.find(({ section, panels }) => section?.id === id || panels.some(({ panel }) => panel.id === id))!;

/** Not said of what almost every profile has. */
function where(needs: readonly Need[] = []): string {
  const names = needs.map((need) => WITH[need]).filter((it) => it !== '');
  return names.length === 0 ? '' : `with ${names.join(' and ')}`;
}

const isRow = (panel: Panel | RowPanel): panel is RowPanel => panel.type === 'row';

function sectionOf({ id, title, gridPos }: RowPanel): string {
  const y = HEADER + gridPos!.y * LINE;
  return group({ transform: `translate(${GAP},${y})` }, [
    shape('path', { d: 'M1 6l4 4 4-4', class: 'arrow' }),
    text(title!, { x: 18, y: 13, class: 'section' }),
    text(where(bandOf(id).needs), { x: WIDTH - 3 * GAP, y: 13, 'text-anchor': 'end' }),
  ]);
}

function panelOf(panel: Panel): string {
  const { x, y, w, h } = panel.gridPos!;
  const [width, height] = [w * COLUMN - GAP, h * LINE - GAP];
  const band = bandOf(panel.id);
  const { alerts = [], needs } = band.panels.find((it) => it.panel.id === panel.id)!;
  const hasAlerts = alerts.length > 0;
  const unit = panel.type === 'stat' ? '' : UNITS[panel.fieldConfig!.defaults.unit!]!;
  // What its section says is not said again.
  const condition = where(band.section ? needs : band.needs);
  const caption = [unit, condition].filter((it) => it !== '').join(' · ');
  const bell = shape('path', { d: BELL, transform: `translate(${width - 20},9)`, class: 'bell' });
  const inside = glyph({ width: width - 24, height: height - 42 }, panel);
  return group({ transform: `translate(${GAP + x * COLUMN},${HEADER + y * LINE})` }, [
    shape('rect', { width, height, rx: 3, class: 'panel' }),
    text(panel.title!, { x: 12, y: 19, class: 'title' }),
    ...(hasAlerts ? [bell] : []),
    text(caption, { x: width - (hasAlerts ? 28 : 12), y: 19, 'text-anchor': 'end' }),
    group({ transform: 'translate(12,32)' }, inside),
  ]);
}

/** What is chosen at the top. */
const header = (name: string): string[] => [
  text(name, { x: GAP + 2, y: 30, class: 'name' }),
  text('Prometheus ▾    Sandbox: All ▾    Logs ↗    last 6 hours ▾    30 s ↻', {
    x: WIDTH - GAP - 2,
    y: 29,
    'text-anchor': 'end',
    'xml:space': 'preserve',
  }),
];

/** docs/dashboard.svg: the dashboard with everything that a profile can have, to the scale of Grafana's grid. */
export function dashboardPicture(): string {
  const { title, panels = [] } = dashboardModel({
    namespace: 'openhands',
    has: Object.keys(WITH) as Need[],
    alerts: [],
    monitoring: MonitoringConfig.parse({}),
  });
  const height = HEADER + Math.max(...panels.map(({ gridPos }) => gridPos!.y + gridPos!.h)) * LINE + GAP;
  return svg(WIDTH, height, `The panels of the dashboard "${title}"`, STYLE, [
    shape('rect', { width: WIDTH, height, rx: 6, class: 'ground' }),
    ...header(title!),
    ...panels.map((panel) => (isRow(panel) ? sectionOf(panel) : panelOf(panel))),
  ]);
}
