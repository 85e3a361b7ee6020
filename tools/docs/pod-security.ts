import { containersOf, type Manifest, type PodManifest } from '../../constructs/policy/objects';
import { hasToken } from './access';
import { code, lines, table, unique } from './markdown';
import type { Shipped } from './shipped';

const yesNo = (value: unknown) => (value ? '**yes**' : 'no');

/** A container's context on top of its Pod's, as the kubelet sees it. */
type Context = Manifest;

const contextsOf = (pod: PodManifest): Context[] =>
  containersOf(pod).map((it) => ({ ...pod.spec.securityContext, ...it.securityContext }));

function user({ runAsUser, runAsNonRoot }: Context): string {
  if (runAsUser !== undefined) return runAsUser === 0 ? '**0 (root)**' : String(runAsUser);
  return runAsNonRoot ? "the image's, not root" : "**the image's, may be root**";
}

function capabilities({ privileged, capabilities }: Context): string {
  if (privileged) return '**all**';
  const { drop = [], add = [] } = capabilities ?? {};
  const left = drop.includes('ALL') ? [] : ["the runtime's default"];
  const all = [...left, ...add].join(', ');
  return all === '' ? 'none' : `**${all}**`;
}

/** Privileged containers have no seccomp profile; others without one have the node's default, mostly none. */
const seccomp = ({ privileged, seccompProfile }: Context): string =>
  privileged ? '**Unconfined**' : (seccompProfile?.type ?? "**the node's default**");

const COLUMNS: Readonly<Record<string, (context: Context) => string>> = {
  'User id': user,
  Privileged: ({ privileged }) => yesNo(privileged),
  Capabilities: capabilities,
  'Read-only root': ({ readOnlyRootFilesystem }) => (readOnlyRootFilesystem ? 'yes' : '**no**'),
  'Privilege escalation': ({ privileged, allowPrivilegeEscalation = true }) =>
    yesNo(privileged || allowPrivilegeEscalation),
  Seccomp: seccomp,
};

const OF_THE_NODE = ['hostNetwork', 'hostPID', 'hostIPC'];

function podCells(pod: PodManifest, { manifests }: Shipped): string[] {
  const { spec } = pod;
  const node = OF_THE_NODE.filter((it) => spec[it]);
  return [
    yesNo(hasToken(pod, manifests)),
    spec.runtimeClassName ? code(spec.runtimeClassName) : "the node's default",
    spec.hostUsers === false ? 'no' : 'yes',
    node.length > 0 ? `**${node.join(', ')}**` : 'no',
  ];
}

/** The standard that the namespace of a Pod enforces. */
export function standardOf({ manifests }: Shipped, namespace: string): string {
  const labels = manifests.find('Namespace', undefined, namespace)?.metadata.labels ?? {};
  const standard = labels['pod-security.kubernetes.io/enforce'];
  if (standard === undefined) return 'not set by this program';
  return `${standard} (${labels['pod-security.kubernetes.io/enforce-version']})`;
}

function podRow(pod: PodManifest, shipped: Shipped): string[] {
  const contexts = contextsOf(pod);
  return [
    standardOf(shipped, pod.namespace),
    ...Object.values(COLUMNS).map((column) => lines(unique(contexts.map(column)))),
    ...podCells(pod, shipped),
  ];
}

/** Workloads that are alike share a row. */
function rowsOf(shipped: Shipped): string[][] {
  const rows = new Map<string, string[]>();
  for (const pod of shipped.manifests.pods) {
    const cells = JSON.stringify(podRow(pod, shipped));
    rows.set(cells, [...(rows.get(cells) ?? []), `${pod.object.kind} ${code(pod.object.metadata.name)}`]);
  }
  return [...rows].map(([cells, names]) => [shipped.name, lines(names), ...(JSON.parse(cells) as string[])]);
}

/** What every Pod may do to its node, with what is weaker than `restricted` in bold. */
export function podSecurityTable(profiles: readonly Shipped[]): string {
  const head = ['Profile', 'Workload', 'Standard enforced', ...Object.keys(COLUMNS)];
  return table([...head, 'Token', 'Runtime class', 'Host users', 'Host namespaces'], profiles.flatMap(rowsOf));
}
