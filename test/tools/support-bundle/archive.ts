import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { collect, type CollectProps } from '../../../tools/support-bundle/collect';

/** The files of a .tar.gz: path to text. */
export async function filesIn(archive: Buffer): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const entries = Readable.from([archive]).pipe(createGunzip()).pipe(extract());
  for await (const entry of entries) files[entry.header.name] = await text(entry);
  return files;
}

/** The files of the bundle of a cluster, without their folder. */
export async function bundleOf(props: Omit<CollectProps, 'say'>): Promise<Record<string, string>> {
  const bundle = await collect({ ...props, say: () => undefined });
  const files = Object.entries(await filesIn(await bundle.archive('folder')));
  return Object.fromEntries(files.map(([path, content]) => [path.replace(/^folder\//, ''), content]));
}
