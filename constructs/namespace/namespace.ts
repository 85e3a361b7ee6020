import { Construct } from 'constructs';
import type { PodSecurityStandard } from '../../config/schema/deploy';
import { KEPT } from '../gitops';
import { k8s } from '../k8s';
import { labels } from '../labels';

/** The version of the standards that were read when these manifests were written: a newer cluster asks no more. */
const POD_SECURITY_VERSION = 'v1.34';

/**
 * Where the programs live that watch over the sandboxes: not beside them, because a manager of sandboxes could borrow
 * their accounts.
 */
export const systemNamespace = (sandboxes: string): string => `${sandboxes}-system`;

/** Where the collector of logs lives, which reads files of the node. */
export const loggingNamespace = (sandboxes: string): string => `${sandboxes}-logging`;

export interface SandboxNamespaceProps {
  readonly name: string;
  readonly standard: PodSecurityStandard;
}

/** A namespace that refuses what its Pod Security Standard does not allow. */
export class SandboxNamespace extends Construct {
  constructor(scope: Construct, id: string, { name, standard }: SandboxNamespaceProps) {
    super(scope, id);
    const level = (mode: string) => ({
      [`pod-security.kubernetes.io/${mode}`]: standard,
      [`pod-security.kubernetes.io/${mode}-version`]: POD_SECURITY_VERSION,
    });
    new k8s.KubeNamespace(this, 'namespace', {
      metadata: {
        name,
        annotations: KEPT,
        labels: { ...labels({ component: 'namespace' }), ...level('enforce'), ...level('audit'), ...level('warn') },
      },
    });
  }
}
