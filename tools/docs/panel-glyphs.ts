/** What a panel of Grafana looks like from afar, by its kind. The shapes are made up; they only tell the kinds apart. */
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { shape, text } from './svg';

/** Where the glyph may be drawn. */
export interface Area {
  readonly width: number;
  readonly height: number;
}

type Glyph = (area: Area, panel: Panel) => string[];

/** Numbers from 0 to 1 that look like chance and are the same at every drawing. */
const noise = (seed: number, index: number): number => {
  const wave = Math.sin(seed * 12.9898 + index * 78.233) * 43758.5453;
  return wave - Math.floor(wave);
};

const seedOf = ({ id = 0 }: Panel) => id;

const POINTS = 28;

/** A line that wanders about `level`, as a share of the height. */
function curve({ width, height }: Area, seed: number, level: number): string {
  let value = level;
  return Array.from({ length: POINTS }, (_, index) => {
    value += (noise(seed, index) - 0.5) * 0.16 + (level - value) * 0.2;
    const x = (index * width) / (POINTS - 1);
    return `${Math.round(x)},${Math.round(height * (1 - Math.min(0.95, Math.max(0.05, value))))}`;
  }).join(' ');
}

const across = ({ width }: Area, y: number, kind: string) =>
  shape('line', { x1: 0, y1: y, x2: width, y2: y, class: kind });

const isDashed = ({ fieldConfig }: Panel): boolean => fieldConfig?.defaults.custom?.thresholdsStyle?.mode === 'dashed';

/** How many of a panel's queries are bounds that its lines are read against. */
const boundsOf = ({ fieldConfig }: Panel): number =>
  (fieldConfig?.overrides ?? []).filter(({ properties }) => properties.some(({ id }) => id === 'custom.lineStyle'))
    .length;

/** A query that is about each sandbox, or each of something, is more than one line. */
function levelsOf(panel: Panel): number[] {
  const queries = (panel.targets ?? []) as { legendFormat?: string }[];
  const isEach = queries.some(({ legendFormat = '' }) => legendFormat.includes('{{'));
  return [0.55, 0.38, 0.22].slice(0, isEach ? 3 : queries.length - boundsOf(panel));
}

const lines: Glyph = (area, panel) => [
  across(area, area.height, 'axis'),
  ...levelsOf(panel).map((level, index) =>
    shape('polyline', { points: curve(area, seedOf(panel) + index * 31, level), class: `line series${index}` }),
  ),
  ...Array.from({ length: boundsOf(panel) }, (_, index) => across(area, area.height * (0.08 + index * 0.16), 'bound')),
  ...(isDashed(panel) ? [across(area, area.height * 0.18, 'threshold')] : []),
];

const bars: Glyph = (area, panel) => [
  across(area, area.height, 'axis'),
  ...Array.from({ length: 24 }, (_, index) => {
    const [lower, upper] = [0.3 + noise(seedOf(panel), index) * 0.25, noise(seedOf(panel) + 7, index) * 0.25];
    const step = area.width / 24;
    const bar = (from: number, share: number, kind: string) =>
      shape('rect', {
        x: index * step,
        y: area.height * (1 - from - share),
        width: step * 0.7,
        height: area.height * share,
        class: kind,
      });
    return [bar(0, lower, 'fill0'), bar(lower, upper, 'fill1')];
  }).flat(),
];

/** A number that nobody would worry about. */
function calm({ fieldConfig }: Panel): string {
  const { unit, thresholds } = fieldConfig!.defaults;
  const isBadAtFirst = thresholds?.steps[0]?.color === 'red';
  if (unit === 'percentunit') return isBadAtFirst ? '100 %' : '61 %';
  return thresholds === undefined ? '12' : '0';
}

const number: Glyph = ({ width, height }, panel) => [
  text(calm(panel), { x: width / 2, y: height * 0.82, 'text-anchor': 'middle', class: 'number' }),
];

const states: Glyph = ({ width, height }, panel) =>
  Array.from({ length: 5 }, (_, index) => {
    const y = (index * height) / 5;
    const cut = width * (0.3 + noise(seedOf(panel), index) * 0.5);
    const strip = (x: number, length: number, kind: string) =>
      shape('rect', { x, y, width: length, height: (height / 5) * 0.7, class: kind });
    if (index % 3 !== 1) return [strip(0, width, 'good')];
    return [
      strip(0, cut, 'good'),
      strip(cut, width * 0.12, 'bad'),
      strip(cut + width * 0.12, width * 0.88 - cut, 'good'),
    ];
  }).flat();

const list: Glyph = ({ width, height }) =>
  Array.from({ length: 5 }, (_, line) =>
    [0.32, 0.14, 0.3, 0.12].map((share, column) =>
      shape('rect', {
        x: [0, 0.36, 0.54, 0.88][column]! * width,
        y: (line * height) / 5 + 4,
        width: share * width,
        height: 6,
        rx: 3,
        class: line === 0 ? 'head' : column === 1 ? ['bad', 'fill1'][line % 2]! : 'cell',
      }),
    ),
  ).flat();

const shares: Glyph = ({ width, height }, panel) =>
  Array.from({ length: 5 }, (_, index) => {
    const bar = { x: 0, y: (index * height) / 5 + 2, height: (height / 5) * 0.55, rx: 2 };
    return [
      shape('rect', { ...bar, width, class: 'cell' }),
      shape('rect', {
        ...bar,
        width: width * (0.9 - index * 0.13 - noise(seedOf(panel), index) * 0.08),
        class: 'good',
      }),
    ];
  }).flat();

const GLYPHS: Readonly<Record<string, Glyph>> = {
  timeseries: (area, panel) => (panel.fieldConfig?.defaults.custom?.drawStyle === 'bars' ? bars : lines)(area, panel),
  stat: number,
  'state-timeline': states,
  table: list,
  bargauge: shares,
};

/** @throws Error for a kind that nobody has drawn yet */
export function glyph(area: Area, panel: Panel): string[] {
  const draw = GLYPHS[panel.type];
  if (draw === undefined) throw new Error(`no glyph for a panel of type ${panel.type}`);
  return draw(area, panel);
}
