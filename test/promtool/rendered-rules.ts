import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { find, objectsOf, type Rendered } from '../render';

const PROFILES = join(__dirname, 'profiles');

/** The rules of a profile beside this file, as Prometheus reads them. */
export interface RuleFile {
  readonly name: string;
  readonly groups: Rendered[];
}

export const ruleFiles: readonly RuleFile[] = readdirSync(PROFILES).map((file) => ({
  name: basename(file, '.toml'),
  groups: find(objectsOf(join(PROFILES, file)), 'PrometheusRule').spec.groups,
}));

export const alertsOf = ({ groups }: RuleFile): Rendered[] =>
  groups.flatMap(({ rules }) => rules).filter((rule: Rendered) => rule.alert !== undefined);

/** promtool's unit tests, one file an alert: file name to what it says. */
export const unitTests: Readonly<Record<string, Rendered>> = Object.fromEntries(
  readdirSync(__dirname)
    .filter((file) => file.endsWith('.test.yaml'))
    .map((file) => [file, parse(readFileSync(join(__dirname, file), 'utf8'))]),
);

/** Run `use` in a folder with the unit tests and these rules, and take the folder away. */
export function inRuleFolder<T>(files: readonly RuleFile[], use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'openhands-rules-'));
  try {
    for (const { name, groups } of files) writeFileSync(join(folder, `${name}.yaml`), stringify({ groups }));
    for (const file of Object.keys(unitTests)) {
      writeFileSync(join(folder, file), readFileSync(join(__dirname, file)));
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
