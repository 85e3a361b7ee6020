import { Construct } from 'constructs';
import { TokenlessServiceAccount } from '../access/service-account';
import { k8s } from '../k8s';
import { COLLECTOR, labels } from '../labels';

export interface CollectorAccessProps {
  /** The collector's. */
  readonly namespace: string;
  readonly sandboxNamespace: string;
}

/** Who the collector is, and that it may look at the sandboxes' Pods, in their namespace alone. */
export class CollectorAccess extends Construct {
  constructor(scope: Construct, id: string, { namespace, sandboxNamespace }: CollectorAccessProps) {
    super(scope, id);
    const metadata = {
      name: COLLECTOR,
      namespace: sandboxNamespace,
      labels: labels({ name: COLLECTOR, component: 'access' }),
    };
    new TokenlessServiceAccount(this, 'account', { name: COLLECTOR, namespace });
    new k8s.KubeRole(this, 'role', {
      metadata,
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
    });
    new k8s.KubeRoleBinding(this, 'role-binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: COLLECTOR },
      subjects: [{ kind: 'ServiceAccount', name: COLLECTOR, namespace }],
    });
  }
}
