/** The second half of `npm run mutation`: the scores of what Stryker has just run, into their page. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scoresOf, withScores, type MutationReport } from './mutation/scores';

const ROOT = join(__dirname, '..');
const PAGE = join(ROOT, 'docs/mutation.md');

const report = JSON.parse(readFileSync(join(ROOT, 'reports/mutation.json'), 'utf8')) as MutationReport;
writeFileSync(PAGE, withScores(readFileSync(PAGE, 'utf8'), scoresOf(report)));
