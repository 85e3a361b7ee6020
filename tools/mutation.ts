/*
 * npm run mutation [-- PATH…]: change lines on purpose, and see whether the tests that are about them notice. A whole part's
 * score goes into docs/mutation.md.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsed, runCommand } from './command';
import { PARTS, partOf } from './mutation/parts';
import { scoreOf, withScores, type MutationReport } from './mutation/scores';
import { UsageError } from './usage-error';

const ROOT = join(__dirname, '..');
const PAGE = join(ROOT, 'docs/mutation.md');
const REPORT = join(ROOT, 'reports/mutation.json');
const USAGE = `usage: npm run mutation [-- PATH…]
PATH: all when there is none; or one of
${Object.keys(PARTS)
  .map((part) => `  ${part}\n`)
  .join('')}or a file of such a folder, or some of its lines, FILE:FROM-TO`;

function runStryker(path: string, tests: string): number {
  const mutate = /\.ts(:|$)/.test(path) ? path : `${path}/*.ts`;
  const env = { ...process.env, MUTATION_TESTS: tests };
  return spawnSync('npx', ['stryker', 'run', '--mutate', mutate], { cwd: ROOT, env, stdio: 'inherit' }).status ?? 1;
}

async function mutation(args: readonly string[]): Promise<number> {
  const { positionals } = parsed({ args: [...args], allowPositionals: true }, USAGE);
  const paths = positionals.length === 0 ? Object.keys(PARTS) : positionals;
  const strangers = paths.filter((path) => partOf(path) === undefined);
  if (strangers.length > 0) throw new UsageError(`${strangers.join(', ')}: is not changed by anybody\n${USAGE}`);
  for (const path of paths) {
    const status = runStryker(path, PARTS[partOf(path)!]!);
    if (status !== 0) return status;
    if (!(path in PARTS)) continue; // of a piece there is no score
    const score = scoreOf(JSON.parse(readFileSync(REPORT, 'utf8')) as MutationReport);
    writeFileSync(PAGE, withScores(readFileSync(PAGE, 'utf8'), path, score));
  }
  return 0;
}

runCommand(mutation);
