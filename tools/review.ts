/** `npm run review -- REVISION`: what every shipped profile renders differently since then, as Markdown. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { loadProfile, shippedProfiles } from '../config/load';
import type { Manifest } from '../constructs/policy/objects';
import { render } from '../main';
import { changesOf } from './review/change';
import { reviewPage } from './review/markdown';
import { UsageError } from './usage-error';

const USAGE = 'Usage: npm run review -- REVISION        (a commit, a branch or a tag)';

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

/** The objects of each profile as they were committed: profile to objects. */
function renderingsAt(commit: string): Map<string, Manifest[]> {
  const renderings = new Map<string, Manifest[]>();
  const files = git('ls-tree', '-r', '-z', '--name-only', commit, SNAPSHOTS).split('\0').filter(Boolean);
  if (files.length === 0) throw new UsageError(`${commit.slice(0, 12)} has no renderings in ${SNAPSHOTS}/`);
  for (const file of files) {
    const profile = file.split('/').at(-2)!;
    const objects = parseAllDocuments(git('show', `${commit}:${file}`)).map((it) => it.toJS() as Manifest);
    renderings.set(profile, [...(renderings.get(profile) ?? []), ...objects]);
  }
  return renderings;
}

/** The objects of a profile as they are now. */
const renderingOf = (profile: string): Manifest[] =>
  render(loadProfile(profile).profile).flatMap(({ objects }) => objects);

function main(): void {
  try {
    const { positionals } = parseArgs({ allowPositionals: true, strict: true });
    if (positionals.length !== 1) throw new UsageError(USAGE);
    const commit = commitOf(positionals[0]!);
    const before = renderingsAt(commit);
    const now = shippedProfiles();
    const all = [...new Set([...now, ...before.keys()])].map((profile) => ({
      profile,
      changes: changesOf(before.get(profile) ?? [], now.includes(profile) ? renderingOf(profile) : []),
    }));
    process.stdout.write(reviewPage(positionals[0]!, all));
  } catch (error) {
    const isUsage = error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
    if (!isUsage) throw error;
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}

main();
