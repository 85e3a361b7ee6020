import { version } from '../../package.json';
import type { Manifest } from '../../constructs/policy/objects';
import type { Cluster } from '../cluster/cluster';
import { imagesOf } from '../images/used';
import { alignedLines } from '../table';

const nodeRow = ({ metadata, status = {}, spec = {} }: Manifest): string[] => [
  metadata.name,
  status.nodeInfo?.kubeletVersion ?? '',
  status.nodeInfo?.containerRuntimeVersion ?? '',
  status.nodeInfo?.kernelVersion ?? '',
  status.nodeInfo?.osImage ?? '',
  status.nodeInfo?.architecture ?? '',
  status.allocatable?.cpu ?? '',
  status.allocatable?.memory ?? '',
  (spec.taints ?? []).map(({ key, effect }: Manifest) => `${key}:${effect}`).join(' '),
];

/** What the Pods run from, by the digests that the nodes have pulled. */
const runningRows = (pods: readonly Manifest[]): string[][] => {
  const rows = pods.flatMap(({ status = {} }) =>
    [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].map((it) => [it.image, it.imageID]),
  );
  return [...new Map(rows.map((row) => [row.join(' '), row])).values()];
};

/** Of this program, of Node, of the cluster and its nodes, of the images that were asked for and that run. */
export async function versionLines(
  cluster: Pick<Cluster, 'version'>,
  manifests: readonly Manifest[],
  { nodes, pods }: { readonly nodes: readonly Manifest[]; readonly pods: readonly Manifest[] },
): Promise<string[]> {
  return [
    `openhands-on-kubernetes ${version}`,
    `Node ${process.version} on ${process.platform} ${process.arch}`,
    `Kubernetes ${await cluster.version()}`,
    '',
    ...alignedLines([
      ['NODE', 'KUBELET', 'RUNTIME', 'KERNEL', 'OS', 'ARCH', 'CPU', 'MEMORY', 'TAINTS'],
      ...nodes.map(nodeRow),
    ]),
    '',
    'Images of the manifests:',
    ...imagesOf(manifests).keys(),
    '',
    'Images that run:',
    ...alignedLines(runningRows(pods)),
  ];
}
