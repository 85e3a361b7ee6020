import { find, objectsOfToml, type Rendered } from '../render';
import { judge } from './judge';

const SUSPENDER = 'system:serviceaccount:sandboxes-system:openhands-idle-suspender';

const objects = objectsOfToml(`
[kubernetes]
namespace = "sandboxes"
[deploy]
contract = "agent-server"
sessions = ["demo"]
session_workload = "Sandbox"
[deploy.idle]`);

const sandbox = (): Rendered => {
  const it = structuredClone(find(objects, 'Sandbox'));
  it.spec.operatingMode = 'Running';
  it.metadata.annotations = { 'example.com/a': 'b' };
  it.metadata.ownerReferences = [{ kind: 'SandboxClaim', name: 'mine', uid: 'a', apiVersion: 'a' }];
  return it;
};

/** What the policy says when a user changes a Sandbox. */
function change(by: (sandbox: Rendered) => void, user = SUSPENDER, resource = 'sandboxes'): string[] {
  const object = sandbox();
  by(object);
  return judge(objects, { operation: 'UPDATE', resource, object, oldObject: sandbox(), user });
}

const SUSPENDS = 'the idle suspender may only suspend a Sandbox';
const SPEC = "the idle suspender may change nothing of a Sandbox's spec but operatingMode";
const METADATA = "the idle suspender may change nothing of a Sandbox's labels, annotations, finalizers and owners";

const suspend = (it: Rendered) => (it.spec.operatingMode = 'Suspended');

test('the idle suspender may suspend a Sandbox', () => {
  expect(change(suspend)).toEqual([]);
});

test.each<[string, (it: Rendered) => void]>([
  ['resume it', (it) => (it.spec.operatingMode = 'Running')],
  ['leave open whether it runs', (it) => delete it.spec.operatingMode],
])('it may not %s', (_, by) => {
  expect(change(by)).toEqual([SUSPENDS]);
});

test.each<[string, (it: Rendered) => void, string]>([
  ['the account of its Pod', (it) => (it.spec.podTemplate.spec.serviceAccountName = 'default'), SPEC],
  ['its claims, by taking them away', (it) => delete it.spec.volumeClaimTemplates, SPEC],
  ['when it ends', (it) => (it.spec.shutdownTime = '2030-01-01T00:00:00Z'), SPEC],
  ['what becomes of it', (it) => (it.spec.shutdownPolicy = 'Delete'), SPEC],
  ['what a later version may have', (it) => (it.spec.another = 'a'), SPEC],
  ['a label', (it) => (it.metadata.labels.app = 'another'), METADATA],
  ['the labels, by taking all away', (it) => delete it.metadata.labels, METADATA],
  ['an annotation', (it) => (it.metadata.annotations['example.com/a'] = 'c'), METADATA],
  ['finalizers', (it) => (it.metadata.finalizers = ['example.com/a']), METADATA],
  ['whose it is', (it) => (it.metadata.ownerReferences[0].uid = 'b'), METADATA],
])('it may not change %s while it suspends it', (_, by, message) => {
  const both = (it: Rendered) => {
    suspend(it);
    by(it);
  };

  expect(change(both)).toEqual([message]);
  expect(change(both, SUSPENDER, 'sandboxes/scale')).toEqual([message]);
});

test('the policy is about the idle suspender alone', () => {
  expect(change((it) => (it.spec.another = 'a'), 'system:serviceaccount:agent-sandbox-system:controller')).toEqual([]);
});

test('the policy refuses what it cannot judge, in the sandboxes’ namespace', () => {
  const { spec } = find(objects, 'ValidatingAdmissionPolicy', 'openhands-runtime-idle.sandboxes');
  const binding = find(objects, 'ValidatingAdmissionPolicyBinding', 'openhands-runtime-idle.sandboxes');

  expect(spec.failurePolicy).toBe('Fail');
  expect(binding.spec.matchResources.namespaceSelector.matchLabels).toEqual({
    'kubernetes.io/metadata.name': 'sandboxes',
  });
});
