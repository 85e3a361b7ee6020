import { changesOf } from '../../../tools/review/change';
import { reviewPage } from '../../../tools/review/markdown';
import { bySecurity, securityReasons } from '../../../tools/review/security';
import { find, objectsOf, type Rendered } from '../../render';

const before = objectsOf('staging');

/** What is changed by hand in a rendering. */
function changed(edit: (objects: Rendered[]) => void) {
  const after = structuredClone(before);
  edit(after);
  return changesOf(before, after);
}

const podOf = (objects: Rendered[]) => find(objects, 'Deployment', 'openhands-runtime').spec.template.spec;

const reasonsFor = (edit: (objects: Rendered[]) => void) => changed(edit).map(securityReasons);

test('two equal renderings have no changes', () => {
  expect(changesOf(before, structuredClone(before))).toEqual([]);
});

test.each<[string, string, (objects: Rendered[]) => void]>([
  [
    'a privileged container',
    'what a process may do',
    (it) => (podOf(it).containers[0].securityContext.privileged = true),
  ],
  ['the whole securityContext', 'what a process may do', (it) => delete podOf(it).containers[0].securityContext],
  ["the node's network", "the node's own", (it) => (podOf(it).hostNetwork = true)],
  ['a path of the node', "the node's own", (it) => podOf(it).volumes.push({ name: 'x', hostPath: { path: '/' } })],
  ['a token', 'which identity Pods have', (it) => (podOf(it).automountServiceAccountToken = true)],
  ['an image', 'what runs', (it) => (podOf(it).containers[0].image = 'evil')],
  ['a sidecar', 'what runs', (it) => podOf(it).containers.push({ name: 'side', image: 'x' })],
  [
    'a Secret in a variable',
    'which secrets Pods get',
    (it) => podOf(it).containers[0].env.push({ name: 'X', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }),
  ],
  ['a sandbox without gVisor', 'how Pods are isolated', (it) => (podOf(it).runtimeClassName = 'runc')],
  [
    'another label of its Pods',
    'which policies select the Pods',
    (it) => delete find(it, 'Deployment', 'openhands-runtime').spec.template.metadata.labels.app,
  ],
  [
    'a weaker standard',
    'what Pods the namespace allows',
    (it) =>
      (find(it, 'Namespace', 'openhands-staging').metadata.labels['pod-security.kubernetes.io/enforce'] = 'privileged'),
  ],
  [
    'a Service for the world',
    'what is reachable from outside',
    (it) => (find(it, 'Service', 'openhands-runtime').spec.type = 'LoadBalancer'),
  ],
  [
    'a policy that is gone',
    'who may talk to whom',
    (it) => it.splice(it.indexOf(find(it, 'NetworkPolicy', 'openhands-runtime-default-deny')), 1),
  ],
  [
    "an ingress controller's setting",
    'what is reachable from outside',
    (it) => (find(it, 'Ingress').metadata.annotations = { 'traefik.ingress.kubernetes.io/router.tls': 'false' }),
  ],
  [
    'a right',
    'who may do what',
    (it) => it.push({ apiVersion: 'v1', kind: 'Role', metadata: { name: 'r' }, rules: [] }),
  ],
])('%s concerns security: %s', (_, reason, edit) => {
  expect(reasonsFor(edit)).toEqual([expect.arrayContaining([reason])]);
});

test.each<[string, (objects: Rendered[]) => void]>([
  ['a longer grace period', (it) => (podOf(it).terminationGracePeriodSeconds = 600)],
  ['more replicas', (it) => (find(it, 'HorizontalPodAutoscaler').spec.maxReplicas = 11)],
  [
    "a policy's description",
    (it) => (find(it, 'NetworkPolicy', 'openhands-runtime-allow-api').metadata.annotations = { x: 'y' }),
  ],
])('%s does not', (_, edit) => {
  expect(reasonsFor(edit)).toEqual([[]]);
});

test('what concerns security comes first', () => {
  const changes = changed((it) => {
    podOf(it).terminationGracePeriodSeconds = 600;
    find(it, 'Deployment', 'openhands-runtime-demo').spec.template.spec.hostPID = true;
  });
  const { security, other } = bySecurity(changes);

  expect(security.map(({ object }) => object.metadata.name)).toEqual(['openhands-runtime-demo']);
  expect(other.map(({ object }) => object.metadata.name)).toEqual(['openhands-runtime']);
});

describe('the page for a pull request', () => {
  const changes = changed((it) => {
    podOf(it).hostPID = true;
    find(it, 'HorizontalPodAutoscaler').spec.maxReplicas = 11;
  });

  test('tells a change that several profiles share once', () => {
    const page = reviewPage('main', [
      { profile: 'production', changes },
      { profile: 'staging', changes },
      { profile: 'local', changes: [] },
    ]);
    expect(page).toMatch('2 changes, 1 of them security-relevant.');
    expect(page).toMatch('Unchanged: `local`.');
    expect(page).toMatch(
      "**Deployment/openhands-runtime** changed in `production`, `staging`: the node's own\n\n**recreates**: Every Pod is made anew, with an empty scratch volume: what was in the old one is gone.\n\n```diff\n+ spec.template.spec.hostPID: true\n```",
    );
    expect(page.indexOf('## Security-relevant')).toBeLessThan(page.indexOf('## Other'));
  });

  test('says so when nothing changes', () => {
    expect(reviewPage('main', [{ profile: 'local', changes: [] }])).toMatch('every profile renders the same');
  });
});
