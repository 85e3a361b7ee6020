import { objectsOfToml, podOf, type Rendered } from '../../render';

const specOf = (contract: string, standard: string, toml = ''): Rendered =>
  podOf(
    objectsOfToml(
      `[deploy]\ncontract = "${contract}"\n[deploy.security]\npod_security_standard = "${standard}"\n${toml}`,
    ),
  ).spec;

const contextOf = (...args: Parameters<typeof specOf>): Rendered => specOf(...args).containers[0].securityContext;

const CONTRACTS = ['agent-server', 'action-execution-server'];

describe.each(CONTRACTS)('under restricted the %s', (contract) => {
  test('has the Pod that the standard asks for', () => {
    const { runAsUser, runAsGroup, fsGroup, ...rest } = specOf(contract, 'restricted').securityContext;

    expect(rest).toEqual({
      runAsNonRoot: true,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect([runAsGroup, fsGroup]).toEqual([runAsUser, runAsUser]);
  });

  test('has the container that the standard asks for', () => {
    expect(contextOf(contract, 'restricted')).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
    });
  });
});

describe.each(CONTRACTS)('under baseline the %s', (contract) => {
  test('may not gain privileges', () => {
    expect(contextOf(contract, 'baseline')).toMatchObject({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
    });
  });

  test('is under the runtime’s seccomp profile', () => {
    expect(specOf(contract, 'baseline').securityContext.seccompProfile).toEqual({ type: 'RuntimeDefault' });
  });

  test('may write to its root file system', () => {
    expect(contextOf(contract, 'baseline').readOnlyRootFilesystem).toBe(false);
  });
});

test.each([
  ['baseline', true],
  ['restricted', false],
  ['privileged', true],
])('under %s read_only_root_filesystem = %s is what is said', (standard, readOnly) => {
  const toml = `read_only_root_filesystem = ${readOnly}`;

  expect(contextOf('agent-server', standard, toml).readOnlyRootFilesystem).toBe(readOnly);
});

describe('under privileged', () => {
  test.each([true, false])('kubernetes.privileged = %s is the container’s, and nothing else is said', (privileged) => {
    const toml = `[kubernetes]\nprivileged = ${privileged}`;

    expect(contextOf('action-execution-server', 'privileged', toml)).toEqual({ privileged });
  });

  test('docker_runtime_kwargs.privileged means the same', () => {
    const toml = '[sandbox]\ndocker_runtime_kwargs = { privileged = true }';

    expect(contextOf('action-execution-server', 'privileged', toml)).toEqual({ privileged: true });
  });

  test('the action execution server’s Pod has no security context, as in 0.62', () => {
    expect(specOf('action-execution-server', 'privileged')).not.toHaveProperty('securityContext');
  });

  test('the agent-server, which is no root, still owns its volumes', () => {
    expect(specOf('agent-server', 'privileged').securityContext).toEqual({
      fsGroup: 10001,
      fsGroupChangePolicy: 'OnRootMismatch',
    });
  });
});

describe('cap_add', () => {
  test.each([
    ['privileged', 'SYS_ADMIN', ['SYS_ADMIN']],
    ['privileged', 'CAP_SYS_ADMIN', ['SYS_ADMIN']],
    ['privileged', 'net_admin', ['NET_ADMIN']],
    ['restricted', 'NET_BIND_SERVICE', ['NET_BIND_SERVICE']],
    ['baseline', 'FOWNER', ['CHOWN', 'SETGID', 'SETUID', 'FOWNER']],
    ['baseline', 'CHOWN', ['CHOWN', 'SETGID', 'SETUID']],
  ])('under %s %s is added once', (standard, capability, added) => {
    const toml = `[sandbox]\ndocker_runtime_kwargs = { cap_add = ["${capability}"] }`;

    expect(contextOf('action-execution-server', standard, toml).capabilities.add).toEqual(added);
  });

  test('does not give back what was dropped', () => {
    const toml = '[sandbox]\ndocker_runtime_kwargs = { cap_add = ["NET_BIND_SERVICE"] }';

    expect(contextOf('agent-server', 'baseline', toml).capabilities.drop).toEqual(['ALL']);
  });
});
