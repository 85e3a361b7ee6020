import { tarGz } from '../tar-gz';
import { type Omissions } from './omissions';
import type { Scrubber } from './scrub';

/** How much of one file is kept, in bytes. */
const LARGEST = 2 * 1024 ** 2;

/** The files of a bundle. Every text passes the scrubber on its way in, whatever was done to it before. */
export class Bundle {
  private readonly files = new Map<string, string>();

  constructor(
    private readonly scrubber: Scrubber,
    private readonly omissions: Omissions,
  ) {}

  add(path: string, text: string): void {
    const scrubbed = this.scrubber.scrub(text, path);
    if (scrubbed.length > LARGEST) this.omissions.add(`what a file had beyond ${LARGEST / 1024 ** 2} MiB`, path);
    this.files.set(path, scrubbed.slice(0, LARGEST));
  }

  /** The paths of all files. */
  get paths(): string[] {
    return [...this.files.keys(), 'OMITTED.md'];
  }

  /**
   * All files in one folder, as a .tar.gz.
   *
   * @param folder its name in the archive
   */
  async archive(folder: string): Promise<Buffer> {
    const page = this.scrubber.scrub(this.omissions.page(), 'OMITTED.md');
    const files = [...this.files, ['OMITTED.md', page] as const];
    return tarGz(files, { folder, mode: 0o600, mtime: new Date() });
  }
}
