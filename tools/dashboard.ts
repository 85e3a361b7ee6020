/** `npm run dashboard`: what is the same in every profile's dashboard, built with Grafana's own SDK. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ConstantVariableBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DashboardTemplate } from '../constructs/monitoring/dashboard-template';
import { FLEET } from './dashboard/fleet';
import { DATASOURCE } from './dashboard/panels';
import { series } from './dashboard/queries';
import { RESOURCES } from './dashboard/resources';
import { SANDBOXES } from './dashboard/sandboxes';

const sandbox = () =>
  new QueryVariableBuilder('sandbox')
    .label('Sandbox')
    .datasource(DATASOURCE)
    .query(`label_values(${series('openhands:sandbox:info')}, pod)`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ selected: true, text: 'All', value: '$__all' });

const dashboard = () =>
  new DashboardBuilder('OpenHands sandboxes')
    .description('How the sandboxes are, what they use and how many there may be.')
    .tags(['openhands'])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-6h', to: 'now' })
    .refresh('30s')
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(new ConstantVariableBuilder('namespace'))
    .withVariable(sandbox());

export const template = (): DashboardTemplate => ({
  dashboard: dashboard().build(),
  bands: [...SANDBOXES, ...RESOURCES, ...FLEET],
});

/** dashboard.json as it is written. */
export const text = (): string => `${JSON.stringify(template(), null, 2)}\n`;

if (require.main === module) writeFileSync(join(__dirname, '../constructs/monitoring/dashboard.json'), text());
