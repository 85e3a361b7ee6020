import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Background, freePort } from '../../e2e/background';
import { ownAddress } from '../../e2e/own-address';

const BUCKET = 'backups';
const KEY = { id: 'parts', secret: 'a-secret-for-tests' };

/** A real S3 server on this machine, versitygw, that the cluster reaches: a bucket in a folder. */
export class ObjectStore {
  static readonly bucket = BUCKET;
  /** As AWS's programs read it. */
  static readonly credentials = `[default]\naws_access_key_id=${KEY.id}\naws_secret_access_key=${KEY.secret}\n`;

  private readonly folder = mkdtempSync(join(tmpdir(), 'openhands-s3-'));
  private server: Background | undefined;

  private constructor(private readonly address: string) {
    for (const name of [`data/${BUCKET}`, 'attributes']) mkdirSync(join(this.folder, name), { recursive: true });
  }

  static async make(): Promise<ObjectStore> {
    return new ObjectStore(`${await ownAddress()}:${await freePort()}`);
  }

  get url(): string {
    return `http://${this.address}`;
  }

  async start(): Promise<void> {
    const [data, attributes] = [join(this.folder, 'data'), join(this.folder, 'attributes')];
    const key = ['--access', KEY.id, '--secret', KEY.secret];
    // Not every file system has attributes of a file.
    const backend = ['posix', '--sidecar', attributes, data];
    this.server = await Background.start('versitygw', '--port', this.address, ...key, ...backend);
    for (let tries = 0; ; tries += 1) {
      if (await fetch(this.url).catch(() => undefined)) return;
      if (tries === 100) throw new Error(`versitygw does not answer at ${this.url}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async stop(): Promise<void> {
    await this.server?.stop();
    this.server = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }
}
