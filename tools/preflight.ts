/** `npm run preflight`: what this cluster lacks for these manifests, before they are applied. */
import { Cluster } from './cluster/cluster';
import { readManifests } from './cluster/folder';
import { clusterOptions, runCommand } from './command';
import { CHECKS } from './preflight/checks';
import { tableOf } from './preflight/row';

const USAGE = `Usage: npm run preflight -- [options]
  --dir DIR        folder of the manifests (dist)
  --context NAME   of the kubeconfig
Exit status: 0 nothing is missing, 1 something is, 2 usage or no cluster.`;

async function preflight(args: readonly string[]): Promise<number> {
  const { dir, context } = clusterOptions(args, USAGE);
  const objects = readManifests(dir);
  const cluster = await Cluster.connect(context, { patience: 10_000, onOutage: () => undefined });
  const rows = (await Promise.all(CHECKS.map((check) => check(cluster, objects)))).flat();
  const missing = rows.filter(({ state }) => state === 'MISSING').length;
  const verdict = missing === 0 ? 'nothing is missing' : `${missing} missing: applying these would not work`;
  process.stdout.write(`${[...tableOf(rows), '', verdict].join('\n')}\n`);
  return missing === 0 ? 0 : 1;
}

runCommand(preflight);
