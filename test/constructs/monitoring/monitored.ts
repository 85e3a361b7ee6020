import type { Rendered } from '../../render';
import { renderToml } from '../../render';

/** What staging renders with monitoring on, and what else a test says. */
export const monitored = (monitoring = '', more = ''): Rendered[] =>
  renderToml(`[deploy]\nextends = "staging"\n[deploy.monitoring]\n${monitoring}\n${more}`).objects;
