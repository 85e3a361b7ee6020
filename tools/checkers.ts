/**
 * `npm run checkers`: kube-score and checkov on every shipped profile. Fails on a finding that is not on the list of
 * exemptions (constructs/policy/checker-exemptions.ts), and on a line of the list that nothing needs any more.
 *
 * Both programs must be on the PATH. kube-score counts when it is critical; checkov has no grades, so all of it counts.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadProfile, shippedProfiles } from '../config/load';
import { CHECKER_EXEMPTIONS } from '../constructs/policy/checker-exemptions';
import { exemptionsOf } from '../constructs/policy/exemptions';
import { synthesize } from '../main';

interface CheckerFinding {
  /** `checker:check`. */
  readonly rule: string;
  /** `Kind/name`. */
  readonly object: string;
  readonly text: string;
}

/** kube-score's grade for a critical finding. */
const CRITICAL = 1;

/** The standard output of a checker, which also tells by its status that it found something. */
function outputOf(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    const { code, stdout } = error as { code?: string; stdout?: string };
    if (code === 'ENOENT') throw new Error(`${program} is not installed`, { cause: error });
    return stdout ?? '';
  }
}

// The checkers' own JSON.
/* eslint-disable @typescript-eslint/no-explicit-any */
function kubeScore(folder: string): CheckerFinding[] {
  const files = readdirSync(folder).map((file) => join(folder, file));
  const scored: any[] = JSON.parse(
    outputOf('kube-score', ['score', '--kubernetes-version', 'v1.34', '-o', 'json', ...files]),
  );
  return scored.flatMap(({ type_meta, object_meta, checks }) =>
    checks
      .filter(({ skipped, grade }: any) => !skipped && grade <= CRITICAL)
      .map(({ check, comments }: any) => ({
        rule: `kube-score:${check.id}`,
        object: `${type_meta.kind}/${object_meta.name}`,
        text: comments?.map(({ summary }: any) => summary).join(', ') ?? check.name,
      })),
  );
}

function checkov(folder: string): CheckerFinding[] {
  const args = [
    '--directory',
    folder,
    '--framework',
    'kubernetes',
    '--output',
    'json',
    '--compact',
    '--quiet',
    '--skip-download',
  ];
  const report: any = JSON.parse(outputOf('checkov', args));
  const failed: any[] = [report].flat().flatMap(({ results }) => results?.failed_checks ?? []);
  return failed.map(({ check_id, check_name, resource }) => {
    const [kind, , ...name] = resource.split('.');
    return { rule: `checkov:${check_id}`, object: `${kind}/${name.join('.')}`, text: check_name };
  });
}
/* eslint-enable @typescript-eslint/no-explicit-any */

/** Check one profile: what is not exempt, as lines, and the exemptions that were needed. */
function check(name: string): { findings: string[]; used: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'openhands-'));
  try {
    const { profile } = loadProfile(name);
    synthesize(profile, folder);
    const exemptionFor = exemptionsOf(profile, CHECKER_EXEMPTIONS);
    const found = [...kubeScore(folder), ...checkov(folder)].map((finding) => ({
      ...finding,
      exemption: exemptionFor(finding.rule, finding.object),
    }));
    return {
      findings: found
        .filter(({ exemption }) => exemption === undefined)
        .map(({ rule, object, text }) => `${name}: ${rule}: ${object}: ${text}`),
      used: found.flatMap(({ rule, exemption }) =>
        exemption ? [lineOf(exemption.object, rule, exemption.reason)] : [],
      ),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const lineOf = (object: string, rule: string, reason: string) => `${rule} of ${object} (${reason})`;

function main(): void {
  const used = new Set<string>();
  let failures = 0;
  for (const name of shippedProfiles()) {
    const result = check(name);
    result.used.forEach((line) => used.add(line));
    result.findings.forEach((line) => console.error(line));
    failures += result.findings.length;
    console.log(`${name}: ${result.findings.length} findings, ${result.used.length} exempt`);
  }
  for (const { rules, object, reason } of CHECKER_EXEMPTIONS) {
    for (const line of rules.map((rule) => lineOf(object, rule, reason)).filter((it) => !used.has(it))) {
      console.error(`nothing needs the exemption from ${line}`);
      failures++;
    }
  }
  process.exitCode = failures > 0 ? 1 : 0;
}

main();
