import * as z from 'zod';
import { NativeToleration } from './tolerations';
import { ByteQuantity, CpuQuantity, DnsLabel, LabelKey, LabelValue } from './values';

/** `[deploy.runtime_classes.NAME]`: a RuntimeClass that this program makes. */
export const RuntimeClassConfig = z.strictObject({
  /** What the nodes' container runtime calls it, such as runsc for gVisor. */
  handler: DnsLabel,
  /** Labels of the nodes that have it; its Pods run on no others. */
  node_selector: z.record(LabelKey, LabelValue).default({}),
  /** Taints of those nodes, which its Pods tolerate: key, operator, value, effect, toleration_seconds. */
  tolerations: z.array(NativeToleration).default([]),
  /** What the runtime itself takes for each Pod, beside the containers. The scheduler counts it, and so does the quota. */
  overhead: z
    .strictObject({
      /** Cores; absent: none. */
      cpu: CpuQuantity.optional(),
      /** Memory, bytes; absent: none. */
      memory: ByteQuantity.optional(),
    })
    .prefault({}),
});
export type RuntimeClassConfig = z.infer<typeof RuntimeClassConfig>;
