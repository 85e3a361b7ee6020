import { Construct } from 'constructs';
import { k8s } from '../k8s';
import { labels } from '../labels';

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

/** What the app server calls (OpenHands/sandbox-server): one claim a conversation, found again by its labels. */
const APP_SERVER: k8s.PolicyRule[] = [
  {
    apiGroups: ['extensions.agents.x-k8s.io'],
    resources: ['sandboxclaims'],
    verbs: ['create', 'get', 'list', 'watch', 'delete'],
  },
  { apiGroups: ['agents.x-k8s.io'], resources: ['sandboxes'], verbs: ['get', 'list', 'watch', 'patch'] },
];

/** The Role of each client. */
const ROLES = {
  KubernetesRuntime: { role: 'openhands-sandbox-manager', rules: KUBERNETES_RUNTIME },
  AgentSandboxWorkspace: { role: 'openhands-sandbox-manager', rules: AGENT_SANDBOX_WORKSPACE },
  AppServer: { role: 'openhands-app-server', rules: APP_SERVER },
} as const;

export interface SandboxManagersProps {
  readonly namespace: string;
  /** ServiceAccounts, each "namespace/name". */
  readonly managers: readonly string[];
  /** What they manage sandboxes with. */
  readonly client: keyof typeof ROLES;
}

/** Who may create or claim sandboxes, with exactly the calls that their client makes. */
export class SandboxManagers extends Construct {
  constructor(scope: Construct, id: string, { namespace, managers, client }: SandboxManagersProps) {
    super(scope, id);
    const metadata = (name: string) => ({ name, namespace, labels: labels({ component: 'access' }) });
    const { role, rules } = ROLES[client];
    new k8s.KubeRole(this, 'role', { metadata: metadata(role), rules });
    for (const manager of managers) {
      const [managerNamespace, name] = manager.split('/') as [string, string];
      new k8s.KubeRoleBinding(this, manager.replace('/', '.'), {
        metadata: metadata(`${role}.${managerNamespace}.${name}`),
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
        subjects: [{ kind: 'ServiceAccount', name, namespace: managerNamespace }],
      });
    }
  }
}
