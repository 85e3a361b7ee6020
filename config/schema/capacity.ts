import * as z from 'zod';

/** Of lower ones the cluster-autoscaler would make no node: its `--expendable-pods-priority-cutoff`. */
const LOWEST_PRIORITY = -10;

const PRIORITY = `${LOWEST_PRIORITY} to -1: below every sandbox, and not so low that no autoscaler makes a node for it`;

/** `[deploy.headroom]`: room that is kept free, so that a burst of sandboxes starts at once. */
export const HeadroomConfig = z.strictObject({
  /** Sandboxes that there is room for: placeholders as large as one, which make way. */
  sandboxes: z.int().min(1, { error: 'at least 1' }),
  /** Value of the placeholders' PriorityClass. */
  priority: z
    .int({ error: PRIORITY })
    .min(LOWEST_PRIORITY, { error: PRIORITY })
    .max(-1, { error: PRIORITY })
    .default(LOWEST_PRIORITY),
});
export type HeadroomConfig = z.infer<typeof HeadroomConfig>;

/** `[deploy.prepull]`: every node that sandboxes may run on has their images before the first one comes. */
export const PrepullConfig = z.strictObject({});
