import type { Construct } from 'constructs';
import type { RuntimeClassConfig } from '../../config/schema/runtime-class';
import { k8s } from '../k8s';
import { labels } from '../labels';

/** A container runtime that nodes have beside their default one, such as gVisor: its name is what Pods ask for. */
export class SandboxRuntimeClass extends k8s.KubeRuntimeClass {
  constructor(scope: Construct, name: string, config: RuntimeClassConfig) {
    const { handler, node_selector, tolerations, overhead } = config;
    const hasSelector = Object.keys(node_selector).length > 0;
    const fixed = Object.entries(overhead).filter((entry): entry is [string, string] => entry[1] !== undefined);
    super(scope, `runtime-class-${name}`, {
      metadata: { name, labels: labels({ component: 'sandbox', instance: name }) },
      handler,
      ...(fixed.length > 0 && {
        overhead: {
          podFixed: Object.fromEntries(fixed.map(([resource, text]) => [resource, k8s.Quantity.fromString(text)])),
        },
      }),
      ...((hasSelector || tolerations.length > 0) && {
        scheduling: {
          ...(hasSelector && { nodeSelector: { ...node_selector } }),
          ...(tolerations.length > 0 && { tolerations: [...tolerations] }),
        },
      }),
    });
  }
}
