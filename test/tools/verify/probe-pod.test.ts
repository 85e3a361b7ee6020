import { probePod } from '../../../tools/verify/probe-pod';
import { renderToml } from '../../render';

const peer = { namespace: 'apps', labels: { app: 'openhands' } };

const specWith = (toml: string) =>
  probePod({ peer, image: 'busybox:1.35', deadline: 60, systemPods: renderToml(toml).profile.deploy.system_pods }).spec;

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
