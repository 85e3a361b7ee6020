import type { Severity } from '../../../config/schema/monitoring';

/** Something that somebody should know. Its page is `docs/runbooks/<alert>.md`. */
export interface Alert {
  readonly alert: string;
  /** Fires for each series that this has. */
  readonly expr: string;
  /** Time for which it must hold, as Prometheus writes it. */
  readonly for: string;
  /**
   * critical: work has stopped, or would be lost; somebody has to act. warning: it will, or some of it has. info: worth
   * knowing when something else is looked into.
   */
  readonly severity: Severity;
  /** What has happened, in one line. */
  readonly summary: string;
  /** What that means, with the number. */
  readonly description: string;
}
