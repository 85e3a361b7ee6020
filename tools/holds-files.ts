import type { Manifest } from '../constructs/policy/objects';

/** Whoever deletes it deletes files: a claim its volume, a Sandbox the claims that it has made. */
export const holdsFiles = ({ kind, spec }: Manifest): boolean =>
  kind === 'PersistentVolumeClaim' || (kind === 'Sandbox' && (spec.volumeClaimTemplates ?? []).length > 0);
