import type { Rendered } from './render';

/** A query of a panel, with what Grafana would put in for the variables of its dashboard. */
export interface PanelQuery {
  readonly panel: string;
  readonly expr: string;
}

/** Every query of a ConfigMap with a dashboard. */
export function dashboardQueries({ data }: Rendered): PanelQuery[] {
  const { templating, panels } = JSON.parse(Object.values<string>(data)[0]!);
  const { query: namespace } = templating.list.find(({ name }: Rendered) => name === 'namespace');
  return panels.flatMap(({ title, targets = [] }: Rendered) =>
    targets.map(({ expr }: Rendered) => ({
      panel: title,
      expr: expr.replaceAll('$namespace', namespace).replaceAll('$sandbox', '.+'),
    })),
  );
}
