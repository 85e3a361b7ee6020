import { type Finding, type Manifest, type Manifests, type PodManifest } from './objects';

type Check = (pod: PodManifest) => string | false | undefined;

const CHECKS: Readonly<Record<string, Check>> = {
  'no-host-namespaces': ({ spec }) =>
    (spec.hostNetwork || spec.hostPID || spec.hostIPC) && "shares the node's network, processes or IPC",
  'no-host-path': ({ spec }) => spec.volumes?.some((it: Manifest) => it.hostPath) && 'mounts a path of the node',
  'no-host-port': ({ spec }) =>
    spec.containers.some((it: Manifest) => it.ports?.some((port: Manifest) => port.hostPort)) &&
    'takes a port of the node',
  'no-token': ({ spec }) => spec.automountServiceAccountToken !== false && 'mounts a ServiceAccount token',
  'own-service-account': ({ spec }) =>
    ['default', undefined].includes(spec.serviceAccountName) && 'runs as the account default',
  'no-service-links': ({ spec }) =>
    spec.enableServiceLinks !== false && 'gets a variable for every Service of the namespace',
  'no-bare-pod': ({ object }) => object.kind === 'Pod' && 'is a bare Pod: nobody replaces it',
  'selector-in-labels': ({ object, labels }) => {
    const wanted = object.kind === 'Pod' ? {} : (object.spec.selector?.matchLabels ?? {});
    const missing = Object.entries(wanted).filter(([key, value]) => labels[key] !== value);
    return missing.length > 0 && `selects ${missing.map(([key]) => key).join(', ')}, which its Pods have not`;
  },
};

export function* podRules(manifests: Manifests): Generator<Finding> {
  for (const pod of manifests.pods) {
    for (const [rule, check] of Object.entries(CHECKS)) {
      const problem = check(pod);
      if (problem) yield { rule, object: pod.object, text: problem };
    }
  }
}
