import { find, objectsOfToml, type Rendered } from '../render';

const profile = (rest = '', standard = 'baseline') => `
[kubernetes]
namespace = "sandboxes"
${rest}
[deploy.security]
admission_policy = true
pod_security_standard = "${standard}"
`;

const policyOf = (toml: string): Rendered => find(objectsOfToml(toml), 'ValidatingAdmissionPolicy');

const messagesOf = (toml: string): string[] => policyOf(toml).spec.validations.map(({ message }: Rendered) => message);

const PRIVILEGED = 'no container of a sandbox may be privileged';
const HOST_PATH = 'a sandbox may not mount a path of the node';

test('without deploy.security.admission_policy there is none', () => {
  expect(objectsOfToml('').map(({ kind }) => kind)).not.toContain('ValidatingAdmissionPolicy');
});

test('it holds in the sandboxes’ namespace alone', () => {
  const { spec } = find(objectsOfToml(profile()), 'ValidatingAdmissionPolicyBinding');

  expect(spec).toEqual({
    policyName: 'openhands-runtime-pods.sandboxes',
    validationActions: ['Deny'],
    matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'sandboxes' } } },
  });
});

test('its name is the namespace’s own, because policies have none', () => {
  expect(policyOf(profile()).metadata).toMatchObject({ name: 'openhands-runtime-pods.sandboxes' });
  expect(policyOf(profile()).metadata).not.toHaveProperty('namespace');
});

test('a Pod that it cannot judge is refused', () => {
  expect(policyOf(profile()).spec.failurePolicy).toBe('Fail');
});

test('it judges every new Pod, whoever makes it', () => {
  const { matchConstraints, matchConditions } = policyOf(profile()).spec;

  expect(matchConstraints.resourceRules).toEqual([
    { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
  ]);
  expect(matchConditions).toBeUndefined();
});

test('it refuses what this program would not have written', () => {
  expect(messagesOf(profile())).toEqual([
    PRIVILEGED,
    "a sandbox may not use the node's network, processes or IPC",
    HOST_PATH,
    'a Pod may only run as the ServiceAccount openhands-runtime or default',
    'a sandbox may not mount a ServiceAccount token: set automountServiceAccountToken to false',
    'every container of a sandbox needs a memory limit',
  ]);
});

test('its container rules hold for init containers too', () => {
  expect(policyOf(profile()).spec.variables).toEqual([
    {
      name: 'containers',
      expression: 'object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : [])',
    },
  ]);
});

describe('what the profile asks for itself is not refused:', () => {
  test.each(['privileged = true', '[sandbox]\ndocker_runtime_kwargs = { privileged = true }'])('%s', (lines) => {
    expect(messagesOf(profile(lines, 'privileged'))).not.toContain(PRIVILEGED);
  });

  test('a path of the node', () => {
    expect(messagesOf(profile('[sandbox]\nvolumes = "/srv:/srv"', 'privileged'))).not.toContain(HOST_PATH);
  });

  test('the node’s network, but its processes and IPC are', () => {
    const { validations } = policyOf(profile('[sandbox]\nuse_host_network = true', 'privileged')).spec;
    const { expression } = validations.find(({ message }: Rendered) => message.includes("node's network"));

    expect(expression).not.toContain('hostNetwork');
    expect(expression).toContain('hostPID');
    expect(expression).toContain('hostIPC');
  });
});

test('a claim is no path of the node', () => {
  expect(messagesOf(profile('[sandbox]\nvolumes = "data:/data"', 'privileged'))).toContain(HOST_PATH);
});
