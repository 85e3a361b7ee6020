import { contains } from '../../../config/addresses';
import { find, objectsOfToml, type Rendered } from '../../render';

const objects = objectsOfToml('[kubernetes]\nnamespace = "sandboxes"\n[deploy.devbox]');

const podSpec: Rendered = find(objects, 'Deployment', 'ubuntu-dev').spec.template.spec;

test('without [deploy.devbox] there is none', () => {
  expect(objectsOfToml('').map(({ metadata }) => metadata.name)).not.toContain('ubuntu-dev');
});

test('it is ubuntu, waiting', () => {
  expect(podSpec.containers[0]).toMatchObject({ image: 'ubuntu:22.04', command: ['sleep', 'infinity'] });
});

test('it carries the token of the account default, which mirrord lends', () => {
  expect(podSpec).toMatchObject({ serviceAccountName: 'default', automountServiceAccountToken: true });
});

test('what a developer serves on port 3000 is at port 8099 of its Service', () => {
  expect(find(objects, 'Service', 'ubuntu-dev').spec).toEqual({
    selector: { app: 'ubuntu-dev' },
    ports: [{ name: 'http', port: 8099, targetPort: 3000 }],
  });
});

test('mirrord-role is what mirrord and OpenHands call', () => {
  const verbs = ['get', 'list', 'create', 'delete', 'watch', 'update'];

  expect(find(objects, 'Role', 'mirrord-role').rules).toEqual([
    {
      apiGroups: [''],
      resources: ['pods', 'pods/exec', 'pods/portforward', 'services', 'persistentvolumeclaims'],
      verbs,
    },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'networkpolicies'], verbs },
  ]);
});

test('mirrord-binding gives it to the account default of its namespace, and nobody else', () => {
  expect(find(objects, 'RoleBinding', 'mirrord-binding')).toMatchObject({
    roleRef: { kind: 'Role', name: 'mirrord-role' },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'sandboxes' }],
  });
});

test('it is root with what a package manager needs, and may not gain more', () => {
  expect(podSpec.containers[0].securityContext).toEqual({
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'], add: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'] },
    privileged: false,
    readOnlyRootFilesystem: false,
  });
});

describe('its network policy', () => {
  const { spec } = find(objects, 'NetworkPolicy', 'ubuntu-dev');

  test('lets it out to every Pod, which some network plugins do not count as addresses', () => {
    expect(spec.egress[0].to).toContainEqual({ namespaceSelector: {} });
  });

  test('lets the cluster in on one port', () => {
    expect(spec.ingress).toEqual([{ ports: [{ protocol: 'TCP', port: 3000 }] }]);
  });

  test.each([
    ['1.1.1.1/32', true],
    ['10.0.0.1/32', true],
    ['fd12::1/128', true],
    ['169.254.169.254/32', false],
    ['fd00:ec2::254/128', false],
  ])('lets it out to %s: %s', (address, isReached) => {
    const blocks = spec.egress.flatMap(({ to }: Rendered) => to.flatMap(({ ipBlock }: Rendered) => ipBlock ?? []));
    const reached = blocks.some(
      ({ cidr, except = [] }: Rendered) =>
        contains(cidr, address) && !except.some((range: string) => contains(range, address)),
    );

    expect(reached).toBe(isReached);
  });
});
