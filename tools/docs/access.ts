import { Chart } from 'cdk8s';
import { SandboxManagers } from '../../constructs/access/access';
import { Manifests, type Manifest, type PodManifest } from '../../constructs/policy/objects';
import { code, codes, lines, NONE, table, unique } from './markdown';
import { isSandbox, namesOf, render, shared, type Shipped } from './shipped';

const CLIENTS = ['KubernetesRuntime', 'AgentSandboxWorkspace', 'AppServer'] as const;

const roles = (manifests: Manifests) => manifests.ofKind('Role', 'ClusterRole');
const bindings = (manifests: Manifests) => manifests.ofKind('RoleBinding', 'ClusterRoleBinding');

const subjectText = ({ kind, namespace, name }: Manifest) =>
  `${kind} ${code(namespace ? `${namespace}/${name}` : name)}`;

/** One row for each rule of a Role: API group, resources, verbs. */
const ruleRows = ({ rules = [] }: Manifest): string[][] =>
  rules.map(({ apiGroups = [], resources = [], nonResourceURLs = [], verbs }: Manifest) => [
    lines(apiGroups.map((it: string) => (it === '' ? 'core' : code(it)))),
    codes([...resources, ...nonResourceURLs]),
    codes(verbs),
  ]);

/** A Role's rules for each of its subjects; one of somebody else's making is only named. */
function bindingRows(binding: Manifest, manifests: Manifests): string[][] {
  const { kind, name } = binding.roleRef;
  const namespace = kind === 'Role' ? binding.metadata.namespace : undefined;
  const role = manifests.find(kind, namespace, name);
  const rules = role ? ruleRows(role) : [[NONE, NONE, `those of ${kind} ${name}, which is not of this program`]];
  return (binding.subjects ?? []).flatMap((subject: Manifest) =>
    rules.map((rule) => [subjectText(subject), `${kind} ${code(name)}`, ...rule]),
  );
}

/** Who may do what in the API, by the rendered Roles and bindings. */
export function rightsTable(profiles: readonly Shipped[]): string {
  const rows = shared(profiles, ({ manifests }) => bindings(manifests).flatMap((it) => bindingRows(it, manifests)));
  return table(
    ['Subject', 'Role', 'API group', 'Resources', 'Verbs', 'Profiles'],
    rows.map(({ cells, profiles: names }) => [...cells, namesOf(names, profiles)]),
  );
}

/** The Role that a manager of sandboxes gets, for each client that it may use. */
export function managerTable(): string {
  const rows = CLIENTS.flatMap((client) => {
    const objects = render((app) => {
      new SandboxManagers(new Chart(app, 'managers'), 'managers', { namespace: 'any', managers: ['any/any'], client });
    });
    return roles(new Manifests(objects)).flatMap((role) =>
      ruleRows(role).map((rule) => [code(client), code(role.metadata.name), ...rule]),
    );
  });
  return table(['Client', 'Role', 'API group', 'Resources', 'Verbs'], rows);
}

const accountOf = ({ spec }: PodManifest): string => spec.serviceAccountName ?? 'default';

/** Whether a Pod gets a token: the Pod's own word, else its account's, else yes. */
export function hasToken(pod: PodManifest, manifests: Manifests): boolean {
  const account = manifests.find('ServiceAccount', pod.namespace, accountOf(pod));
  return pod.spec.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true;
}

/** Groups that every ServiceAccount of a namespace is in. */
const groupsOf = (namespace: string) => [
  'system:authenticated',
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
];

function isBound({ subjects = [] }: Manifest, { namespace }: PodManifest, account: string): boolean {
  return subjects.some(
    ({ kind, namespace: own, name }: Manifest) =>
      (kind === 'ServiceAccount' && own === namespace && name === account) ||
      (kind === 'Group' && groupsOf(namespace).includes(name)),
  );
}

/** What a sandbox itself is to the API: its account, its Roles, its token. */
export function sandboxAccountTable(profiles: readonly Shipped[]): string {
  const rows = shared(profiles, ({ manifests }) =>
    manifests.pods.filter(isSandbox).map((pod) => {
      const account = accountOf(pod);
      const bound = bindings(manifests).filter((it) => isBound(it, pod, account));
      return [
        code(account),
        lines(unique(bound.map(({ roleRef }) => `${roleRef.kind} ${code(roleRef.name)}`))),
        hasToken(pod, manifests) ? `**yes**, of the account ${code(account)}` : 'none',
      ];
    }),
  );
  return table(
    ["The sandbox's account", 'Roles', 'Token in the Pod', 'Profiles'],
    rows.map(({ cells, profiles: names }) => [...cells, namesOf(names, profiles)]),
  );
}
