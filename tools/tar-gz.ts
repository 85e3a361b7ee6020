import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';

export interface TarGzProps {
  /** Name of the folder in the archive. */
  readonly folder: string;
  /** Permissions of each file. */
  readonly mode: number;
  /** When each file was changed. */
  readonly mtime: Date;
}

/** Texts as the files of one folder in a .tar.gz: the same texts, the same bytes. */
export function tarGz(
  files: Iterable<readonly [path: string, text: string]>,
  { folder, mode, mtime }: TarGzProps,
): Promise<Buffer> {
  const archive = pack();
  for (const [path, text] of files) archive.entry({ name: `${folder}/${path}`, mode, mtime }, text);
  archive.finalize();
  return buffer(archive.pipe(createGzip()));
}
