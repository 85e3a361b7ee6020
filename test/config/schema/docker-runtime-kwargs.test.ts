import { DockerRuntimeKwargs } from '../../../config/schema/docker-runtime-kwargs';
import { load, refusals } from '../config-file';

test('every argument that a Pod can carry out is here', () => {
  expect(Object.keys(DockerRuntimeKwargs.shape).sort()).toEqual(
    ['cap_add', 'dns', 'extra_hosts', 'mem_limit', 'nano_cpus', 'privileged', 'shm_size'].sort(),
  );
});

test.each([
  ['512m', '512Mi'],
  ['2g', '2Gi'],
  ['2G', '2Gi'],
  ['64k', '64Ki'],
  ['1024b', '1024'],
  ['1024', '1024'],
  [1073741824, '1073741824'],
])("Docker's memory %j is %s", (docker, quantity) => {
  const { mem_limit, shm_size } = DockerRuntimeKwargs.parse({ mem_limit: docker, shm_size: docker });
  expect([mem_limit, shm_size]).toEqual([quantity, quantity]);
});

test.each([
  ['a table', { a: '1.2.3.4', b: '::1' }],
  ['a list', ['a:1.2.3.4', 'b:::1']],
])('extra hosts may be %s', (_, extra_hosts) => {
  expect(DockerRuntimeKwargs.parse({ extra_hosts }).extra_hosts).toEqual([
    ['a', '1.2.3.4'],
    ['b', '::1'],
  ]);
});

test('a capability may be written as Docker or as Linux does', () => {
  const { cap_add } = DockerRuntimeKwargs.parse({ cap_add: ['net_admin', 'CAP_CHOWN', 'KILL'] });
  expect(cap_add).toEqual(['NET_ADMIN', 'CHOWN', 'KILL']);
});

const MEMORY = 'bytes as Docker writes them, such as "512m" or "2g"';
const HOSTS = 'a table of host = "IP address", or a list of "host:IP address"';

test.each([
  ['mem_limit = "1x"', 'mem_limit', `${MEMORY}, got "1x"`],
  ['mem_limit = 0', 'mem_limit', `${MEMORY}, got 0`],
  ['mem_limit = -1', 'mem_limit', `${MEMORY}, got -1`],
  ['shm_size = 1.5', 'shm_size', `${MEMORY}, got 1.5`],
  ['shm_size = "0"', 'shm_size', `${MEMORY}, got "0"`],
  ['nano_cpus = 5', 'nano_cpus', 'a whole number of at least 1000000 (0.001 cores), got 5'],
  ['nano_cpus = "1"', 'nano_cpus', 'a whole number of at least 1000000 (0.001 cores), got "1"'],
  ['cap_add = ["NET ADMIN"]', 'cap_add[0]', 'a capability such as NET_ADMIN, got "NET ADMIN"'],
  ['extra_hosts = 5', 'extra_hosts', `${HOSTS}, got 5`],
  ['extra_hosts = ["a"]', 'extra_hosts[0]', `${HOSTS}, got "a"`],
  ['extra_hosts = ["a:host-gateway"]', 'extra_hosts[0]', `${HOSTS}, got "a:host-gateway"`],
  ['extra_hosts = { a = "b" }', 'extra_hosts.a', 'an IP address, got "b"'],
  ['dns = ["a"]', 'dns[0]', 'an IP address, got "a"'],
  ['dns = ["1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4"]', 'dns', 'at most 3 name servers, got a list'],
  ['privileged = 1', 'privileged', 'true or false, got 1'],
])('%s is refused', (line, field, expected) => {
  expect(refusals(`[sandbox.docker_runtime_kwargs]\n${line}`)).toEqual([
    `config.toml:2: sandbox.docker_runtime_kwargs.${field}: must be ${expected}`,
  ]);
});

test('any other argument of Docker is refused by its name', () => {
  expect(refusals('[sandbox]\ndocker_runtime_kwargs = { auto_remove = true, mem_limt = "1g" }')).toEqual([
    'config.toml:2: sandbox.docker_runtime_kwargs.auto_remove: unknown key',
    'config.toml:2: sandbox.docker_runtime_kwargs.mem_limt: unknown key, did you mean mem_limit?',
  ]);
});

test('none need be given', () => {
  expect(load('').profile.sandbox.docker_runtime_kwargs).toEqual({
    cap_add: [],
    dns: [],
    extra_hosts: [],
    privileged: false,
  });
});
