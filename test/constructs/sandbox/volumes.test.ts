import { find, objectsOfToml, podOf, type Rendered } from '../../render';

const specOf = (toml: string): Rendered => podOf(objectsOfToml(toml)).spec;

/** Where each volume is mounted, and what it is. */
const mountsOf = (toml: string): Record<string, Rendered> => {
  const { volumes, containers } = specOf(toml);
  return Object.fromEntries(
    containers[0].volumeMounts.map(({ name, mountPath, ...rest }: Rendered) => {
      const { name: _, ...volume } = volumes.find((it: Rendered) => it.name === name);
      return [mountPath, { ...rest, ...volume }];
    }),
  );
};

const workspace = { persistentVolumeClaim: { claimName: 'openhands-runtime-default-pvc' } };

const RESTRICTED = '[deploy.security]\npod_security_standard = "restricted"\n';
const PRIVILEGED = '[deploy.security]\npod_security_standard = "privileged"\n';

test('the workspace is the session’s claim, under OpenHands’s own name', () => {
  expect(mountsOf('')).toEqual({ '/workspace': workspace });
  expect(specOf('').volumes[0].name).toBe('workspace-volume');
});

test('workspace_mount_path_in_sandbox is where the workspace is mounted', () => {
  expect(Object.keys(mountsOf('[core]\nworkspace_mount_path_in_sandbox = "/work"'))).toEqual(['/work']);
});

describe('sandbox.volumes', () => {
  test.each([
    ['data:/data', { persistentVolumeClaim: { claimName: 'data' } }],
    ['volume:data:/data', { persistentVolumeClaim: { claimName: 'data' } }],
    ['data:/data:rw', { persistentVolumeClaim: { claimName: 'data' } }],
    ['data:/data:ro', { persistentVolumeClaim: { claimName: 'data' }, readOnly: true }],
  ])('%s mounts a claim', (volumes, mount) => {
    expect(mountsOf(`[sandbox]\nvolumes = "${volumes}"`)['/data']).toEqual(mount);
  });

  test('an absolute path is one of the node', () => {
    expect(mountsOf(`[sandbox]\nvolumes = "/srv/models:/models:ro"\n${PRIVILEGED}`)['/models']).toEqual({
      hostPath: { path: '/srv/models' },
      readOnly: true,
    });
  });

  test('several items are mounted beside the workspace', () => {
    expect(mountsOf('[sandbox]\nvolumes = "a:/a,b:/b:ro"')).toEqual({
      '/workspace': workspace,
      '/a': { persistentVolumeClaim: { claimName: 'a' } },
      '/b': { persistentVolumeClaim: { claimName: 'b' }, readOnly: true },
    });
  });

  test('an item on the workspace’s path is the workspace', () => {
    expect(mountsOf('[sandbox]\nvolumes = "mine:/workspace"')).toEqual({
      '/workspace': { persistentVolumeClaim: { claimName: 'mine' } },
    });
  });

  test('an item on the workspace’s path leaves no claim of its own behind', () => {
    const kinds = objectsOfToml('[sandbox]\nvolumes = "mine:/workspace"').map(({ kind }) => kind);

    expect(kinds).toContain('Deployment');
    expect(kinds).not.toContain('PersistentVolumeClaim');
  });

  test('a / at the end of its path makes no difference', () => {
    expect(mountsOf('[sandbox]\nvolumes = "mine:/workspace/"')).toEqual({
      '/workspace': { persistentVolumeClaim: { claimName: 'mine' } },
    });
  });

  test('with another workspace path, /workspace is a path like any other', () => {
    const toml = '[core]\nworkspace_mount_path_in_sandbox = "/work"\n[sandbox]\nvolumes = "mine:/workspace"';

    expect(mountsOf(toml)).toEqual({
      '/work': workspace,
      '/workspace': { persistentVolumeClaim: { claimName: 'mine' } },
    });
  });
});

describe('shm_size', () => {
  test('is a memory-backed /dev/shm', () => {
    expect(mountsOf('[sandbox.docker_runtime_kwargs]\nshm_size = "2g"')['/dev/shm']).toEqual({
      emptyDir: { medium: 'Memory', sizeLimit: '2Gi' },
    });
  });

  test('beside a volume at /dev/shm is refused: two volumes cannot be mounted there', () => {
    const render = () => specOf('[sandbox]\nvolumes = "shm:/dev/shm"\ndocker_runtime_kwargs = { shm_size = "1g" }');

    expect(render).toThrow(/sandbox\.volumes: must leave \/dev\/shm/);
  });
});

describe('the home of the agent-server', () => {
  const HOME = '/home/openhands';
  const AGENT_SERVER = '[deploy]\ncontract = "agent-server"\n';
  const home = { subPath: '.home', ...workspace };

  test.each(['privileged', 'baseline', 'restricted'])('is a folder of the workspace under %s', (standard) => {
    const mounts = mountsOf(`${AGENT_SERVER}[deploy.security]\npod_security_standard = "${standard}"`);

    expect(mounts[HOME]).toEqual(home);
    expect(mounts['/workspace']).toEqual(workspace);
  });

  test('keeps no caches: they would fill the workspace', () => {
    expect(mountsOf(AGENT_SERVER)[`${HOME}/.cache`]).toEqual({ emptyDir: {} });
  });

  test('lies in the volume that sandbox.volumes brings as the workspace', () => {
    expect(mountsOf(`[sandbox]\nvolumes = "mine:/workspace"\n${AGENT_SERVER}`)[HOME]).toEqual({
      subPath: '.home',
      persistentVolumeClaim: { claimName: 'mine' },
    });
  });

  test.each([HOME, `${HOME}/.cache`])('leaves a volume of sandbox.volumes at %s as it is', (path) => {
    expect(mountsOf(`[sandbox]\nvolumes = "mine:${path}"\n${AGENT_SERVER}`)[path]).toEqual({
      persistentVolumeClaim: { claimName: 'mine' },
    });
  });

  test.each([
    ['a Deployment', '[deploy.pool]', 'Deployment'],
    ['a StatefulSet', '[deploy.pool]\nworkload = "StatefulSet"', 'StatefulSet'],
    ['a SandboxWarmPool', '[deploy.pool]\nworkload = "SandboxWarmPool"', 'SandboxTemplate'],
  ])('is in the workspace of a pool of %s too', (_, pool, kind) => {
    const { spec } = find(objectsOfToml(`${AGENT_SERVER}sessions = []\n${pool}`), kind);
    const [{ volumeMounts }] = (spec.template ?? spec.podTemplate).spec.containers;

    expect(volumeMounts).toContainEqual({ name: 'workspace-volume', mountPath: HOME, subPath: '.home' });
  });

  test('of the action execution server is its own', () => {
    expect(Object.keys(mountsOf(''))).toEqual(['/workspace']);
  });
});

describe('a read-only root', () => {
  test('leaves the agent-server its workspace, its home in it, and /tmp to write to', () => {
    expect(mountsOf(`[deploy]\ncontract = "agent-server"\n${RESTRICTED}`)).toEqual({
      '/workspace': workspace,
      '/home/openhands': { subPath: '.home', ...workspace },
      '/home/openhands/.cache': { emptyDir: {} },
      '/tmp': { emptyDir: {} },
    });
  });

  test('leaves the action execution server its workspace, /tmp and its home to write to', () => {
    expect(mountsOf(RESTRICTED)).toEqual({
      '/workspace': workspace,
      '/tmp': { emptyDir: {} },
      '/home/openhands': { emptyDir: {} },
    });
  });

  test('under baseline leaves the action execution server root’s home', () => {
    expect(mountsOf('[deploy.security]\nread_only_root_filesystem = true')).toHaveProperty('/root', { emptyDir: {} });
  });

  test('does not hide a volume that is mounted at /tmp', () => {
    expect(mountsOf(`[sandbox]\nvolumes = "scratch:/tmp"\n${RESTRICTED}`)['/tmp']).toEqual({
      persistentVolumeClaim: { claimName: 'scratch' },
    });
  });

  test('that is not asked for needs no scratch volumes', () => {
    expect(Object.keys(mountsOf(''))).toEqual(['/workspace']);
  });
});
