import { problemAt } from '../../config/refusal';
import type { Profile } from '../../config/schema/profile';
import { narrowRoles, podSecurityLabels, tokenlessAccounts } from './access';
import { containerRules } from './containers';
import { exemptionsOf } from './exemptions';
import { namespaceStated, noSecretVariable, plainName, recommendedLabels, uniqueObject, values } from './identity';
import { alertsExplained, receiversRouted, seriesRecorded } from './monitoring';
import { imageSources } from './images';
import { namespaceIsDenied, noMetadata, podIsSelected, policyIsMeant } from './network';
import { Manifests, nameOf, type Finding, type Manifest, type Rule } from './objects';
import { PatchExemptions } from './patch-exemptions';
import { podRules } from './pods';
import { quotaRoom } from './quota';
import { autoscalers, bounds, budgets, replicated } from './scaling';
import { backends, podReferences, roleReferences, servicePorts, tls } from './references';
import { storable } from './size';

const RULES: readonly Rule[] = [
  uniqueObject,
  plainName,
  namespaceStated,
  recommendedLabels,
  values,
  noSecretVariable,
  containerRules,
  imageSources,
  podRules,
  servicePorts,
  backends,
  podReferences,
  roleReferences,
  tls,
  narrowRoles,
  tokenlessAccounts,
  podSecurityLabels,
  podIsSelected,
  namespaceIsDenied,
  policyIsMeant,
  noMetadata,
  autoscalers,
  budgets,
  replicated,
  bounds,
  quotaRoom,
  alertsExplained,
  seriesRecorded,
  receiversRouted,
  storable,
];

/** Everything about these objects that breaks a rule, exempt or not. */
export function* findings(objects: readonly Manifest[], profile: Profile): Generator<Finding> {
  const manifests = new Manifests(objects);
  for (const rule of RULES) yield* rule(manifests, profile);
}

/**
 * What is wrong with the manifests of a profile, one line a finding: `rule: Kind/name text`. Nothing that is on the list
 * of exemptions, and nothing that a patch gives a reason for.
 */
export function violations(objects: readonly Manifest[], profile: Profile): string[] {
  const exemptionFor = exemptionsOf(profile);
  const patches = new PatchExemptions(profile);
  const found: Finding[] = [];
  for (const finding of findings(objects, profile)) {
    if (exemptionFor(finding.rule, nameOf(finding.object)) === undefined) found.push(finding);
  }
  const unneeded = patches.problems(found).map(({ path, text }) => problemAt(profile.sources, path, text));
  const broken = found
    .filter((finding) => !patches.allows(finding))
    .map((finding) => `${finding.rule}: ${nameOf(finding.object)} ${finding.text}${patches.hint(finding)}`);
  return [...unneeded, ...broken];
}
