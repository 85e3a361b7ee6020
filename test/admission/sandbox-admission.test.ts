import { find, objectsOfToml, type Rendered } from '../render';
import { judge } from './judge';

const MANAGER = 'system:serviceaccount:apps:openhands';

const objects = objectsOfToml(`
[kubernetes]
namespace = "sandboxes"
[deploy]
contract = "agent-server"
sessions = ["demo"]
session_workload = "Sandbox"
[deploy.access]
managers = ["apps/openhands"]`);

const sandbox = (): Rendered => {
  const it = structuredClone(find(objects, 'Sandbox'));
  it.metadata.labels['agents.x-k8s.io/warm-pool-sandbox'] = 'a';
  return it;
};

/** What the policy says when a user changes a Sandbox. */
function change(by: (sandbox: Rendered) => void, user = MANAGER, resource = 'sandboxes'): string[] {
  const object = sandbox();
  by(object);
  return judge(objects, { operation: 'UPDATE', resource, object, oldObject: sandbox(), user });
}

const POD_TEMPLATE = 'a sandbox manager may not change the podTemplate of a Sandbox';
const SPEC = "a sandbox manager may change nothing of a Sandbox's spec but operatingMode, shutdownPolicy, shutdownTime";
const METADATA = 'a sandbox manager may not change labels and annotations of agents.x-k8s.io/';

describe('a manager', () => {
  test.each([
    ['suspend', (it: Rendered) => (it.spec.operatingMode = 'Suspended')],
    ['say when it ends', (it: Rendered) => (it.spec.shutdownTime = '2030-01-01T00:00:00Z')],
    ['say what becomes of it', (it: Rendered) => (it.spec.shutdownPolicy = 'Delete')],
    ['not say what becomes of it', (it: Rendered) => delete it.spec.shutdownPolicy],
    ['annotate', (it: Rendered) => (it.metadata.annotations = { 'example.com/a': 'b' })],
    ['label', (it: Rendered) => (it.metadata.labels['example.com/a'] = 'b')],
  ])('may %s a Sandbox', (_, by) => {
    expect(change(by)).toEqual([]);
  });

  test.each<[string, (it: Rendered) => void, string]>([
    ['the account of its Pod', (it) => (it.spec.podTemplate.spec.serviceAccountName = 'default'), POD_TEMPLATE],
    ['the labels of its Pod', (it) => delete it.spec.podTemplate.metadata.labels.app, POD_TEMPLATE],
    ['its claims', (it) => (it.spec.volumeClaimTemplates[0].spec.storageClassName = 'another'), SPEC],
    ['its claims, by taking them away', (it) => delete it.spec.volumeClaimTemplates, SPEC],
    ['its Service', (it) => (it.spec.service = true), SPEC],
    ['its Service, by not speaking of it', (it) => delete it.spec.service, SPEC],
    ['what a later version may have', (it) => (it.spec.another = 'a'), SPEC],
    ['the pool that it is of', (it) => (it.metadata.labels['agents.x-k8s.io/warm-pool-sandbox'] = 'b'), METADATA],
    ['whether it is of a pool', (it) => delete it.metadata.labels['agents.x-k8s.io/warm-pool-sandbox'], METADATA],
    ['the labels, by taking all away', (it) => delete it.metadata.labels, METADATA],
    ['which Pod is its own', (it) => (it.metadata.annotations = { 'agents.x-k8s.io/pod-name': 'a' }), METADATA],
  ])('may not change %s', (_, by, message) => {
    expect(change(by)).toEqual([message]);
  });

  test('may not by a subresource either', () => {
    expect(change((it) => (it.spec.service = true), MANAGER, 'sandboxes/scale')).toEqual([SPEC]);
  });
});

test('the policy is about managers alone', () => {
  expect(change((it) => (it.spec.service = true), 'system:serviceaccount:agent-sandbox-system:controller')).toEqual([]);
});

test('the policy is about Sandboxes in the sandboxes’ namespace, in every version', () => {
  const { spec } = find(objects, 'ValidatingAdmissionPolicy');

  expect(spec.failurePolicy).toBe('Fail');
  expect(spec.matchConstraints.resourceRules).toEqual([
    {
      apiGroups: ['agents.x-k8s.io'],
      apiVersions: ['*'],
      operations: ['UPDATE'],
      resources: ['sandboxes', 'sandboxes/*'],
    },
  ]);
  expect(find(objects, 'ValidatingAdmissionPolicyBinding').spec).toEqual({
    policyName: 'openhands-runtime-sandboxes.sandboxes',
    validationActions: ['Deny'],
    matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'sandboxes' } } },
  });
});
