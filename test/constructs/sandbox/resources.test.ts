import { find, objectsOfToml, podOf, type Rendered } from '../../render';

const resourcesOf = (toml = ''): Rendered => podOf(objectsOfToml(toml)).spec.containers[0].resources;

const GPU = 'nvidia.com/gpu';

test.each([
  ['resource_cpu_request = "250m"', 'requests', 'cpu', '250m'],
  ['resource_memory_request = "512Mi"', 'requests', 'memory', '512Mi'],
  ['resource_memory_limit = "8Gi"', 'limits', 'memory', '8Gi'],
])('%s is %s.%s', (line, side, resource, quantity) => {
  expect(resourcesOf(`[kubernetes]\n${line}`)[side][resource]).toBe(quantity);
});

test('OpenHands’s defaults are one core, 1Gi and at most 2Gi', () => {
  expect(resourcesOf()).toMatchObject({ requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } });
});

test('there is no CPU limit by default: a sandbox may use what its node has left', () => {
  expect(resourcesOf().limits).not.toHaveProperty('cpu');
});

test('deploy.resources.cpu_limit throttles a sandbox', () => {
  expect(resourcesOf('[deploy.resources]\ncpu_limit = "2"').limits.cpu).toBe('2');
});

test('deploy.resources says what a sandbox may take of its node’s disk', () => {
  const toml = '[deploy.resources]\nephemeral_storage_request = "2Gi"\nephemeral_storage_limit = "3Gi"';

  expect(resourcesOf(toml)).toMatchObject({
    requests: { 'ephemeral-storage': '2Gi' },
    limits: { 'ephemeral-storage': '3Gi' },
  });
});

test('OpenHands 0.62’s own Pod says nothing about its node’s disk', () => {
  const { requests, limits } = resourcesOf('[deploy.security]\npod_security_standard = "privileged"');

  expect({ ...requests, ...limits }).not.toHaveProperty('ephemeral-storage');
});

test.each([
  [1, { requests: { cpu: '250m', memory: '1Gi' }, limits: { memory: '1.5Gi', cpu: '1' } }],
  [2, { requests: { cpu: '500m', memory: '2Gi' }, limits: { memory: '3Gi', cpu: '2' } }],
  [4, { requests: { cpu: '1000m', memory: '4Gi' }, limits: { memory: '6Gi', cpu: '4' } }],
  [8, { requests: { cpu: '2000m', memory: '8Gi' }, limits: { memory: '12Gi', cpu: '8' } }],
])('remote_runtime_resource_factor = %d multiplies requests and limits', (factor, resources) => {
  const toml = `
[kubernetes]
resource_cpu_request = "250m"
resource_memory_limit = "1.5Gi"
[sandbox]
remote_runtime_resource_factor = ${factor}
[deploy.resources]
cpu_limit = "1"
`;

  expect(resourcesOf(toml)).toMatchObject(resources);
});

test('the factor leaves the disk as it is', () => {
  expect(resourcesOf('[sandbox]\nremote_runtime_resource_factor = 8').limits['ephemeral-storage']).toBe('4Gi');
});

test.each([
  ['mem_limit = "4g"', 'memory', '4Gi'],
  ['mem_limit = 4294967296', 'memory', '4294967296'],
  ['nano_cpus = 1500000000', 'cpu', '1500m'],
])('Docker’s %s is limits.%s = %s', (line, resource, quantity) => {
  expect(resourcesOf(`[sandbox.docker_runtime_kwargs]\n${line}`).limits[resource]).toBe(quantity);
});

test.each([
  ['enable_gpu = true', '1'],
  ['enable_gpu = true\ncuda_visible_devices = "3"', '1'],
  ['enable_gpu = true\ncuda_visible_devices = "0,1"', '2'],
  ['cuda_visible_devices = "0,1"', undefined],
])('"%s" asks for %s GPUs', (lines, gpus) => {
  expect(resourcesOf(`[sandbox]\n${lines}`).limits[GPU]).toBe(gpus);
});

test('the dev box is small', () => {
  const { template } = find(objectsOfToml('[deploy.devbox]'), 'Deployment', 'ubuntu-dev').spec;

  expect(template.spec.containers[0].resources).toEqual({
    requests: { cpu: '10m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
    limits: { memory: '1Gi', 'ephemeral-storage': '2Gi' },
  });
});
