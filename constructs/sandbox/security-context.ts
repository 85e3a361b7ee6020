import type { PodSecurityStandard } from '../../config/schema/deploy';
import type { k8s } from '../k8s';

/** What decides a security context. This file is the only one that writes them. */
export interface SecurityContextProps {
  readonly standard: PodSecurityStandard;
  /** As configured; refused by the profile unless the standard is `privileged`. */
  readonly privileged: boolean;
  readonly readOnlyRootFilesystem: boolean;
  /** User and group of the processes, 0 for root; absent: the image's user, root included. */
  readonly userId?: number;
  /** Group that owns the volumes; absent: left as they are. */
  readonly fsGroup?: number;
  /** Capabilities to add; without a prefix. */
  readonly capabilities: readonly string[];
}

/** What a program of ours is held to that needs no more than its user and its volumes. */
export const restricted = (userId: number): SecurityContextProps => ({
  standard: 'restricted',
  privileged: false,
  readOnlyRootFilesystem: true,
  userId,
  capabilities: [],
});

/** The Pod's part of a Pod Security Standard. https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export function podSecurityContext({
  standard,
  userId,
  fsGroup,
}: SecurityContextProps): k8s.PodSecurityContext | undefined {
  const volumes = fsGroup === undefined ? {} : { fsGroup, fsGroupChangePolicy: 'OnRootMismatch' };
  if (standard === 'privileged') return fsGroup === undefined ? undefined : volumes;
  const user = userId === undefined ? {} : { runAsNonRoot: userId !== 0, runAsUser: userId, runAsGroup: userId };
  return { ...user, ...volumes, seccompProfile: { type: 'RuntimeDefault' } };
}

/** The container's part. Under `privileged` it is what OpenHands 0.62 wrote, and what the profile adds itself. */
export function containerSecurityContext(props: SecurityContextProps): k8s.SecurityContext {
  const { standard, privileged, readOnlyRootFilesystem, capabilities } = props;
  const add = capabilities.length > 0 ? { add: [...capabilities] } : {};
  if (standard === 'privileged') {
    return {
      privileged,
      ...(capabilities.length > 0 && { capabilities: add }),
      ...(readOnlyRootFilesystem && { readOnlyRootFilesystem }),
    };
  }
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'], ...add },
    privileged: false,
    readOnlyRootFilesystem,
  };
}
