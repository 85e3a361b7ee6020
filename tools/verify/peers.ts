import { randomUUID } from 'node:crypto';
import { evaluate, type PolicyPod } from '../docs/network-policy';
import { CANVAS, EXPORTER } from '../../constructs/labels';
import type { Manifest } from '../../constructs/policy/objects';
import { apiPortOf, type Workload } from './plan';

/** Where a Pod must be, and how it must be labelled, to be let in. */
export interface Peer {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** Labels that a selector accepts, as far as it says which. */
function labelsFor({ matchLabels = {}, matchExpressions = [] }: Manifest): Record<string, string> {
  const labels: Record<string, string> = { ...matchLabels };
  for (const { key, operator, values } of matchExpressions as Manifest[]) {
    if (operator === 'In') labels[key] = values[0];
    if (operator === 'Exists') labels[key] ??= '';
  }
  return labels;
}

/**
 * The Pods that a policy's peer means, as one that could be made. Whether it would be let in is another question: a namespace
 * of other labels than its name would have to be found.
 */
const peerFrom = ({ namespaceSelector = {}, podSelector = {} }: Manifest, ownNamespace: string): Peer => ({
  // A peer that takes any namespace may as well be in its own.
  namespace: labelsFor(namespaceSelector)[NAMESPACE_NAME] ?? ownNamespace,
  labels: labelsFor(podSelector),
});

const portsOf = (pod: Manifest): Record<string, number> =>
  Object.fromEntries(
    pod.containers.flatMap((it: Manifest) => it.ports ?? []).map((it: Manifest) => [it.name, it.containerPort]),
  );

const podOf = ({ namespace, labels }: Peer, ports: Record<string, number> = {}): PolicyPod => ({
  namespace,
  namespaceLabels: { [NAMESPACE_NAME]: namespace },
  labels,
  ports,
});

// Policies of addresses alone let Pods in or not as the network plugin likes: these addresses are in none.
const CLIENT = '192.0.2.1';
const SANDBOX = '192.0.2.2';

/** Whether these policies let a Pod call a workload's API, and which of them do. */
export function verdictFor(workload: Workload, policies: readonly Manifest[], peer: Peer) {
  const to = podOf({ namespace: workload.namespace, labels: workload.labels }, portsOf(workload.pod));
  return evaluate(policies, {
    from: { address: CLIENT, pod: podOf(peer) },
    to: { address: SANDBOX, pod: to },
    protocol: 'TCP',
    port: apiPortOf(workload),
  });
}

/**
 * Let in too, but nobody could ask in their place: the exporter's policies let it look up no name, and those of a Canvas
 * lead to its own session alone.
 */
const isOurs = ({ labels }: Peer) => labels['app.kubernetes.io/name'] === EXPORTER || labels.app === CANVAS;

/** A Pod that the policies of its namespace let in to a workload's API: nothing when they let nobody in. */
export function allowedPeer(workload: Workload, policies: readonly Manifest[]): Peer | undefined {
  const peers = policies
    .flatMap(({ spec }) => spec.ingress ?? [])
    .flatMap(({ from = [] }: Manifest) => from as Manifest[])
    .map((peer) => peerFrom(peer, workload.namespace));
  const isBeside = ({ namespace }: Peer) => namespace === workload.namespace;
  // Nobody has to be named where nothing forbids.
  const anybody: Peer = { namespace: workload.namespace, labels: {} };
  // Beside the sandboxes an admission policy may refuse a probe.
  const elsewhereFirst = peers.sort((a, b) => Number(isBeside(a)) - Number(isBeside(b)));
  return [...elsewhereFirst, anybody].find((peer) => !isOurs(peer) && verdictFor(workload, policies, peer).allowed);
}

/** A namespace of our own that no policy can name. */
export const strangerNamespace = (): string => `openhands-verify-${randomUUID().slice(0, 8)}`;
