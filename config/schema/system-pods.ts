import * as z from 'zod';
import { NativeToleration } from './tolerations';
import { DnsSubdomain, LabelKey, LabelValue } from './values';

/**
 * `[deploy.system_pods]`: every Pod of ours that is no sandbox, such as the exporter, the descheduler, the dev box and the
 * probes of `npm run verify`. A sandbox's own settings are in `[kubernetes]`.
 */
export const SystemPodsConfig = z.strictObject({
  /** Labels of the nodes that they run on. The collector of logs runs where sandboxes run, whatever is said here. */
  node_selector: z.record(LabelKey, LabelValue).default({}),
  /** Taints that they tolerate: key, operator, value, effect, toleration_seconds. */
  tolerations: z.array(NativeToleration).default([]),
  /** Name of the Secret that pulls their images; it must be in each of their namespaces. */
  image_pull_secret: DnsSubdomain.optional(),
  /** PriorityClass that must exist; absent: the cluster's default. */
  priority_class: DnsSubdomain.optional(),
});
export type SystemPodsConfig = z.infer<typeof SystemPodsConfig>;
