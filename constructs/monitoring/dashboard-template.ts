import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Thresholds } from '../../config/schema/monitoring';
import template from './dashboard.json';
import type { Watched } from './watched';

/** What a profile must have for a panel to say anything. */
export type Need =
  | 'cpu-limit'
  | 'own-network'
  | 'network-plugin'
  | 'refusals'
  | 'workspaces'
  | 'pool'
  | 'warm-pool'
  | 'autoscaling'
  | 'quota'
  | 'backup';

/** What there is of it to watch. */
export function needsMet(watched: Watched): Need[] {
  const { pool } = watched;
  const isWarm = pool?.workload === 'SandboxWarmPool';
  const met: Record<Need, boolean> = {
    'cpu-limit': watched.hasCpuLimit,
    'own-network': watched.hasOwnNetwork,
    'network-plugin': watched.networkPlugin !== undefined,
    refusals: watched.refusalsCountedIn !== undefined,
    workspaces: watched.workspaceClaims !== undefined,
    pool: pool !== undefined && !isWarm,
    'warm-pool': isWarm,
    autoscaling: pool !== undefined && pool.replicas === undefined,
    quota: watched.quota !== undefined,
    backup: watched.backup !== undefined,
  };
  return (Object.keys(met) as Need[]).filter((need) => met[need]);
}

export interface TemplatePanel {
  /** As Grafana reads it, but for its place. */
  readonly panel: Panel;
  /** Without any of them it is left out. @default none */
  readonly needs?: readonly Need[];
  /** Alerts that are about what it shows: it links to their runbooks. */
  readonly alerts?: readonly string[];
  /** The threshold of the profile that is drawn into it. */
  readonly threshold?: keyof Thresholds;
}

/** Panels beside each other, which share its width. */
export interface Band {
  /** It begins a section: Grafana's row above it, with this title. */
  readonly section?: { readonly id: number; readonly title: string };
  /** Of all its panels. @default none */
  readonly needs?: readonly Need[];
  /** Lines of Grafana's grid. */
  readonly height: number;
  readonly panels: readonly TemplatePanel[];
}

/** dashboard.json: what is the same for every profile. `npm run dashboard` writes it. */
export interface DashboardTemplate {
  readonly dashboard: Dashboard;
  readonly bands: readonly Band[];
}

/** Typed by hand: what TypeScript makes of a file is a type for each panel of its own. */
export const TEMPLATE = template as unknown as DashboardTemplate;
