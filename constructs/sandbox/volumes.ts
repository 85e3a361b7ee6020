import { parseVolumes } from '../../config/schema/volumes';
import { k8s } from '../k8s';
import { HOME_FOLDER } from './home';
import { hasReadOnlyRoot, type Program, type SandboxTables } from './program';

/** OpenHands's own name of the workspace's volume. */
export const WORKSPACE = 'workspace-volume';

/** The volume of what a program may lose in its home. */
export const CACHE = 'cache';

/** A volume and where the container sees it; one that the workload adds by a claim template has only the place. */
interface Mounted {
  readonly volume?: k8s.Volume;
  readonly mount: k8s.VolumeMount;
}

const mounted = (mountPath: string, volume: k8s.Volume, readOnly = false): Mounted => ({
  volume,
  mount: { name: volume.name, mountPath, ...(readOnly && { readOnly }) },
});

/** Whether `sandbox.volumes` brings the workspace, so that none is made. */
export const bringsWorkspace = ({ core, sandbox }: SandboxTables): boolean =>
  parseVolumes(sandbox.volumes ?? '').mounts.some((it) => it.mountPath === core.workspace_mount_path_in_sandbox);

/** `sandbox.volumes`: paths of the node and claims that exist. */
function userVolumes({ sandbox }: SandboxTables): Mounted[] {
  return parseVolumes(sandbox.volumes ?? '').mounts.map(({ source, mountPath, readOnly }, index) =>
    mounted(
      mountPath,
      {
        name: `volume-${index + 1}`,
        ...('hostPath' in source
          ? { hostPath: { path: source.hostPath } }
          : { persistentVolumeClaim: { claimName: source.claimName } }),
      },
      readOnly,
    ),
  );
}

/** /dev/shm of the size that Docker's `shm_size` asks for; memory counts against the container's limit. */
function sharedMemory({ sandbox }: SandboxTables): Mounted[] {
  const size = sandbox.docker_runtime_kwargs.shm_size;
  if (size === undefined) return [];
  return [
    mounted('/dev/shm', { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString(size) } }),
  ];
}

/** The claim of a workspace: OpenHands's size and class. */
export const workspaceClaim = ({ kubernetes }: SandboxTables): k8s.PersistentVolumeClaimSpec => ({
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: k8s.Quantity.fromString(kubernetes.pvc_storage_size) } },
  storageClassName: kubernetes.pvc_storage_class,
});

/** Where a workspace is kept: in a volume of the Pod, or in one that the workload adds by a claim template. */
export type Workspace = Omit<k8s.Volume, 'name'> | 'claim-template';

function ownWorkspace(tables: SandboxTables, workspace: Workspace): Mounted[] {
  if (bringsWorkspace(tables)) return [];
  const mountPath = tables.core.workspace_mount_path_in_sandbox;
  if (workspace === 'claim-template') return [{ mount: { name: WORKSPACE, mountPath } }];
  return [mounted(mountPath, { name: WORKSPACE, ...workspace })];
}

/** The volume of the workspace once more, at the program's home. Caches are not kept: they would fill it. */
function keptHome({ core }: SandboxTables, { home }: Program, asked: readonly Mounted[]): Mounted[] {
  const workspace = asked.find(({ mount }) => mount.mountPath === core.workspace_mount_path_in_sandbox);
  if (home === undefined || workspace === undefined) return [];
  return [
    { mount: { name: workspace.mount.name, mountPath: home, subPath: HOME_FOLDER } },
    mounted(`${home}/.cache`, { name: CACHE, emptyDir: {} }),
  ];
}

/** Every volume of a sandbox's Pod, the workspace first, unless `sandbox.volumes` brings it. */
export function sandboxVolumes(tables: SandboxTables, program: Program, workspace: Workspace) {
  const asked = [...ownWorkspace(tables, workspace), ...userVolumes(tables), ...sharedMemory(tables)];
  const scratch = (hasReadOnlyRoot(tables) ? program.scratch : []).map(({ name, mountPath }) =>
    mounted(mountPath, { name, emptyDir: {} }),
  );
  // What the profile mounts itself stays as it says.
  const added = [...keptHome(tables, program, asked), ...scratch].filter(
    (it) => !asked.some(({ mount }) => mount.mountPath === it.mount.mountPath),
  );
  const all = [...asked, ...added];
  return {
    volumes: all.map(({ volume }) => volume).filter((volume) => volume !== undefined),
    volumeMounts: all.map(({ mount }) => mount),
  };
}
