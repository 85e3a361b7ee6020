import type { Profile } from '../../config/schema/profile';
import { isPinned } from '../../config/schema/values';
import { namePattern } from '../customization/name-pattern';

/** What must be true of a setting, where that is more than one value. */
export interface Condition {
  /** What is said of it, after its name. */
  readonly is: string;
  readonly holds: (value: never) => boolean;
}

/** A rule that does not hold for some objects, and why: the whole list of what these manifests give up. */
export interface Exemption {
  readonly rules: readonly string[];
  /** `Kind/name`, with * for any text, and | between several. */
  readonly object: string;
  /** The settings of a profile with which it holds, as paths and values; none: every profile. */
  readonly where: Readonly<Record<string, string | boolean | undefined | Condition>>;
  readonly reason: string;
}

const STANDARD = 'deploy.security.pod_security_standard';
const CONTRACT = 'deploy.contract';

/** A warm pool's name is the profile's, and nothing but a pool is a SandboxTemplate. */
const OF_THE_SANDBOX = '*/openhands-runtime*|SandboxTemplate/*';

export const EXEMPTIONS: readonly Exemption[] = [
  {
    rules: ['read-only-root'],
    object: OF_THE_SANDBOX,
    where: { [STANDARD]: 'baseline' },
    reason: 'baseline: agents install packages; deploy.security.read_only_root_filesystem = true forbids it',
  },
  {
    rules: ['non-root', 'high-user-id', 'no-added-capabilities'],
    object: OF_THE_SANDBOX,
    where: { [STANDARD]: 'baseline', [CONTRACT]: 'action-execution-server' },
    reason: 'the program starts as root and calls su, for which it needs three capabilities',
  },
  {
    rules: ['high-user-id'],
    object: OF_THE_SANDBOX,
    where: { [STANDARD]: 'restricted', [CONTRACT]: 'action-execution-server' },
    reason: "the image's own user is 1000",
  },
  {
    rules: [
      'not-privileged',
      'no-privilege-escalation',
      'drop-capabilities',
      'seccomp',
      'non-root',
      'high-user-id',
      'read-only-root',
    ],
    object: OF_THE_SANDBOX,
    where: { [STANDARD]: 'privileged' },
    reason: 'the standard privileged: what OpenHands 0.62 made, nothing added; the namespace says so',
  },
  {
    rules: ['requests-and-limits', 'no-token', 'own-service-account', 'no-service-links', 'probes'],
    object: OF_THE_SANDBOX,
    where: { [STANDARD]: 'privileged', [CONTRACT]: 'action-execution-server' },
    reason: 'the Pod of OpenHands 0.62, field for field',
  },
  {
    rules: ['spread', 'priority', 'budget'],
    object: '*/openhands-runtime',
    where: { 'deploy.high_availability': undefined },
    reason: 'no [deploy.high_availability]: a drain may take every sandbox at once',
  },
  {
    rules: ['no-added-capabilities'],
    object: OF_THE_SANDBOX,
    where: {
      'sandbox.docker_runtime_kwargs.cap_add': {
        is: 'not empty',
        holds: (added: readonly string[]) => added.length > 0,
      },
    },
    reason: 'asked for: docker_runtime_kwargs.cap_add, as far as the standard allows it',
  },
  {
    rules: ['no-host-namespaces'],
    object: OF_THE_SANDBOX,
    where: { [STANDARD]: 'privileged', 'sandbox.use_host_network': true },
    reason: "asked for: the node's network",
  },
  {
    rules: ['no-host-path'],
    object: OF_THE_SANDBOX,
    where: {
      [STANDARD]: 'privileged',
      'sandbox.volumes': { is: 'with a path', holds: (volumes?: string) => /(^|,)\s*\//.test(volumes ?? '') },
    },
    reason: 'asked for: sandbox.volumes names a path of the node',
  },
  {
    rules: ['high-user-id'],
    object: OF_THE_SANDBOX,
    where: { 'sandbox.user_id': { is: 'at most 10000', holds: (id?: number) => !!id && id <= 10000 } },
    reason: 'asked for: sandbox.user_id',
  },
  {
    rules: ['read-only-root'],
    object: OF_THE_SANDBOX,
    where: { [STANDARD]: 'restricted', 'deploy.security.read_only_root_filesystem': false },
    reason: 'asked for: deploy.security.read_only_root_filesystem = false',
  },
  {
    rules: ['pinned-image'],
    object: OF_THE_SANDBOX,
    where: {
      'sandbox.runtime_container_image': { is: 'without a version', holds: (image?: string) => !isPinned(image ?? '') },
    },
    reason: 'asked for: an image without a version, about which a warning is given',
  },
  {
    rules: ['no-bare-pod'],
    object: 'Pod/openhands-runtime-*',
    where: { 'deploy.session_workload': 'Pod' },
    reason: 'asked for: OpenHands 0.62 made bare Pods',
  },
  {
    rules: ['tls'],
    object: '*',
    where: { 'kubernetes.ingress_tls_secret': undefined },
    reason: 'no certificate is named: OpenHands serves the editor over plain HTTP by default',
  },
  {
    rules: ['no-pod-creation'],
    object: 'Role/openhands-sandbox-manager',
    where: {},
    reason: 'its job: it makes sandboxes, or forwards a port to one that it claimed',
  },
  {
    rules: [
      'non-root',
      'high-user-id',
      'read-only-root',
      'no-added-capabilities',
      'no-token',
      'own-service-account',
      'probes',
    ],
    object: 'Deployment/ubuntu-dev',
    where: {},
    reason: 'a shell for a developer, whose token mirrord lends; only with deploy.devbox',
  },
  {
    rules: ['no-pod-creation'],
    object: 'Role/mirrord-role',
    where: {},
    reason: "the rights of an OpenHands app on a developer's machine; only with deploy.devbox",
  },
  {
    rules: ['known-peers'],
    object: 'NetworkPolicy/ubuntu-dev',
    where: {},
    reason: 'what a developer serves is for the whole cluster; only with deploy.devbox',
  },
  {
    rules: ['no-host-path', 'non-root', 'high-user-id', 'no-token'],
    object: 'DaemonSet/openhands-logs',
    where: { 'deploy.logging.elasticsearch.collector': 'DaemonSet' },
    reason: "it reads the node's log files, which are root's, and asks the API server for a Pod's session",
  },
  {
    rules: ['no-token'],
    object: 'CronJob/openhands-descheduler',
    where: {},
    reason: 'its job: it asks the API server to evict Pods; only with deploy.recovery.descheduler',
  },
  {
    rules: ['probes'],
    object: 'CronJob/openhands-descheduler',
    where: {},
    reason: 'it runs for seconds, and activeDeadlineSeconds ends it; only with deploy.recovery.descheduler',
  },
  {
    rules: ['no-token'],
    object: 'CronJob/openhands-idle-suspender',
    where: {},
    reason: 'its job: it asks the API server to suspend Sandboxes; only with deploy.idle',
  },
  {
    rules: ['probes'],
    object: 'CronJob/openhands-idle-suspender',
    where: {},
    reason: 'a round takes seconds, and activeDeadlineSeconds ends it; only with deploy.idle',
  },
  {
    rules: ['probes', 'spread', 'budget'],
    object: 'Deployment/openhands-headroom',
    where: {},
    reason: 'it does nothing but be there, and goes as soon as a sandbox needs its room; only with deploy.headroom',
  },
  {
    rules: ['probes'],
    object: 'DaemonSet/openhands-prepull',
    where: {},
    reason: 'once the images are there it does nothing; only with deploy.prepull',
  },
];

const valueAt = (profile: Profile, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], profile);

/** The exemptions that a profile's settings bring, as a question about a rule and an object's `Kind/name`. */
export function exemptionsOf(
  profile: Profile,
  exemptions: readonly Exemption[] = EXEMPTIONS,
): (rule: string, name: string) => Exemption | undefined {
  const active = exemptions
    .filter(({ where }) =>
      Object.entries(where).every(([path, wanted]) => {
        const value = valueAt(profile, path);
        return typeof wanted === 'object' ? wanted.holds(value as never) : value === wanted;
      }),
    )
    .map((exemption) => ({ exemption, names: namePattern(exemption.object) }));
  return (rule, name) =>
    active.find(({ exemption, names }) => exemption.rules.includes(rule) && names.test(name))?.exemption;
}
