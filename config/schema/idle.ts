import * as z from 'zod';
import { CronSchedule, Duration, secondsOf } from './values';

const SHORTEST = 'at least "10s"';

/** `[deploy.idle]`: sandboxes of agent-sandbox that nobody uses stop costing, and their files stay. */
export const IdleConfig = z.strictObject({
  /** Time without a person's and a run's use after which a sandbox is suspended. */
  suspend_after: Duration(2_592_000)
    .refine((text) => secondsOf(text) >= 10, { error: SHORTEST })
    .default('30m'),
  /** When every sandbox is looked at. */
  schedule: CronSchedule.default('*/5 * * * *'),
  /** Say what would be suspended, and suspend nothing. */
  dry_run: z.boolean().default(false),
});
export type IdleConfig = z.infer<typeof IdleConfig>;
