import { containersOf, Manifests } from '../../../constructs/policy/objects';
import { find, renderToml, type Rendered } from '../../render';

const PLACED = `
[deploy.system_pods]
node_selector = { "node-role.kubernetes.io/infra" = "" }
tolerations = [{ key = "infra", operator = "Exists", effect = "NoSchedule" }]
image_pull_secret = "registry"
priority_class = "infrastructure"`;

const MIRRORED = `
[deploy.images.mirrors]
"docker.io" = "registry.example.com/dockerhub"
"ghcr.io" = "registry.example.com/ghcr"
"quay.io" = "registry.example.com/quay"
"registry.k8s.io" = "registry.example.com/k8s"
`;

const placed = (parent: string): Rendered[] => renderToml(`[deploy]\nextends = "${parent}"\n${PLACED}`).objects;

const podSpec = (objects: Rendered[], kind: string, name: string): Rendered => {
  const { spec } = find(objects, kind, name);
  return (kind === 'CronJob' ? spec.jobTemplate.spec : spec).template.spec;
};

test.each([
  ['production', 'Deployment', 'openhands-exporter'],
  ['production', 'CronJob', 'openhands-descheduler'],
  ['local', 'Deployment', 'ubuntu-dev'],
])('in %s the Pods of %s %s have nodes, tolerations, a pull secret and a priority', (parent, kind, name) => {
  expect(podSpec(placed(parent), kind, name)).toMatchObject({
    nodeSelector: { 'node-role.kubernetes.io/infra': '' },
    tolerations: [{ key: 'infra', operator: 'Exists', effect: 'NoSchedule' }],
    imagePullSecrets: [{ name: 'registry' }],
    priorityClassName: 'infrastructure',
  });
});

test('the collector of logs runs where sandboxes run, and is pulled like the others', () => {
  expect(podSpec(placed('production'), 'DaemonSet', 'openhands-logs')).toMatchObject({
    nodeSelector: { 'kubernetes.io/os': 'linux', 'openhands.dev/pool': 'sandboxes' },
    tolerations: [{ operator: 'Exists' }],
    imagePullSecrets: [{ name: 'registry' }],
    priorityClassName: 'infrastructure',
  });
});

test('sandboxes have none of it', () => {
  const plain = renderToml('[deploy]\nextends = "production"').objects;

  for (const [kind, name] of [
    ['StatefulSet', 'openhands-runtime'],
    ['Deployment', 'openhands-runtime-reviews'],
  ] as const) {
    expect(podSpec(placed('production'), kind, name)).toEqual(podSpec(plain, kind, name));
  }
});

test.each(['local', 'development', 'staging', 'production', 'openhands-0.62'])(
  'with mirrors, every container of %s comes from one',
  (parent) => {
    const mirrors = `${MIRRORED}"docker.openhands.dev" = "registry.example.com/openhands"`;
    const { objects } = renderToml(`[deploy]\nextends = "${parent}"\n${mirrors}`);
    const images = new Manifests(objects).pods.flatMap(containersOf).map(({ image }) => image);

    expect(images.length).toBeGreaterThan(0);
    for (const image of images) expect(image).toMatch(/^registry\.example\.com\//);
  },
);

test('the collector beside a sandbox comes from the mirror too', () => {
  const { objects } = renderToml(`
[deploy]
contract = "agent-server"
[deploy.logging]
handlers = ["console", "file", "elasticsearch"]
elasticsearch = { url = "https://search.example.com", collector = "Sidecar" }
${MIRRORED}`);
  const { initContainers } = podSpec(objects, 'Deployment', 'openhands-runtime-default');
  const collector = initContainers.find(({ name }: Rendered) => name === 'collector');

  expect(collector.image).toMatch(/^registry\.example\.com\/dockerhub\/otel\//);
});

test('the OpenHands app, which makes Pods itself, is told the image of the mirror', () => {
  const toml = (images: string) => `
[sandbox]
runtime_container_image = "docker.openhands.dev/openhands/runtime:0.62-nikolaik"
timeout = 60
[deploy.access]
managers = ["apps/openhands"]
${images}`;
  const configOf = (images: string): string =>
    find(renderToml(toml(images)).objects, 'ConfigMap', 'openhands-config').data['config.toml'];

  expect(configOf('')).toContain('runtime_container_image = "docker.openhands.dev/openhands/runtime:0.62-nikolaik"');
  expect(configOf('[deploy.images.mirrors]\n"docker.openhands.dev" = "registry.example.com"')).toBe(
    '[sandbox]\nruntime_container_image = "registry.example.com/openhands/runtime:0.62-nikolaik"\ntimeout = 60\n',
  );
});
