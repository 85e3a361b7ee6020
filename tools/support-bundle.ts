/** `npm run support-bundle`: one archive for a bug report, with nothing secret in it. */
import { writeFileSync } from 'node:fs';
import { Cluster } from './cluster/cluster';
import { readManifests } from './cluster/folder';
import { clusterOptions, runCommand } from './command';
import { collect } from './support-bundle/collect';
import { UsageError } from './usage-error';

const USAGE = `Usage: npm run support-bundle -- [options]
  --dir DIR        folder of the manifests (dist)
  --context NAME   of the kubeconfig
  --out FILE       of the archive (openhands-support-<time>.tar.gz)
Exit status: 0 written, 2 usage or no cluster.`;

const print = (line: string) => process.stdout.write(`${line}\n`);

/** `2026-11-28T01-02-03`, as a file may be called everywhere. */
const stamp = () => new Date().toISOString().slice(0, 19).replaceAll(':', '-');

function write(file: string, archive: Buffer): void {
  try {
    // Not over somebody's file; to be read by its owner alone, who looks through it first.
    writeFileSync(file, archive, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new UsageError(`--out: ${isThere ? `${file} is there already` : (error as Error).message}`);
  }
}

async function supportBundle(args: readonly string[]): Promise<number> {
  const name = `openhands-support-${stamp()}`;
  const { dir, context, out } = clusterOptions(args, USAGE, { out: { type: 'string', default: `${name}.tar.gz` } });
  const manifests = readManifests(dir);
  const cluster = await Cluster.connect(context, { patience: 10_000, onOutage: () => undefined });
  const bundle = await collect({ cluster, manifests, say: (text) => print(`reading ${text}`) });
  const archive = await bundle.archive(name);
  write(out, archive);
  print(`${out}: ${bundle.paths.length} files, ${Math.ceil(archive.length / 1024)} KiB`);
  print('OMITTED.md in it lists what was left out, and why. Look through it before you send it.');
  return 0;
}

runCommand(supportBundle);
