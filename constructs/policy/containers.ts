import { isPinned } from '../../config/schema/values';
import { containersOf, type Finding, type Manifest, type Manifests, type PodManifest } from './objects';

/** What a container must be like: a sentence when it is not. */
type Check = (container: Manifest, pod: PodManifest) => string | false | undefined;

const context = (container: Manifest, { spec }: PodManifest) => ({
  ...spec.securityContext,
  ...container.securityContext,
});

const HIGH_ID = 10000;

const CHECKS: Readonly<Record<string, Check>> = {
  'pinned-image': ({ image }) => !isPinned(image) && `has the image ${image}`,
  'requests-and-limits': ({ resources }) => {
    const missing = [
      'requests.cpu',
      'requests.memory',
      'requests.ephemeral-storage',
      'limits.memory',
      'limits.ephemeral-storage',
    ].filter((it) => resources?.[it.split('.')[0]!]?.[it.split('.')[1]!] === undefined);
    return missing.length > 0 && `has no ${missing.join(', ')}`;
  },
  'not-privileged': (it, pod) => context(it, pod).privileged === true && 'is privileged',
  'no-privilege-escalation': (it, pod) =>
    context(it, pod).allowPrivilegeEscalation !== false && 'may escalate its privileges',
  'drop-capabilities': (it, pod) =>
    !context(it, pod).capabilities?.drop?.includes('ALL') && 'does not drop ALL capabilities',
  'no-added-capabilities': (it, pod) => {
    const added = context(it, pod).capabilities?.add ?? [];
    return added.length > 0 && `adds ${added.join(', ')}`;
  },
  seccomp: (it, pod) =>
    context(it, pod).seccompProfile?.type !== 'RuntimeDefault' && 'has no seccomp profile RuntimeDefault',
  'non-root': (it, pod) => (!context(it, pod).runAsNonRoot || !context(it, pod).runAsUser) && 'may run as root',
  'high-user-id': (it, pod) => !(context(it, pod).runAsUser > HIGH_ID) && `runs as a user id of ${HIGH_ID} or less`,
  'read-only-root': (it, pod) =>
    context(it, pod).readOnlyRootFilesystem !== true && 'may write to its root file system',
  probes: (container, { spec }) => {
    // One that runs to its end before the others start may have none.
    if (spec.initContainers?.includes(container) && container.restartPolicy !== 'Always') return;
    const { livenessProbe, readinessProbe, startupProbe } = container;
    const probes = { startupProbe, readinessProbe, livenessProbe };
    const missing = Object.entries(probes).filter(([, probe]) => probe === undefined);
    return missing.length > 0 && `has no ${missing.map(([name]) => name).join(', ')}`;
  },
  'probes-differ': ({ livenessProbe, readinessProbe }) =>
    readinessProbe !== undefined &&
    JSON.stringify(livenessProbe?.httpGet) === JSON.stringify(readinessProbe.httpGet) &&
    'has the same liveness and readiness probe',
  'probed-port-declared': ({ ports = [], livenessProbe, readinessProbe, startupProbe }) => {
    const declared = ports.flatMap(({ name, containerPort }: Manifest) => [name, containerPort]);
    const probed = [livenessProbe, readinessProbe, startupProbe].map((probe) => probe?.httpGet?.port).filter(Boolean);
    const missing = probed.filter((port) => !declared.includes(port));
    return missing.length > 0 && `is probed on port ${missing.join(', ')}, which it does not declare`;
  },
};

export function* containerRules(manifests: Manifests): Generator<Finding> {
  for (const pod of manifests.pods) {
    for (const container of containersOf(pod)) {
      for (const [rule, check] of Object.entries(CHECKS)) {
        const problem = check(container, pod);
        if (problem) yield { rule, object: pod.object, text: `container ${container.name} ${problem}` };
      }
    }
  }
}
