import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { PodSecurityStandard } from '../../config/schema/deploy';
import { isOwnNamespace } from '../../config/schema/kubernetes';
import type { Profile } from '../../config/schema/profile';
import { hasSystemNamespace } from '../../config/system-namespace';
import { loggingNamespace, SandboxNamespace, systemNamespace } from '../namespace/namespace';

/** The namespaces that a profile makes, each with the standard that it enforces. */
export function namespacesOf({ kubernetes, deploy }: Profile): [string, PodSecurityStandard][] {
  const { security, logging } = deploy;
  const { namespace } = kubernetes;
  const namespaces: ([string, PodSecurityStandard] | false)[] = [
    isOwnNamespace(namespace) && [namespace, security.pod_security_standard],
    hasSystemNamespace(deploy) && [systemNamespace(namespace), 'restricted'],
    // The collector reads files of the node, which the other standards do not allow.
    logging?.elasticsearch?.collector === 'DaemonSet' && [loggingNamespace(namespace), 'privileged'],
  ];
  return namespaces.filter((it) => it !== false);
}

/** `0-namespaces`: what everything else lives in. */
export class NamespacesChart extends Chart {
  constructor(scope: Construct, id: string, namespaces: readonly [string, PodSecurityStandard][]) {
    super(scope, id);
    for (const [name, standard] of namespaces) new SandboxNamespace(this, name, { name, standard });
  }
}
