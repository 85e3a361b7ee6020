import { allSessions, sandboxNamespaces, sessionNamed } from '../../../tools/sessions/find';
import { objectsOf } from '../../render';
import { ClusterOfSandboxes } from './cluster-of-sandboxes';
import { claim, deployment, pod, sandbox, sandboxClaim, sessionsAmong } from './objects';

test('the namespaces are those in which the manifests have sandboxes', () => {
  expect(sandboxNamespaces(objectsOf('agent-sandbox'))).toEqual(['openhands-sandboxes']);
  expect(sandboxNamespaces(objectsOf('production'))).toEqual(['openhands-production']);
});

test('each is found with its Pods and claims', async () => {
  const object = sandbox('x');
  const cluster = new ClusterOfSandboxes(object, pod('x', object), claim('workspace-volume-x', object));

  const sessions = await allSessions(cluster, ['team']);

  expect(sessions).toMatchObject([{ name: 'demo', namespace: 'team', pods: [{}], claims: [{}] }]);
});

describe('by a name', () => {
  const sessions = sessionsAmong(deployment('a'), sandbox('openhands-pool-x', { by: sandboxClaim('mine') }));

  test.each([
    ['its own', 'a', 'Deployment'],
    ["its object's", 'openhands-runtime-a', 'Deployment'],
    ['that of the claim that has it', 'mine', 'Sandbox'],
  ])('a session is found: %s', (_, name, kind) => {
    expect(sessionNamed(sessions, name).workload.kind).toBe(kind);
  });

  test('an unknown one is refused with those that there are', () => {
    expect(() => sessionNamed(sessions, 'b')).toThrow('expected one of a, openhands-pool-x, got b');
    expect(() => sessionNamed([], 'b')).toThrow('there is no session, and so no b');
  });

  test('one that several have is refused with where they are', () => {
    const [session] = sessionsAmong(deployment('a'));

    expect(() => sessionNamed([session!, { ...session!, namespace: 'other' }], 'a')).toThrow(
      'a is a Deployment in team, Deployment in other: say which with --namespace',
    );
  });
});
