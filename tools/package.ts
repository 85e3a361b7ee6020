/** `npm run package`: rendered manifests as a Helm chart, and as an OCI layout of it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readFiles } from './cluster/folder';
import { runCommand } from './command';
import { chartFiles, groundOf } from './package/chart';
import { ociLayout } from './package/oci-layout';
import { parseOptions } from './package/options';
import { tarGz } from './tar-gz';

/** Of every file, so that the same manifests give the same bytes. */
const MTIME = new Date(0);

function write(path: string, content: Buffer | string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

async function packageChart(args: readonly string[]): Promise<number> {
  const { name, version, dir, out } = parseOptions(args);
  const props = { name, version, files: readFiles(dir) };
  const chart = await tarGz(chartFiles(props), { folder: name, mode: 0o644, mtime: MTIME });
  const base = join(out, `${name}-${version}`);
  const written = [`${base}.tgz`, `${base}.oci`];
  write(`${base}.tgz`, chart);
  for (const [path, bytes] of ociLayout(props, chart)) write(join(`${base}.oci`, path), bytes);
  const ground = groundOf(props);
  if (ground !== '') {
    write(`${base}-namespaces.yaml`, ground);
    written.push(`${base}-namespaces.yaml`);
  }
  process.stdout.write(`${written.join('\n')}\n`);
  return 0;
}

runCommand(packageChart);
