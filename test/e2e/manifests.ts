import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadProfile } from '../../config/load';
import { synthesize } from '../../main';
import { readManifests } from '../../tools/cluster/folder';
import { kubectl, type Output } from './kubectl';
import { create, discard, namespace, type Manifest } from './objects';

/** kubectl's, of the accounts that Kubernetes itself makes with each namespace, and so without kubectl's annotation. */
export const WARNING_OF_THE_DEFAULT_ACCOUNT = /^Warning: resource serviceaccounts\/default is missing the .*\n/gm;

/** Kubernetes made that account between kubectl's question whether it is there and its own attempt: the README says what to do. */
const MADE_MEANWHILE = 'serviceaccounts "default" already exists';

/** Namespaces that a check has made, whose manifests delete them: two profiles may be of the same one. */
const CHECKED = new Set<string>();

/** A folder of YAML, and what its user does with it. */
export class Manifests {
  /** What is to be deleted at the end: a file or the folder. */
  private applied: string | undefined;
  /** Of an operator that is not here, such as Velero's: made for the time of a check. */
  private readonly borrowed: Manifest[] = [];

  private constructor(
    readonly folder: string,
    private readonly temporary: boolean,
  ) {}

  /** The committed ones. */
  static committed(): Manifests {
    return new Manifests(join(__dirname, '../../dist'), false);
  }

  /** Those of a profile: a shipped one's name, or a file. */
  static ofProfile(reference: string): Manifests {
    const outdir = mkdtempSync(join(tmpdir(), 'openhands-e2e-'));
    synthesize(loadProfile(reference).profile, outdir);
    return new Manifests(outdir, true);
  }

  /** Those of a profile that is there for these tests: a file of the folder `profiles`. */
  static ofTestProfile(file: string): Manifests {
    return Manifests.ofProfile(join(__dirname, 'profiles', file));
  }

  /** `kubectl apply -f FOLDER`, as a user does. */
  async apply(): Promise<Output> {
    await this.take(this.folder);
    const apply = () => kubectl('apply', '-f', this.folder, '--validate=strict');
    return apply().catch((error: Error) => {
      if (!error.message.includes(MADE_MEANWHILE)) throw error;
      return apply();
    });
  }

  /** Some of them again, by their charts: `1-policies`. */
  applyCharts(...charts: string[]): Promise<Output> {
    const files = charts.flatMap((it) => ['-f', join(this.folder, `${it}.k8s.yaml`)]);
    return kubectl('apply', '--validate=strict', ...files);
  }

  /** What the API server says to every field. Only namespaces are made: without one nothing in it can be checked. */
  async check(): Promise<Output> {
    const namespaces = join(this.folder, '0-namespaces.k8s.yaml');
    const serverSide = ['apply', '--server-side', '--validate=strict'];
    if (existsSync(namespaces)) {
      const names = this.namespaces();
      if (!names.every((it) => CHECKED.has(it))) await this.take(namespaces);
      for (const name of names) CHECKED.add(name);
      await kubectl(...serverSide, '-f', namespaces);
    }
    await this.borrowNamespaces();
    return kubectl(...serverSide, '-f', this.folder, '--dry-run=server');
  }

  /** The namespaces that the manifests bring. */
  private namespaces(): string[] {
    const objects = readManifests(this.folder).filter(({ kind }) => kind === 'Namespace');
    return objects.map(({ metadata }) => metadata.name as string);
  }

  /** Make the namespaces that the manifests take for granted. */
  private async borrowNamespaces(): Promise<void> {
    const brought = this.namespaces();
    const named = new Set(
      readManifests(this.folder).flatMap(({ metadata }) => (metadata.namespace as string | undefined) ?? []),
    );
    for (const name of [...named].filter((it) => !brought.includes(it))) {
      if ((await kubectl('get', 'namespace', name, '--ignore-not-found', '-o=name')).stdout) continue;
      await create(namespace(name));
      this.borrowed.push(namespace(name));
    }
  }

  /** @throws Error with what `kubectl apply` would change */
  async areInEffect(): Promise<void> {
    await kubectl('diff', '-f', this.folder);
  }

  /** @throws Error with the names of those objects that the cluster has */
  async areAbsent(path = this.folder): Promise<void> {
    const { stdout } = await kubectl('get', '-f', path, '--ignore-not-found', '-o', 'name');
    if (stdout) throw new Error(`expected none of these in the cluster: ${stdout.trim().replaceAll('\n', ', ')}`);
  }

  /** `kubectl delete -f FOLDER`, which waits until everything is gone. */
  async delete(): Promise<void> {
    await this.end('--timeout=240s');
  }

  /** Leave nothing behind, whatever happened. What is deleted here ends by itself, without anybody who waits for it. */
  async cleanUp(): Promise<void> {
    await this.end('--wait=false');
    if (this.borrowed.length > 0) await discard(...this.borrowed);
    if (this.temporary) rmSync(this.folder, { recursive: true, force: true });
  }

  private async end(patience: string): Promise<void> {
    if (this.applied) await kubectl('delete', '-f', this.applied, '--ignore-not-found', patience);
    this.applied = undefined;
  }

  /** What somebody else has made is not ours to change, nor to delete at the end. */
  private async take(path: string): Promise<void> {
    if (!this.applied) {
      await this.haveEnded(path);
      await this.areAbsent(path);
    }
    this.applied = path;
  }

  /** Wait for the end of those that an earlier test has deleted. */
  private async haveEnded(path: string): Promise<void> {
    const { stdout } = await kubectl('get', '-f', path, '--ignore-not-found', '-o=jsonpath={..deletionTimestamp}');
    if (stdout) await kubectl('wait', '--for=delete', '-f', path, '--timeout=180s');
  }
}
