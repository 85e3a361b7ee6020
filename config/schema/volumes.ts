/** One item of `sandbox.volumes`, `source:mountPath[:mode]`. */
export interface VolumeMount {
  /** An absolute path of the node, or the name of a PersistentVolumeClaim. */
  readonly source: { readonly hostPath: string } | { readonly claimName: string };
  readonly mountPath: string;
  readonly readOnly: boolean;
}

const CLAIM = /^(volume:)?([a-z0-9]([-a-z0-9.]*[a-z0-9])?)$/;

function parseItem(item: string): VolumeMount | string {
  const [, source, path, mode = 'rw'] = /^(volume:[^:]*|[^:]*):([^:]*)(?::(.*))?$/.exec(item.trim()) ?? [];
  // Docker takes /workspace/ and /workspace for the same.
  const mountPath = path?.replace(/(?<=.)\/+$/, '');
  if (!source || !mountPath?.startsWith('/')) return `source:/mount/path[:mode], got ${item.trim()}`;
  const modes = mode.split(',');
  if (modes.includes('overlay')) return `without the mode overlay, which Kubernetes does not have (${item.trim()})`;
  if (modes.some((it) => it !== 'ro' && it !== 'rw')) return `with the mode ro or rw, got ${mode}`;
  const readOnly = modes.includes('ro');
  if (source.startsWith('/')) return { source: { hostPath: source }, mountPath, readOnly };
  const claimName = CLAIM.exec(source)?.[2];
  if (claimName === undefined) return `with an absolute path or the name of a PersistentVolumeClaim, got ${source}`;
  return { source: { claimName }, mountPath, readOnly };
}

/**
 * Read `sandbox.volumes`: items separated by commas. The mode `overlay` of Docker is refused.
 *
 * @returns the mounts, and what each bad item must be, empty if none is
 */
export function parseVolumes(text: string): { mounts: readonly VolumeMount[]; problems: readonly string[] } {
  // A mode may hold a comma too (`ro,overlay`): such a piece has no colon and belongs to the item before it.
  const items = text.split(/,(?=[^,]*:)/).map(parseItem);
  const mounts = items.filter((item) => typeof item !== 'string');
  const problems = items.filter((item) => typeof item === 'string');
  for (const [index, { mountPath }] of mounts.entries()) {
    if (mounts.findIndex((other) => other.mountPath === mountPath) < index) {
      problems.push(`mounted at different paths, got ${mountPath} twice`);
    }
  }
  return { mounts, problems };
}
