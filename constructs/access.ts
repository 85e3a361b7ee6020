import { Construct } from 'constructs';
import { k8s } from './k8s';
import { labels } from './labels';

const NAME = 'openhands-sandbox-manager';

/** What OpenHands's KubernetesRuntime (1.6 and older) calls, all of it: it makes the sandboxes itself. */
const KUBERNETES_RUNTIME: k8s.PolicyRule[] = [
  { apiGroups: [''], resources: ['pods'], verbs: ['get', 'create', 'delete'] },
  { apiGroups: [''], resources: ['services'], verbs: ['create', 'delete'] },
  { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['get', 'create', 'delete'] },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['create', 'delete'] },
];

/** What the OpenHands SDK's AgentSandboxWorkspace calls: it claims from a pool, pauses, resumes, and forwards a port. */
const AGENT_SANDBOX_WORKSPACE: k8s.PolicyRule[] = [
  { apiGroups: ['extensions.agents.x-k8s.io'], resources: ['sandboxclaims'], verbs: ['create', 'watch', 'delete'] },
  { apiGroups: ['agents.x-k8s.io'], resources: ['sandboxes'], verbs: ['get', 'watch', 'patch'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
  { apiGroups: [''], resources: ['pods/portforward'], verbs: ['create'] },
];

export interface SandboxManagersProps {
  readonly namespace: string;
  /** ServiceAccounts, each "namespace/name". */
  readonly managers: readonly string[];
  /** What they manage sandboxes with. */
  readonly client: 'KubernetesRuntime' | 'AgentSandboxWorkspace';
}

/** Who may create or claim sandboxes, with exactly the calls that their client makes. */
export class SandboxManagers extends Construct {
  constructor(scope: Construct, id: string, { namespace, managers, client }: SandboxManagersProps) {
    super(scope, id);
    const metadata = (name: string) => ({ name, namespace, labels: labels({ component: 'access' }) });
    new k8s.KubeRole(this, 'role', {
      metadata: metadata(NAME),
      rules: client === 'KubernetesRuntime' ? KUBERNETES_RUNTIME : AGENT_SANDBOX_WORKSPACE,
    });
    for (const manager of managers) {
      const [managerNamespace, name] = manager.split('/') as [string, string];
      new k8s.KubeRoleBinding(this, manager.replace('/', '.'), {
        metadata: metadata(`${NAME}.${managerNamespace}.${name}`),
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: NAME },
        subjects: [{ kind: 'ServiceAccount', name, namespace: managerNamespace }],
      });
    }
  }
}
