import type { Rendered } from '../render';
import { run } from './command';
import { alertsOf, inRuleFolder, ruleFiles, unitTests, type RuleFile } from './rendered-rules';

const check = (file: RuleFile) =>
  inRuleFolder([file], (cwd) => run('promtool', ['check', 'rules', '--lint-fatal', `${file.name}.yaml`], { cwd }));

const testRules = (files: readonly RuleFile[], ...tests: string[]) =>
  inRuleFolder(files, (cwd) => run('promtool', ['test', 'rules', ...tests], { cwd }));

/** The rules with the expression of one alert, or of one recorded series, replaced. */
const withExpression = (files: readonly RuleFile[], replaced: string, expr: string): RuleFile[] =>
  files.map(({ name, groups }) => ({
    name,
    groups: groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule: Rendered) => ((rule.alert ?? rule.record) === replaced ? { ...rule, expr } : rule)),
    })),
  }));

/** The unit tests of an alert, and what each expects of it. */
const testsOf = (alert: string): [file: string, expected: Rendered[]][] =>
  Object.entries(unitTests).map(([file, { tests }]) => [
    file,
    tests.flatMap((it: Rendered) => it.alert_rule_test ?? []).filter((it: Rendered) => it.alertname === alert),
  ]);

const names = [...new Set(ruleFiles.flatMap((file) => alertsOf(file).map(({ alert }) => alert as string)))];

test.each(ruleFiles.map((file) => [file.name, file] as const))('promtool takes the rules of %s', (_, file) => {
  const { succeeded, output } = check(file);

  expect(output).toMatch(/SUCCESS: \d+ rules found/);
  expect(succeeded).toBe(true);
});

test('a rule that is no PromQL is not taken', () => {
  const [file] = withExpression(ruleFiles, 'SandboxNotReady', 'sum by (');

  expect(check(file!)).toMatchObject({
    succeeded: false,
    output: expect.stringContaining('could not parse expression'),
  });
});

test.each(Object.keys(unitTests))('%s', (file) => {
  const { succeeded, output } = testRules(ruleFiles, file);

  expect(output).toContain('SUCCESS');
  expect(succeeded).toBe(true);
});

describe.each(names)('the unit tests of %s', (alert) => {
  const files = testsOf(alert)
    .filter(([, expected]) => expected.length > 0)
    .map(([file]) => file);
  const expected = testsOf(alert).flatMap(([, it]) => it);

  test('are in files of its name', () => {
    expect(files.filter((file) => !file.startsWith(`${alert}.`))).toEqual([]);
  });

  test('have it fire, with its labels and what it says', () => {
    expect(expected.some(({ exp_alerts }) => exp_alerts?.length > 0)).toBe(true);
  });

  test('have it silent', () => {
    expect(expected.some(({ exp_alerts }) => exp_alerts?.length === 0)).toBe(true);
  });

  test('fail when it never fires', () => {
    expect(testRules(withExpression(ruleFiles, alert, 'vector(0) > 1'), ...files).succeeded).toBe(false);
  });

  test('fail when it always fires', () => {
    const always = 'label_replace(vector(1), "pod", "a", "", "")';
    expect(testRules(withExpression(ruleFiles, alert, always), ...files).succeeded).toBe(false);
  });
});

/** The files whose tests ask for a series, or for an alert or another series that is made of it. */
function testsReading(series: string): string[] {
  const makers = ruleFiles
    .flatMap(({ groups }) => groups.flatMap(({ rules }) => rules))
    .filter(({ expr }: Rendered) => expr.includes(series))
    .map((rule: Rendered) => rule.alert ?? rule.record);
  const own = Object.entries(unitTests)
    .filter(([, it]) => JSON.stringify(it).includes(`"${series}"`) || JSON.stringify(it).includes(`:"${series}{`))
    .map(([file]) => file);
  const others = [...new Set(makers)].flatMap((maker) =>
    names.includes(maker) ? Object.keys(unitTests).filter((file) => file.startsWith(`${maker}.`)) : testsReading(maker),
  );
  return [...new Set([...own, ...others])];
}

const recorded = [
  ...new Set(
    ruleFiles.flatMap(({ groups }) =>
      groups.flatMap(({ rules }) => rules.flatMap(({ record }: Rendered) => record ?? [])),
    ),
  ),
];

test.each(recorded)('a unit test fails when %s is not recorded', (series) => {
  const files = testsReading(series);

  expect(files).not.toEqual([]);
  expect(testRules(withExpression(ruleFiles, series, 'vector(0) > 1'), ...files).succeeded).toBe(false);
});

test('every unit test is about an alert that there is', () => {
  const tested = Object.values(unitTests)
    .flatMap(({ tests }) => tests.flatMap((it: Rendered) => it.alert_rule_test ?? []))
    .map(({ alertname }) => alertname);

  expect([...new Set(tested)].filter((alert) => !names.includes(alert))).toEqual([]);
});
