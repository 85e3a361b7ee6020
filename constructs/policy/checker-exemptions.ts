import type { Exemption } from './exemptions';

const STANDARD = 'deploy.security.pod_security_standard';
const CONTRACT = 'deploy.contract';

/** Findings of kube-score and checkov that stay: `npm run checkers` fails on any other, and on a line nobody needs. */
export const CHECKER_EXEMPTIONS: readonly Exemption[] = [
  {
    rules: ['kube-score:container-image-pull-policy', 'checkov:CKV_K8S_15'],
    object: '*',
    where: {},
    reason: 'tags are pinned; Always would make every start depend on the registry',
  },
  {
    rules: ['checkov:CKV_K8S_43'],
    object: '*',
    where: {},
    reason: "the images' digests are not known here; runtime_container_image takes one",
  },
  {
    rules: ['checkov:CKV_K8S_35'],
    object: '*/openhands-runtime*',
    where: { [CONTRACT]: 'agent-server' },
    reason: 'the agent-server reads its keys from variables alone',
  },
  {
    rules: ['checkov:CKV_K8S_35'],
    object: 'Deployment/openhands-canvas-*|Deployment/openhands-sign-in-*',
    where: {},
    reason:
      "Canvas takes the key for its page from an argument, and oauth2-proxy its client's id, which is no secret, from a " +
      'variable; only with deploy.sign_in',
  },
  {
    rules: ['kube-score:container-resources', 'checkov:CKV_K8S_11'],
    object: '*/openhands-runtime*',
    where: { 'deploy.resources.cpu_limit': undefined },
    reason: 'no CPU limit is asked for: a sandbox may use what its node has left',
  },
  {
    rules: ['kube-score:container-security-context-readonlyrootfilesystem', 'checkov:CKV_K8S_22'],
    object: '*/openhands-runtime*',
    where: { [STANDARD]: 'baseline' },
    reason: 'baseline: agents install packages',
  },
  {
    rules: [
      'kube-score:container-security-context-readonlyrootfilesystem',
      'kube-score:container-security-context-user-group-id',
      'checkov:CKV_K8S_20',
      'checkov:CKV_K8S_22',
      'checkov:CKV_K8S_23',
      'checkov:CKV_K8S_28',
      'checkov:CKV_K8S_31',
      'checkov:CKV_K8S_37',
      'checkov:CKV_K8S_40',
    ],
    object: '*/openhands-runtime*',
    where: { [STANDARD]: 'privileged' },
    reason: 'the standard privileged: nothing is added; the namespace says so',
  },
  {
    rules: ['kube-score:container-security-context-privileged', 'checkov:CKV_K8S_16'],
    object: '*/openhands-runtime*',
    where: { 'kubernetes.privileged': true },
    reason: 'asked for: Docker in Docker',
  },
  {
    rules: [
      'kube-score:container-ephemeral-storage-request-and-limit',
      'checkov:CKV_K8S_8',
      'checkov:CKV_K8S_29',
      'checkov:CKV_K8S_38',
    ],
    object: 'Pod/openhands-runtime-*',
    where: { [STANDARD]: 'privileged', [CONTRACT]: 'action-execution-server' },
    reason: 'the Pod of OpenHands 0.62, field for field',
  },
  {
    rules: ['checkov:CKV_K8S_21'],
    object: '*',
    where: { 'kubernetes.namespace': 'default' },
    reason: "OpenHands 0.62's own namespace",
  },
  {
    rules: ['kube-score:deployment-has-poddisruptionbudget'],
    object: 'Deployment/openhands-runtime',
    where: { 'deploy.high_availability': undefined },
    reason: 'no [deploy.high_availability]: a drain may take every sandbox at once',
  },
  {
    rules: [
      'kube-score:container-resources',
      'kube-score:container-security-context-readonlyrootfilesystem',
      'kube-score:container-security-context-user-group-id',
      'kube-score:pod-probes',
      'checkov:CKV_K8S_8',
      'checkov:CKV_K8S_9',
      'checkov:CKV_K8S_11',
      'checkov:CKV_K8S_22',
      'checkov:CKV_K8S_23',
      'checkov:CKV_K8S_25',
      'checkov:CKV_K8S_38',
      'checkov:CKV_K8S_40',
    ],
    object: 'Deployment/ubuntu-dev',
    where: {},
    reason: 'a shell for a developer, whose token mirrord lends; only with deploy.devbox',
  },
  {
    rules: ['kube-score:networkpolicy-targets-pod', 'kube-score:service-targets-pod'],
    object: '*/openhands-runtime-*',
    where: { 'deploy.session_workload': 'Sandbox' },
    reason: "kube-score does not know the Pods of agent-sandbox; our own policy looks at a Sandbox's podTemplate",
  },
  {
    rules: ['checkov:CKV_K8S_38'],
    object: 'CronJob/openhands-descheduler',
    where: {},
    reason: 'its job: it asks the API server to evict Pods; only with deploy.recovery.descheduler',
  },
  {
    rules: ['checkov:CKV_K8S_38'],
    object: 'CronJob/openhands-idle-suspender',
    where: {},
    reason: 'its job: it asks the API server to suspend Sandboxes; only with deploy.idle',
  },
  {
    rules: ['checkov:CKV_K8S_42'],
    object: 'RoleBinding/mirrord-binding',
    where: {},
    reason: "mirrord's Role is for the account default, as its seed has it; only with deploy.devbox",
  },
  {
    rules: [
      'kube-score:container-security-context-user-group-id',
      'checkov:CKV_K8S_23',
      'checkov:CKV_K8S_38',
      'checkov:CKV_K8S_40',
    ],
    object: 'DaemonSet/openhands-logs',
    where: { 'deploy.logging.elasticsearch.collector': 'DaemonSet' },
    reason: "it reads the node's log files, which are root's, and asks the API server for a Pod's session",
  },
];
