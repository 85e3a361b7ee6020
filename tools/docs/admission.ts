import { Chart } from 'cdk8s';
import { ClaimAdmission } from '../../constructs/admission/claim-admission';
import { SandboxAdmission } from '../../constructs/admission/sandbox-admission';
import { Manifests, type Manifest } from '../../constructs/policy/objects';
import { code, lines, table } from './markdown';
import { namesOf, render, shared, type Shipped } from './shipped';

/** What a policy is asked about: `CREATE pods`. */
const subjects = ({ spec }: Manifest): string[] =>
  (spec.matchConstraints?.resourceRules ?? []).map(
    ({ operations, resources }: Manifest) => `${operations.join(', ')} ${resources.join(', ')}`,
  );

const actionsOf = (policy: Manifest, manifests: Manifests): string[] =>
  manifests
    .ofKind('ValidatingAdmissionPolicyBinding')
    .filter(({ spec }) => spec.policyName === policy.metadata.name)
    .flatMap(({ spec }) => spec.validationActions);

/** Policies have no namespace, so their names end in it. */
const nameIn = (policy: Manifest, { profile }: Shipped): string =>
  policy.metadata.name.replace(profile.kubernetes.namespace, '<namespace>');

/** One row for each thing that is refused. */
const rowsOf = (policy: Manifest, name: string, actions: readonly string[]): string[][] =>
  policy.spec.validations.map(({ message, expression }: Manifest) => [
    code(name),
    lines(subjects(policy).map(code)),
    message ?? code(expression),
    actions.join(', '),
  ]);

/** The policies that come with whoever claims Sandboxes, which no shipped profile needs to have. */
const CLAIMANTS: readonly [who: string, (chart: Chart) => void][] = [
  [
    'those with managers and agent-sandbox',
    (chart) => new SandboxAdmission(chart, 'sandboxes', { namespace: '<namespace>', managers: ['any/any'] }),
  ],
  [
    'those with `deploy.access.app_server`',
    (chart) => new ClaimAdmission(chart, 'claims', { namespace: '<namespace>', env: [] }),
  ],
];

/** What the API server itself refuses. */
export function admissionTable(profiles: readonly Shipped[]): string {
  const rows = shared(profiles, (shipped) =>
    shipped.manifests
      .ofKind('ValidatingAdmissionPolicy')
      .flatMap((policy) => rowsOf(policy, nameIn(policy, shipped), actionsOf(policy, shipped.manifests))),
  );
  const rendered = new Set(rows.map(({ cells }) => cells[0]));
  const further = CLAIMANTS.flatMap(([who, build]) => {
    const manifests = new Manifests(render((app) => build(new Chart(app, 'claimants'))));
    return manifests
      .ofKind('ValidatingAdmissionPolicy')
      .flatMap((policy) => rowsOf(policy, policy.metadata.name, actionsOf(policy, manifests)))
      .filter(([name]) => !rendered.has(name))
      .map((cells) => [...cells, who]);
  });
  return table(
    ['ValidatingAdmissionPolicy', 'Asked at', 'Refusal', 'Action', 'Profiles'],
    [...rows.map(({ cells, profiles: names }) => [...cells, namesOf(names, profiles)]), ...further],
  );
}
