import { titleOf, type Manifest } from '../../constructs/policy/objects';
import { holdsFiles } from '../holds-files';

/** As kubectl knows it: the kind with its group, so that two CRDs of one kind are told apart. */
function argumentOf({ apiVersion, kind, metadata }: Manifest): string {
  const group = (apiVersion as string).split('/').slice(0, -1);
  return `${[kind.toLowerCase(), ...group].join('.')}/${metadata.name}`;
}

/** What deletes the objects of one namespace. */
function commandOf(namespace: string, objects: readonly Manifest[], context?: string): string {
  const options = [...(context ? [`--context=${context}`] : []), `--namespace=${namespace}`];
  return ['kubectl', 'delete', ...options, ...objects.map(argumentOf)].join(' ');
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length > 0 ? [title, ...lines.map((it) => `  ${it}`), ''] : [];

/**
 * What is in no file any more, as the commands that delete it. None of them deletes a volume: what holds files is named
 * beside them, for whoever knows what is in it.
 *
 * @param context of the kubeconfig; absent: its current one
 */
export function cleanUpLines(left: readonly Manifest[], context?: string): string[] {
  const files = left.filter(holdsFiles);
  const others = left.filter((it) => !holdsFiles(it));
  const namespaces = new Set<string>(others.map(({ metadata }) => metadata.namespace));
  const commands = [...namespaces].map((namespace) =>
    commandOf(
      namespace,
      others.filter(({ metadata }) => metadata.namespace === namespace),
      context,
    ),
  );
  return [
    ...section('In the cluster, but in no file (kubectl apply does not delete). To delete it:', commands),
    ...section('In no file either, but it holds files. Delete it by hand, once nobody needs them:', files.map(titleOf)),
  ];
}
