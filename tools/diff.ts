/** `npm run diff`: what applying the manifests would change in this cluster, security-relevant changes first. */
import { titleOf, type Manifest } from '../constructs/policy/objects';
import { Cluster } from './cluster/cluster';
import { clusterOptions, runCommand } from './command';
import { cleanUpLines } from './diff/clean-up';
import { leftBehind } from './diff/left-behind';
import { refusalOf } from './diff/refusal';
import type { ObjectChange } from './review/change';
import { consequenceOf, effectCounts } from './review/effect';
import { bySecurity } from './review/security';
import { changeLines, reasonText } from './review/text';
import { forEachProfile, selectedManifests } from './selected';
import { driftOf, RefusedByServer } from './verify/created';
import { asAskedFor, changesBetween } from './verify/fields';

const USAGE = `Usage: npm run diff -- [options]
  --dir DIR        folder of the manifests (dist)
  --context NAME   of the kubeconfig
The variable PROFILE names the profiles, as for cdk8s synth: of several, each is in a folder of its own below DIR.
Exit status: 0 nothing would change, 1 something would, 2 usage or no cluster.`;

/** @param earlier what the same apply changes before it */
async function changeOf(cluster: Cluster, object: Manifest, earlier: readonly ObjectChange[]): Promise<ObjectChange[]> {
  const live = await cluster.get(object);
  if (live === undefined) return [{ action: 'created', object, fields: [] }];
  try {
    const fields = await driftOf(cluster, object, live);
    return fields.length > 0 ? [{ action: 'changed', object, fields }] : [];
  } catch (error) {
    if (!(error instanceof RefusedByServer)) throw error;
    // Without the API server's defaults, what the file does not say is no change.
    const fields = changesBetween(asAskedFor(live), asAskedFor(object)).filter((it) => 'after' in it);
    return [
      {
        action: 'changed',
        object,
        fields,
        refusal: await refusalOf(cluster, { live, fields, earlier }, error.sentence),
      },
    ];
  }
}

function effectLines(change: ObjectChange): string[] {
  const consequence = consequenceOf(change);
  if (consequence === undefined) return [];
  return [`  ${[consequence.effect, consequence.advice].filter(Boolean).join(': ')}`];
}

const entry = (change: ObjectChange): string[] => [
  `${titleOf(change.object)} ${change.action}${reasonText(change)}`,
  ...effectLines(change),
  // A new object's fields are in the file.
  ...(change.action === 'changed' ? changeLines(change).map((line) => `  ${line}`) : []),
];

const section = (title: string, changes: readonly ObjectChange[]): string[] =>
  changes.length > 0 ? [`${title}:`, ...changes.flatMap(entry), ''] : [];

async function ask(cluster: Cluster, objects: readonly Manifest[], context?: string): Promise<number> {
  const changes: ObjectChange[] = [];
  for (const object of objects) changes.push(...(await changeOf(cluster, object, changes)));
  const left = await leftBehind(cluster, objects);
  const { security, other } = bySecurity(changes);
  const effects = effectCounts(changes);
  const lines = [
    ...section('Security-relevant', security),
    ...section('Other', other),
    ...cleanUpLines(left, context),
    `${changes.length} of ${objects.length} objects would change, ${security.length} of them security-relevant` +
      (effects ? `: ${effects}` : ''),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return changes.length > 0 ? 1 : 0;
}

async function diff(args: readonly string[]): Promise<number> {
  const { dir, context } = clusterOptions(args, USAGE);
  const profiles = selectedManifests(dir);
  const cluster = await Cluster.connect(context, { patience: 10_000, onOutage: () => undefined });
  return forEachProfile(profiles, ({ objects }) => ask(cluster, objects, context));
}

runCommand(diff);
