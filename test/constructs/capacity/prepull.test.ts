import { find, objectsOfToml, type Rendered } from '../../render';

const NAME = 'openhands-prepull';
const IMAGE = 'ghcr.io/openhands/agent-server:1.58.2-python';
const toml = (rest = '', kubernetes = '') =>
  `[kubernetes]\nnamespace = "box"\n${kubernetes}\n[deploy]\ncontract = "agent-server"\nprepull = {}\n${rest}`;
const podSpec = (text = toml()): Rendered => find(objectsOfToml(text), 'DaemonSet', NAME).spec.template.spec;

const RESTRICTED = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  privileged: false,
  readOnlyRootFilesystem: true,
};

test('each node has this Pod, all of it', () => {
  const resources = {
    requests: { cpu: '1m', memory: '8Mi', 'ephemeral-storage': '1Mi' },
    limits: { memory: '16Mi', 'ephemeral-storage': '16Mi' },
  };

  expect(podSpec()).toEqual({
    serviceAccountName: NAME,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 0,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65535,
      runAsGroup: 65535,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    initContainers: [{ name: 'pull-0', image: IMAGE, command: ['true'], resources, securityContext: RESTRICTED }],
    containers: [{ name: 'pause', image: 'registry.k8s.io/pause:3.10', resources, securityContext: RESTRICTED }],
  });
});

test('each image is pulled once, those of every pool among them', () => {
  const pools = `[deploy.pools.a]\nruntime_container_image = "example.com/a:1"\n[deploy.pools.b]\n`;

  expect(podSpec(toml(pools)).initContainers.map(({ image }: Rendered) => image)).toEqual([IMAGE, 'example.com/a:1']);
});

test('they come from where the sandboxes’ come from', () => {
  const mirrored = '[deploy.images.mirrors]\n"ghcr.io" = "registry.example.com/ghcr"';

  expect(podSpec(toml(mirrored)).initContainers[0].image).toMatch(/^registry\.example\.com\/ghcr\//);
});

test('the pull secrets of sandboxes and of our own Pods are asked', () => {
  const text = toml('system_pods = { image_pull_secret = "ours" }', 'image_pull_secret = "theirs"');

  expect(podSpec(text).imagePullSecrets).toEqual([{ name: 'ours' }, { name: 'theirs' }]);
});

describe('the nodes', () => {
  const kubernetes =
    'node_selector_key = "pool"\nnode_selector_val = "sandboxes"\ntolerations_yaml = "[{ key: pool, operator: Exists }]"';
  const classOf = (name: string) =>
    `[deploy.runtime_classes.${name}]\nhandler = "${name}"\nnode_selector = { runtime = "${name}" }\ntolerations = [{ key = "${name}", operator = "Exists" }]\n`;

  test('are those of the sandboxes', () => {
    expect(podSpec(toml('', kubernetes))).toMatchObject({
      nodeSelector: { pool: 'sandboxes' },
      tolerations: [{ key: 'pool', operator: 'Exists' }],
    });
  });

  test('are those of their RuntimeClass', () => {
    expect(
      podSpec(toml(`[deploy.security]\nruntime_class = "gvisor"\n${classOf('gvisor')}`, kubernetes)),
    ).toMatchObject({
      nodeSelector: { pool: 'sandboxes', runtime: 'gvisor' },
      tolerations: [
        { key: 'pool', operator: 'Exists' },
        { key: 'gvisor', operator: 'Exists' },
      ],
    });
  });

  test('are those of every pool, where pools have others', () => {
    const pools = '[deploy.pools.a]\nruntime_class = "gvisor"\n[deploy.pools.b]\nruntime_class = "kata"\n';
    const spec = podSpec(toml(pools + classOf('gvisor') + classOf('kata'), kubernetes));

    expect(spec.nodeSelector).toEqual({ pool: 'sandboxes' });
    expect(spec.tolerations.map(({ key }: Rendered) => key)).toEqual(['pool', 'gvisor', 'kata']);
  });
});

test('it asks nothing of the runtime, and may be put on every node', () => {
  expect(podSpec(toml('[deploy.security]\nruntime_class = "gvisor"'))).not.toHaveProperty('runtimeClassName');
});

test('it talks with nobody', () => {
  expect(find(objectsOfToml(toml()), 'NetworkPolicy', `${NAME}-default-deny`).spec).toMatchObject({
    podSelector: { matchLabels: { 'app.kubernetes.io/name': NAME } },
    policyTypes: ['Ingress', 'Egress'],
  });
});
