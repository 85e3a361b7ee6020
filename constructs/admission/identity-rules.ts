import type { Manifest } from '../policy/objects';
import type { AdmissionRule } from './admission-policy';
import { all, any, flag, ifPresent, list, oneOf, text, unique } from './cel';
import type { PodShape } from './pod-shape';

/** Fields that concern the Pod alone or that the API server fills in, and those about which there is a rule. */
const POD_FIELDS = [
  ...['activeDeadlineSeconds', 'affinity', 'automountServiceAccountToken', 'dnsPolicy', 'enableServiceLinks'],
  // A StatefulSet sets both.
  ...['hostname', 'subdomain'],
  // Of a RuntimeClass and a PriorityClass: the API server takes them from these.
  ...['overhead', 'preemptionPolicy', 'priority'],
  ...['os', 'readinessGates', 'restartPolicy', 'schedulerName', 'schedulingGates', 'serviceAccount'],
  ...['terminationGracePeriodSeconds', 'topologySpreadConstraints'],
  ...['containers', 'ephemeralContainers', 'hostIPC', 'hostNetwork', 'hostPID', 'hostUsers', 'imagePullSecrets'],
  ...['initContainers', 'nodeName', 'nodeSelector', 'priorityClassName', 'runtimeClassName', 'securityContext'],
  ...['serviceAccountName', 'shareProcessNamespace', 'tolerations', 'volumes'],
];

/** Annotations of these are nobody's order to a network plugin or a container runtime. */
const ANNOTATION_DOMAINS = [
  ...['kubernetes.io/', 'kubectl.kubernetes.io/', 'cluster-autoscaler.kubernetes.io/'],
  // What agent-sandbox writes, and what a claim may.
  ...['agents.x-k8s.io/', 'sandbox.users.io/'],
];

/** Further networks, by Multus: another value would be another network. */
const NETWORKS = 'k8s.v1.cni.cncf.io/networks';

const specs = ({ examples }: PodShape): Manifest[] => examples.map(({ spec }) => spec);

const namesOf = (values: readonly string[]) => (values.length > 0 ? `only ${unique(values).join(', ')}` : 'none');

const SPEC = 'object.spec';

function annotations({ subject, examples }: PodShape): AdmissionRule {
  const keys = unique(examples.flatMap((it) => Object.keys(it.annotations ?? {})));
  const networks = examples.flatMap((it) => it.annotations?.[NETWORKS] ?? []);
  const isOwn = `key in ${list(keys.filter((key) => key !== NETWORKS))}`;
  const isHarmless = `${list(ANNOTATION_DOMAINS)}.exists(domain, key.startsWith(domain))`;
  const isNetwork = `(key == ${text(NETWORKS)} && object.metadata.annotations[key] in ${list(networks)})`;
  const isAllowed = any(isHarmless, ...(keys.length > 0 ? [isOwn] : []), ...(networks.length > 0 ? [isNetwork] : []));
  return {
    expression: ifPresent('object.metadata', ['annotations'], `object.metadata.annotations.all(key, ${isAllowed})`),
    message: `${subject} may not have an annotation that orders something from the network or the container runtime`,
  };
}

/** Who the Pod is to the cluster, and which of the node's own it shares. */
export function identityRules(shape: PodShape): (AdmissionRule | undefined)[] {
  const { subject } = shape;
  const pods = specs(shape);
  const accounts = pods.map((it): string => it.serviceAccountName ?? 'default');
  const pullSecrets: string[] = pods.flatMap((it) => (it.imagePullSecrets ?? []).map(({ name }: Manifest) => name));
  const fields = unique([...POD_FIELDS, ...pods.flatMap((it) => Object.keys(it))]).sort();
  const hostFlags = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace'].map((field) =>
    flag(
      SPEC,
      [field],
      pods.map((it) => it[field]),
      { safe: false, unset: false },
    ),
  );
  const hostUsers = flag(
    SPEC,
    ['hostUsers'],
    pods.map((it) => it.hostUsers),
    { safe: false, unset: true },
  );
  const automounts = pods.some((it) => it.automountServiceAccountToken === true);
  return [
    {
      expression: `dyn(${SPEC}).all(field, field in ${list(fields)})`,
      message: `${subject} may not have a field of a Pod's spec that the profile's own has not`,
    },
    {
      expression: oneOf(SPEC, ['serviceAccountName'], accounts),
      message: `${subject} may run as these ServiceAccounts: ${namesOf(accounts)}`,
    },
    automounts
      ? undefined
      : {
          // The token as it is mounted in the end, whichever of the fields asked for it.
          expression: ifPresent(
            SPEC,
            ['volumes'],
            `${SPEC}.volumes.all(v, ${ifPresent(
              'v',
              ['projected', 'sources'],
              'v.projected.sources.all(s, !has(s.serviceAccountToken))',
            )})`,
          ),
          message: `${subject} may not mount a ServiceAccount token: set automountServiceAccountToken to false`,
        },
    {
      expression: oneOf(
        SPEC,
        ['runtimeClassName'],
        pods.map((it) => it.runtimeClassName),
      ),
      message: `${subject} may have these runtime classes: ${namesOf(pods.flatMap((it) => it.runtimeClassName ?? []))}`,
    },
    {
      expression: oneOf(
        SPEC,
        ['priorityClassName'],
        pods.map((it) => it.priorityClassName),
      ),
      message: `${subject} may have these priority classes: ${namesOf(pods.flatMap((it) => it.priorityClassName ?? []))}`,
    },
    {
      expression: all(...hostFlags.filter((it) => it !== undefined).map((it) => `(${it})`)) || 'true',
      message: `${subject} may not use the node's network, processes or IPC, nor share processes between containers`,
    },
    hostUsers === undefined
      ? undefined
      : { expression: hostUsers, message: `${subject} must have user ids of its own: set hostUsers to false` },
    {
      expression: ifPresent(
        SPEC,
        ['imagePullSecrets'],
        pullSecrets.length > 0
          ? `${SPEC}.imagePullSecrets.all(it, it.name in ${list(pullSecrets)})`
          : `${SPEC}.imagePullSecrets.size() == 0`,
      ),
      message: `${subject} may use these pull secrets: ${namesOf(pullSecrets)}`,
    },
    annotations(shape),
  ];
}
