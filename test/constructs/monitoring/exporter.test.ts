import { find, objectsOfToml, type Rendered } from '../../render';
import { monitored } from './monitored';

const NAME = 'openhands-exporter';
const deployment = (objects = monitored()): Rendered => find(objects, 'Deployment', NAME);
const podSpec: Rendered = deployment().spec.template.spec;
const containers: Rendered[] = podSpec.containers;

test('without [deploy.monitoring] there is none', () => {
  const names = objectsOfToml('[deploy]\nextends = "local"').map(({ metadata }) => metadata.name);

  expect(names).not.toContain(NAME);
});

test('it lives beside the sandboxes’ namespace, not in it', () => {
  const own = monitored().filter(({ metadata }) => metadata.name === NAME);

  expect(own.map(({ kind }) => kind).sort()).toEqual(['ConfigMap', 'Deployment', 'Service', 'ServiceAccount']);
  expect(new Set(own.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['openhands-staging-system']));
});

test('one container asks for health, the other for what a sandbox says of itself', () => {
  expect(containers.map(({ name, image, ports }) => [name, image, ports[0].containerPort])).toEqual([
    ['blackbox', 'quay.io/prometheus/blackbox-exporter:v0.28.0', 9115],
    ['json', 'quay.io/prometheuscommunity/json-exporter:v0.7.0', 7979],
  ]);
});

test('its Service leads to both, also when one of them is not ready', () => {
  expect(find(monitored(), 'Service', NAME).spec).toEqual({
    selector: { 'app.kubernetes.io/name': NAME },
    publishNotReadyAddresses: true,
    ports: [
      { name: 'blackbox', port: 9115, targetPort: 'blackbox' },
      { name: 'json', port: 7979, targetPort: 'json' },
    ],
  });
});

test('each reads its own file', () => {
  const files = Object.keys(find(monitored(), 'ConfigMap', NAME).data);

  expect(containers.map(({ args }) => args)).toEqual(
    files.map((file) => [`--config.file=/etc/openhands-exporter/${file}`]),
  );
});

test('another configuration makes other Pods', () => {
  const checksum = (toml: string): string =>
    deployment(monitored('', toml)).spec.template.metadata.annotations['checksum/config'];

  expect(checksum('')).toMatch(/^[0-9a-f]{64}$/);
  expect(checksum('[deploy.network]\nip_families = ["IPv6"]\negress = "internet"')).not.toBe(checksum(''));
});

test('it has no business with the Kubernetes API', () => {
  expect(podSpec).toMatchObject({ serviceAccountName: NAME, automountServiceAccountToken: false });
  expect(find(monitored(), 'ServiceAccount', NAME).automountServiceAccountToken).toBe(false);
});

test('it is restricted, whatever the sandboxes are', () => {
  const toml = '[deploy]\nextends = "development"\n[deploy.monitoring]';
  const { spec } = find(objectsOfToml(toml), 'Deployment', NAME).spec.template;

  expect(spec).toEqual(podSpec);
  expect(spec.securityContext).toEqual({
    runAsNonRoot: true,
    runAsUser: 65534,
    runAsGroup: 65534,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  for (const { securityContext } of spec.containers) {
    expect(securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
    });
  }
});
