import type { Manifest } from '../../constructs/policy/objects';
import { FLOWS, flowsOf, OBSERVING, outcomeOf, type Flow } from './flows';
import { code, codes, lines, NONE, table, unique } from './markdown';
import { directionsOf } from './network-policy';
import { peersText, portsText, selectorText } from './peers';
import { sceneOf, type Scene } from './scene';
import { namesOf, shared, type Shipped } from './shipped';

const WORDS = { allowed: '**allowed**', 'in part': '**in part**', refused: 'refused', nobody: NONE } as const;

function row(flow: Flow, scenes: readonly Scene[]): string[] {
  const outcomes = scenes.map((scene) => outcomeOf(flow, scene));
  const by = unique(outcomes.flatMap((it) => it.by)).sort();
  return [flow.title, ...outcomes.map(({ verdict }) => WORDS[verdict]), lines(by.map(code))];
}

/** Who may talk to whom in every profile, as the rendered policies have it. */
export function trafficTable(profiles: readonly Shipped[]): string {
  const scenes = profiles.map(sceneOf);
  const others = unique(scenes.flatMap((it) => it.others.map(({ name }) => name)));
  return table(
    ['From → to', ...profiles.map(({ name }) => name), 'Allowed by'],
    [...FLOWS, ...others.flatMap(flowsOf), ...OBSERVING].map((flow) => row(flow, scenes)),
  );
}

const ruleText = (arrow: string, peers: readonly Manifest[] | undefined, ports: readonly Manifest[] | undefined) =>
  `${arrow} ${peersText(peers).join(' or ')}, ${portsText(ports)}`;

function letsThrough({ spec }: Manifest): string {
  const rules = [
    ...(spec.ingress ?? []).map(({ from, ports }: Manifest) => ruleText('in from', from, ports)),
    ...(spec.egress ?? []).map(({ to, ports }: Manifest) => ruleText('out to', to, ports)),
  ];
  return rules.length === 0 ? 'nothing' : lines(rules);
}

/** Every policy with its own words. */
export function policyTable(profiles: readonly Shipped[]): string {
  const rows = shared(profiles, ({ manifests }) =>
    manifests
      .ofKind('NetworkPolicy')
      .map((policy) => [
        code(policy.metadata.name),
        selectorText(policy.spec.podSelector),
        codes(directionsOf(policy)),
        letsThrough(policy),
        policy.metadata.annotations?.['kubernetes.io/description'] ?? NONE,
      ]),
  ).sort((a, b) => a.cells[0]!.localeCompare(b.cells[0]!));
  return table(
    ['NetworkPolicy', 'Of the Pods', 'About', 'Lets through', 'Why', 'Profiles'],
    rows.map(({ cells, profiles: names }) => [...cells, namesOf(names, profiles)]),
  );
}
