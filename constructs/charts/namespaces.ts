import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Profile } from '../../config/schema/profile';
import { SandboxNamespace } from '../namespace';

/** `0-namespaces`: what everything else lives in. */
export class NamespacesChart extends Chart {
  constructor(scope: Construct, id: string, { kubernetes, deploy }: Profile) {
    super(scope, id);
    new SandboxNamespace(this, kubernetes.namespace, {
      name: kubernetes.namespace,
      standard: deploy.security.pod_security_standard,
    });
  }
}
