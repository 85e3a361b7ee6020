/** `npm run keys`: the keys of sessions and pools that a cluster lacks, made of random bytes. */
import { Cluster } from './cluster/cluster';
import { clusterOptions, runCommand } from './command';
import { keySecretsOf, type KeySecret } from './keys/key-secrets';
import { makeKeys } from './keys/make-keys';
import { reportOf } from './keys/report';
import { forEachProfile, selectedManifests } from './selected';

const USAGE = `Usage: npm run keys -- [options]
  --dir DIR        folder of the manifests (dist)
  --context NAME   of the kubeconfig
  --dry-run        say which would be made, and make none
The variable PROFILE names the profiles, as for cdk8s synth: of several, each is in a folder of its own below DIR.
Exit status: 0 nothing is missing any more, 1 a Secret was left alone, 2 usage or no cluster.`;

async function keys(args: readonly string[]): Promise<number> {
  const options = clusterOptions(args, USAGE, { 'dry-run': { type: 'boolean', default: false } });
  const isDryRun = options['dry-run'];
  const profiles = selectedManifests(options.dir);
  return forEachProfile(profiles, async ({ dir, objects }) => {
    const secrets = keySecretsOf(objects);
    if (secrets.length === 0) {
      process.stdout.write(`no object of ${dir} reads a key\n`);
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
  });
}

runCommand(keys);
