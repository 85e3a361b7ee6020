/** `npm run preflight`: what this cluster lacks for these manifests, before they are applied. */
import type { Manifest } from '../constructs/policy/objects';
import { Cluster } from './cluster/cluster';
import { clusterOptions, runCommand } from './command';
import { CHECKS } from './preflight/checks';
import { tableOf } from './preflight/row';
import { forEachProfile, selectedManifests } from './selected';

const USAGE = `Usage: npm run preflight -- [options]
  --dir DIR        folder of the manifests (dist)
  --context NAME   of the kubeconfig
The variable PROFILE names the profiles, as for cdk8s synth: of several, each is in a folder of its own below DIR.
Exit status: 0 nothing is missing, 1 something is, 2 usage or no cluster.`;

async function ask(cluster: Cluster, objects: readonly Manifest[]): Promise<number> {
  const rows = (await Promise.all(CHECKS.map((check) => check(cluster, objects)))).flat();
  const missing = rows.filter(({ state }) => state === 'MISSING').length;
  const verdict = missing === 0 ? 'nothing is missing' : `${missing} missing: applying these would not work`;
  process.stdout.write(`${[...tableOf(rows), '', verdict].join('\n')}\n`);
  return missing === 0 ? 0 : 1;
}

async function preflight(args: readonly string[]): Promise<number> {
  const { dir, context } = clusterOptions(args, USAGE);
  const profiles = selectedManifests(dir);
  const cluster = await Cluster.connect(context, { patience: 10_000, onOutage: () => undefined });
  return forEachProfile(profiles, ({ objects }) => ask(cluster, objects));
}

runCommand(preflight);
