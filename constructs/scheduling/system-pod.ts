import type { SystemPodsConfig } from '../../config/schema/system-pods';
import type { k8s } from '../k8s';

/** The part of a PodSpec that says where a Pod may run, how important it is and what pulls its images. */
export type Placement = Pick<k8s.PodSpec, 'priorityClassName' | 'nodeSelector' | 'tolerations' | 'imagePullSecrets'>;

/** Who pulls the images of a Pod of ours, and what it goes before: also of one that has its nodes from elsewhere. */
export const systemPull = ({ image_pull_secret, priority_class }: SystemPodsConfig): Placement => ({
  ...(priority_class !== undefined && { priorityClassName: priority_class }),
  ...(image_pull_secret !== undefined && { imagePullSecrets: [{ name: image_pull_secret }] }),
});

/** What every Pod of ours that is no sandbox has from `[deploy.system_pods]`. */
export const systemPlacement = (config: SystemPodsConfig): Placement => ({
  ...systemPull(config),
  ...(Object.keys(config.node_selector).length > 0 && { nodeSelector: { ...config.node_selector } }),
  ...(config.tolerations.length > 0 && { tolerations: [...config.tolerations] }),
});
