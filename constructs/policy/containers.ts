import { isPinned } from '../../config/schema/values';
import { containersOf, type Finding, type Manifest, type Manifests, type PodManifest } from './objects';

/** What a container must be like: a sentence when it is not. `context` is its security context with what it takes over from its Pod. */
type Check = (container: Manifest, context: Manifest, pod: PodManifest) => string | false | undefined;

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
  'not-privileged': (_, context) => context.privileged === true && 'is privileged',
  'no-privilege-escalation': (_, context) =>
    context.allowPrivilegeEscalation !== false && 'may escalate its privileges',
  'drop-capabilities': (_, context) => !context.capabilities?.drop?.includes('ALL') && 'does not drop ALL capabilities',
  'no-added-capabilities': (_, context) => {
    const added = context.capabilities?.add ?? [];
    return added.length > 0 && `adds ${added.join(', ')}`;
  },
  seccomp: (_, context) => context.seccompProfile?.type !== 'RuntimeDefault' && 'has no seccomp profile RuntimeDefault',
  'non-root': (_, context) => (!context.runAsNonRoot || !context.runAsUser) && 'may run as root',
  'high-user-id': (_, context) => !(context.runAsUser > HIGH_ID) && `runs as a user id of ${HIGH_ID} or less`,
  'read-only-root': (_, context) => context.readOnlyRootFilesystem !== true && 'may write to its root file system',
  probes: (container, _, { spec }) => {
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
      const context = { ...pod.spec.securityContext, ...container.securityContext };
      for (const [rule, check] of Object.entries(CHECKS)) {
        const problem = check(container, context, pod);
        if (problem) yield { rule, object: pod.object, text: `container ${container.name} ${problem}` };
      }
    }
  }
}
