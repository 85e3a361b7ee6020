/** `npm run keys`: the keys of sessions and pools that a cluster lacks, made of random bytes. */
import { Cluster } from './cluster/cluster';
import { readManifests } from './cluster/folder';
import { clusterOptions, runCommand } from './command';
import { keySecretsOf, type KeySecret } from './keys/key-secrets';
import { makeKeys } from './keys/make-keys';
import { reportOf } from './keys/report';

const USAGE = `Usage: npm run keys -- [options]
  --dir DIR        folder of the manifests (dist)
  --context NAME   of the kubeconfig
  --dry-run        say which would be made, and make none
Exit status: 0 nothing is missing any more, 1 a Secret was left alone, 2 usage or no cluster.`;

async function keys(args: readonly string[]): Promise<number> {
  const options = clusterOptions(args, USAGE, { 'dry-run': { type: 'boolean', default: false } });
  const isDryRun = options['dry-run'];
  const secrets = keySecretsOf(readManifests(options.dir));
  if (secrets.length === 0) {
    process.stdout.write(`no object of ${options.dir} reads a key\n`);
    return 0;
  }
  const cluster = await Cluster.connect(options.context, { patience: 10_000, onOutage: () => undefined });
  const make = (wanted: readonly KeySecret[]) => Promise.all(wanted.map((it) => makeKeys(cluster, it, isDryRun)));
  // A copy is made of what is there then.
  const outcomes = [
    ...(await make(secrets.filter(({ copyOf }) => copyOf === undefined))),
    ...(await make(secrets.filter(({ copyOf }) => copyOf !== undefined))),
  ];
  process.stdout.write(`${reportOf(outcomes, { isDryRun, context: options.context }).join('\n')}\n`);
  return outcomes.some(({ problem }) => problem !== undefined) ? 1 : 0;
}

runCommand(keys);
