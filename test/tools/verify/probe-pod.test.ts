import { containerRules } from '../../../constructs/policy/containers';
import { Manifests } from '../../../constructs/policy/objects';
import { podRules } from '../../../constructs/policy/pods';
import { namespaceManifest, probePod } from '../../../tools/verify/probe-pod';
import { renderToml } from '../../render';

const peer = { namespace: 'apps', labels: { app: 'openhands' } };

const podWith = (toml: string) =>
  probePod({ peer, image: 'busybox:1.35', deadline: 60, systemPods: renderToml(toml).profile.deploy.system_pods });

const specWith = (toml: string) => podWith(toml).spec;

test('a probe Pod runs where the other Pods of ours do', () => {
  const spec = specWith(`
[deploy.system_pods]
node_selector = { infra = "true" }
tolerations = [{ key = "infra", operator = "Exists" }]
image_pull_secret = "registry"
priority_class = "infrastructure"`);

  expect(spec).toMatchObject({
    nodeSelector: { infra: 'true' },
    tolerations: [{ key: 'infra', operator: 'Exists' }],
    imagePullSecrets: [{ name: 'registry' }],
    priorityClassName: 'infrastructure',
  });
});

test('without settings it says nothing of it', () => {
  const fields = Object.keys(specWith(''));

  for (const field of ['nodeSelector', 'tolerations', 'imagePullSecrets', 'priorityClassName']) {
    expect(fields).not.toContain(field);
  }
});

test('a probe Pod is held to what the policy asks of every Pod, but that it is alone, has no account and no probes', () => {
  const manifests = new Manifests([podWith('')]);
  const broken = [...podRules(manifests), ...containerRules(manifests)].map(({ rule }) => rule);

  expect(broken).toEqual(['own-service-account', 'no-bare-pod', 'probes']);
});

test('a probe Pod is in its client’s place, is found by its own label, and ends by itself', () => {
  const { metadata, spec } = podWith('');

  expect(metadata).toEqual({
    name: expect.stringMatching(/^openhands-verify-[0-9a-f]{8}$/),
    namespace: 'apps',
    labels: { app: 'openhands', 'app.kubernetes.io/managed-by': 'openhands-verify' },
  });
  expect(spec.activeDeadlineSeconds).toBe(60);
  expect(spec.containers[0].command).toEqual(['sleep', '60']);
});

test('a probe Pod is never Ready: a Service of its client must not send it calls', () => {
  expect(specWith('').readinessGates).toEqual([{ conditionType: expect.any(String) }]);
});

test('its namespace admits nothing but such Pods', () => {
  expect(namespaceManifest('n').metadata).toEqual({
    name: 'n',
    labels: { 'app.kubernetes.io/managed-by': 'openhands-verify', 'pod-security.kubernetes.io/enforce': 'restricted' },
  });
});
