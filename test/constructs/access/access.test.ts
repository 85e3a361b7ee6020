import { App, Chart } from 'cdk8s';
import { Refused } from '../../../config/refusal';
import { SandboxManagers, type SandboxManagersProps } from '../../../constructs/access/access';
import { find, objectsOfToml, type Rendered } from '../../render';

const MANAGERS = '[deploy.access]\nmanagers = ["apps/openhands", "ci/runner"]';

/** What a Role allows, one call each. */
const callsOf = ({ rules }: Rendered): string[] =>
  rules.flatMap(({ apiGroups, resources, verbs }: Rendered) =>
    resources.flatMap((resource: string) => verbs.map((verb: string) => `${verb} ${resource}.${apiGroups[0]}`)),
  );

const roleFor = (client: SandboxManagersProps['client']): Rendered => {
  const chart = new Chart(new App(), 'chart');
  new SandboxManagers(chart, 'managers', { namespace: 'sandboxes', managers: ['apps/openhands'], client });
  return find(chart.toJson(), 'Role', 'openhands-sandbox-manager');
};

test('KubernetesRuntime may do exactly what it calls', () => {
  expect(callsOf(find(objectsOfToml(MANAGERS), 'Role'))).toEqual([
    'get pods.',
    'create pods.',
    'delete pods.',
    'create services.',
    'delete services.',
    'get persistentvolumeclaims.',
    'create persistentvolumeclaims.',
    'delete persistentvolumeclaims.',
    'create ingresses.networking.k8s.io',
    'delete ingresses.networking.k8s.io',
  ]);
});

test('AgentSandboxWorkspace may do exactly what it calls', () => {
  expect(callsOf(roleFor('AgentSandboxWorkspace'))).toEqual([
    'create sandboxclaims.extensions.agents.x-k8s.io',
    'watch sandboxclaims.extensions.agents.x-k8s.io',
    'delete sandboxclaims.extensions.agents.x-k8s.io',
    'get sandboxes.agents.x-k8s.io',
    'watch sandboxes.agents.x-k8s.io',
    'patch sandboxes.agents.x-k8s.io',
    'get pods.',
    'create pods/portforward.',
  ]);
});

test('each manager is bound to the Role, and nobody else', () => {
  const bindings = objectsOfToml(MANAGERS).filter(({ kind }) => kind === 'RoleBinding');

  expect(bindings.map(({ roleRef, subjects }) => ({ role: roleRef.name, subjects }))).toEqual([
    {
      role: 'openhands-sandbox-manager',
      subjects: [{ kind: 'ServiceAccount', name: 'openhands', namespace: 'apps' }],
    },
    {
      role: 'openhands-sandbox-manager',
      subjects: [{ kind: 'ServiceAccount', name: 'runner', namespace: 'ci' }],
    },
  ]);
});

test('accounts of the same name in two namespaces have bindings of their own', () => {
  const objects = objectsOfToml('[deploy.access]\nmanagers = ["a/openhands", "b/openhands"]');
  const names = objects.filter(({ kind }) => kind === 'RoleBinding').map(({ metadata }) => metadata.name);

  expect(names).toEqual(['openhands-sandbox-manager.a.openhands', 'openhands-sandbox-manager.b.openhands']);
});

test('a manager that is named twice is refused, or bound once', () => {
  const render = () => objectsOfToml('[deploy.access]\nmanagers = ["apps/openhands", "apps/openhands"]');
  const problems = () => {
    try {
      return render().filter(({ kind }) => kind === 'RoleBinding');
    } catch (error) {
      if (error instanceof Refused) return error.problems;
      throw error;
    }
  };

  expect(problems()).toHaveLength(1);
});

test('without managers there is no Role', () => {
  expect(objectsOfToml('').map(({ kind }) => kind)).not.toContain('Role');
});

test('a manager of agent-servers makes no Pods itself and gets no Role', () => {
  const kinds = objectsOfToml(`[deploy]\ncontract = "agent-server"\n${MANAGERS}`).map(({ kind }) => kind);

  expect(kinds).not.toContain('Role');
});
