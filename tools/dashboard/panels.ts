/** How every panel of the dashboard looks. */
import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BarGaugeDisplayMode,
  BigValueGraphMode,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type DynamicConfigValue,
  type Panel,
  type Threshold,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import type { TemplatePanel } from '../../constructs/monitoring/dashboard-template';

/** Whichever Prometheus is chosen at the top of the dashboard. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** Of a band: lines of Grafana's grid, which are 30 pixels each. */
export const HEIGHT = { strip: 4, low: 6, tall: 7 } as const;

export interface Query {
  readonly expr: string;
  readonly legend: string;
  /** A bound that the other lines are read against. @default false */
  readonly isBound?: boolean;
}

/** A panel as the dashboard's tables list it: what it says of itself, and what a profile has to do with it. */
interface About extends Omit<TemplatePanel, 'panel'> {
  /** Part of a panel's address: it stays when the panel moves, and is not given to another. */
  readonly id: number;
  readonly title: string;
  /** What it means, in a sentence. */
  readonly description: string;
  /** Of Grafana: https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts */
  readonly unit: string;
  /** Colours by value. @default Grafana's own */
  readonly steps?: ThresholdsConfigBuilder;
}

interface OfQuery extends About {
  readonly query: Query;
}

interface OfQueries extends About {
  readonly queries: readonly Query[];
}

/** What one panel has of its own. */
type Own<T> = (panel: T) => T;

const asItIs = <T>(panel: T): T => panel;

/** What every builder of a panel has. */
interface Described {
  id(id: number): this;
  title(title: string): this;
  description(description: string): this;
  unit(unit: string): this;
  datasource(datasource: typeof DATASOURCE): this;
  withTarget(query: DataqueryBuilder): this;
  thresholds(steps: ThresholdsConfigBuilder): this;
  build(): Panel;
}

const refId = (index: number) => String.fromCharCode('A'.charCodeAt(0) + index);

function described<T extends Described>(builder: T, about: About, queries: readonly DataqueryBuilder[]): T {
  const { id, title, description, unit } = about;
  builder.id(id).title(title).description(description).unit(unit).datasource(DATASOURCE);
  for (const [index, query] of queries.entries()) builder.withTarget(query.refId(refId(index)).datasource(DATASOURCE));
  return builder;
}

function built(builder: Described, { steps, needs, threshold, alerts }: About): TemplatePanel {
  if (steps) builder.thresholds(steps);
  return { panel: builder.build(), needs, threshold, alerts };
}

const overTime = ({ expr, legend }: Query) => new DataqueryBuilder().expr(expr).legendFormat(legend).range();

const now = ({ expr, legend }: Query) => new DataqueryBuilder().expr(expr).legendFormat(legend).instant();

const tooltip = () => new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending);

const legend = () =>
  new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .calcs(['lastNotNull', 'max'])
    .sortBy('Max')
    .sortDesc(true);

/** Dashed, thin, in a colour of its own, and without the area below. */
const BOUND: DynamicConfigValue[] = [
  { id: 'color', value: { mode: 'fixed', fixedColor: 'text' } },
  { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
  { id: 'custom.fillOpacity', value: 0 },
  { id: 'custom.lineWidth', value: 1 },
  { id: 'custom.stacking', value: { mode: 'none', group: 'A' } },
];

function graph(about: OfQueries): timeseries.PanelBuilder {
  const { queries } = about;
  const panel = described(new timeseries.PanelBuilder(), about, queries.map(overTime))
    .min(0)
    // A sandbox has the same colour in every panel.
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .lineWidth(1)
    .fillOpacity(10)
    .showPoints(VisibilityMode.Never)
    .legend(legend())
    .tooltip(tooltip());
  for (const [index, { isBound }] of queries.entries()) if (isBound) panel.overrideByQuery(refId(index), BOUND);
  return panel;
}

/**
 * Lines over time, one for each sandbox or whatever the queries tell apart: shares up to the whole, numbers without a unit
 * in whole steps, and a threshold, where the panel has one, as a dashed line.
 */
export function lines(about: OfQueries): TemplatePanel {
  const panel = graph(about);
  if (about.unit === 'percentunit') panel.axisSoftMax(1);
  if (about.unit === 'none') panel.decimals(0);
  if (about.steps || about.threshold) panel.thresholdsStyle(dashed());
  return built(panel, about);
}

/** Bars over time that stand on each other: for what is counted. */
export const bars = (about: OfQueries, own: Own<timeseries.PanelBuilder> = asItIs): TemplatePanel =>
  built(
    own(
      graph(about)
        .drawStyle(GraphDrawStyle.Bars)
        .fillOpacity(70)
        .decimals(0)
        .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A')),
    ),
    about,
  );

const dashed = () => new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed);

/** A colour, and others from a value on. */
export const steps = (base: string, ...above: [number, string][]) =>
  new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([
      { value: null, color: base } as Threshold,
      ...above.map(([value, color]): Threshold => ({ value, color })),
    ]);

const lastValue = () => new ReduceDataOptionsBuilder().calcs(['lastNotNull']);

/** One number. */
export const number = (about: OfQuery, own: Own<stat.PanelBuilder> = asItIs): TemplatePanel =>
  built(
    own(
      described(new stat.PanelBuilder(), about, [overTime(about.query)])
        .graphMode(BigValueGraphMode.Area)
        .reduceOptions(lastValue()),
    ),
    about,
  );

/** A bar for each, up to a whole. */
export const shares = (about: OfQuery): TemplatePanel =>
  built(
    described(new bargauge.PanelBuilder(), about, [now(about.query)])
      .min(0)
      .max(1)
      .displayMode(BarGaugeDisplayMode.Basic)
      .orientation(VizOrientation.Horizontal)
      .reduceOptions(lastValue()),
    about,
  );

/** A strip of states for each, over time. */
export const states = (about: OfQuery, own: Own<statetimeline.PanelBuilder>): TemplatePanel =>
  built(
    own(
      described(new statetimeline.PanelBuilder(), about, [overTime(about.query)])
        .showValue(VisibilityMode.Never)
        .rowHeight(0.8)
        .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
        .legend(new VizLegendOptionsBuilder().showLegend(true).displayMode(LegendDisplayMode.List).calcs([]))
        .tooltip(tooltip()),
    ),
    about,
  );

/** A line of text for each series that there is now. */
export const list = (about: About & { readonly expr: string }, own: Own<table.PanelBuilder>): TemplatePanel =>
  built(
    own(
      described(new table.PanelBuilder(), about, [
        new DataqueryBuilder().expr(about.expr).instant().format(PromQueryFormat.Table),
      ]),
    ),
    about,
  );

/** A series, or a field of a table, in a colour of its own. */
export const coloured = (fixedColor: string): DynamicConfigValue[] => [
  { id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor } },
];
