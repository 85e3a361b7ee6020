import { EXEMPTIONS, exemptionsOf, type Exemption } from '../../constructs/policy/exemptions';
import { nameOf } from '../../constructs/policy/objects';
import { findings } from '../../constructs/policy/policy';
import { CHECKER_EXEMPTIONS } from '../../constructs/policy/checker-exemptions';
import { code, codes, lines, table } from './markdown';
import { namesOf, type Shipped } from './shipped';

/** The exemptions without which a profile would be refused. */
export function usedExemptions({ profile, manifests }: Shipped): Set<Exemption> {
  const exemptionFor = exemptionsOf(profile);
  const used = Array.from(findings(manifests.all, profile), ({ rule, object }) => exemptionFor(rule, nameOf(object)));
  return new Set(used.filter((it) => it !== undefined));
}

const whereText = (where: Exemption['where']): string => {
  const settings = Object.entries(where).map(([path, value]) => {
    if (value === undefined) return `no ${code(path)}`;
    return typeof value === 'object' ? `${code(path)} ${value.is}` : code(`${path} = ${JSON.stringify(value)}`);
  });
  return settings.length === 0 ? 'any' : lines(settings);
};

/** Everything that the policy lets pass, and who makes use of it. */
export function exemptionTable(profiles: readonly Shipped[]): string {
  const used = profiles.map((shipped) => ({ name: shipped.name, exemptions: usedExemptions(shipped) }));
  return table(
    ['Rules', 'Objects', 'With the settings', 'Reason', 'Used by'],
    EXEMPTIONS.map((exemption) => {
      const users = used.filter(({ exemptions }) => exemptions.has(exemption)).map(({ name }) => name);
      return [
        codes(exemption.rules),
        code(exemption.object),
        whereText(exemption.where),
        exemption.reason,
        users.length === 0 ? 'no shipped profile' : namesOf(users, profiles),
      ];
    }),
  );
}

/** The findings of kube-score and checkov that stay. `npm run checkers` fails on a line that nothing needs. */
export const checkerTable = (): string =>
  table(
    ['Findings', 'Objects', 'With the settings', 'Reason'],
    CHECKER_EXEMPTIONS.map(({ rules, object, where, reason }) => [
      codes(rules),
      code(object),
      whereText(where),
      reason,
    ]),
  );
