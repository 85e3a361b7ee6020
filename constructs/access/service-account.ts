import { Construct } from 'constructs';
import { k8s } from '../k8s';
import { labels } from '../labels';

export interface TokenlessServiceAccountProps {
  readonly name: string;
  readonly namespace: string;
}

/** An account whose Pods get no token: a sandbox has no business with the Kubernetes API. */
export class TokenlessServiceAccount extends Construct {
  constructor(scope: Construct, id: string, { name, namespace }: TokenlessServiceAccountProps) {
    super(scope, id);
    new k8s.KubeServiceAccount(this, 'service-account', {
      metadata: { name, namespace, labels: labels({ component: 'access' }) },
      automountServiceAccountToken: false,
    });
  }
}
