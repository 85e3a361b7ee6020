/** `npm run review -- REVISION`: what profiles render differently since then, as Markdown. */
import { execFileSync } from 'node:child_process';
import { basename, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { loadProfile, shippedProfiles } from '../config/load';
import { Refused } from '../config/refusal';
import { selectProfiles } from '../config/selection';
import type { Manifest } from '../constructs/policy/objects';
import { objectsOf } from '../main';
import { changesOf } from './review/change';
import { reviewPage } from './review/markdown';
import { UsageError } from './usage-error';

const USAGE = `Usage: npm run review -- [options] REVISION
  REVISION   a commit, a branch or a tag
  --dir DIR  folder of the committed manifests of profiles that are not shipped (dist)
The variable PROFILE names the profiles, as for cdk8s synth (every shipped one): of several, each is in a folder of its own
below DIR.`;

const ROOT = join(__dirname, '..');

/** Where the renderings are committed. */
const SNAPSHOTS = 'test/snapshots';

const git = (...args: string[]): string =>
  execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'pipe'] });

/** @throws UsageError when there is no such commit */
function commitOf(revision: string): string {
  try {
    return git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`).trim();
  } catch {
    throw new UsageError(`expected a commit, a branch or a tag, got ${revision}\n${USAGE}`);
  }
}

/** A profile, and where its manifests are committed. */
interface Reviewed {
  readonly profile: string;
  /** Nothing: it was shipped then, and is no more. */
  readonly reference?: string;
  readonly folder: string;
}

/** The manifests of a folder as they were committed, without those of folders below it. */
function committed(commit: string, folder: string): Manifest[] {
  const files = git('ls-tree', '-z', '--name-only', commit, `${folder}/`)
    .split('\0')
    .filter((it) => /\.ya?ml$/.test(it));
  return files.flatMap((file) =>
    parseAllDocuments(git('show', `${commit}:${file}`)).map((it) => it.toJS() as Manifest),
  );
}

function shippedThen(commit: string): string[] {
  const folders = git('ls-tree', '-d', '-z', '--name-only', commit, `${SNAPSHOTS}/`).split('\0').filter(Boolean);
  return folders.map((it) => basename(it));
}

const shippedAt = (commit: string): Reviewed[] =>
  [...new Set([...shippedProfiles(), ...shippedThen(commit)])].map((profile) => ({
    profile,
    reference: shippedProfiles().includes(profile) ? profile : undefined,
    folder: join(SNAPSHOTS, profile),
  }));

/** Those that PROFILE names. */
const named = (text: string, dir: string): Reviewed[] =>
  selectProfiles(text).map(({ reference, folder }) => ({
    profile: folder ?? basename(reference, '.toml'),
    reference,
    folder: shippedProfiles().includes(reference)
      ? join(SNAPSHOTS, reference)
      : relative(ROOT, resolve(dir, folder ?? '')),
  }));

function main(): void {
  try {
    const options = { dir: { type: 'string', default: 'dist' } } as const;
    const { positionals, values } = parseArgs({ options, allowPositionals: true, strict: true });
    if (positionals.length !== 1) throw new UsageError(USAGE);
    const [revision] = positionals as [string];
    const commit = commitOf(revision);
    const profiles = process.env.PROFILE ? named(process.env.PROFILE, values.dir) : shippedAt(commit);
    const before = profiles.map(({ folder }) => committed(commit, folder));
    if (before.every((objects) => objects.length === 0)) {
      const folders = profiles.map(({ folder }) => `${folder}/`).join(', ');
      throw new UsageError(`${commit.slice(0, 12)} has no manifests in ${folders}`);
    }
    const all = profiles.map(({ profile, reference }, index) => ({
      profile,
      changes: changesOf(before[index]!, reference === undefined ? [] : objectsOf(loadProfile(reference).profile)),
    }));
    process.stdout.write(reviewPage(revision, all));
  } catch (error) {
    const isUsage = error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
    if (!isUsage && !(error instanceof Refused)) throw error;
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}

main();
