import { scoreOf, withScores, type MutationReport } from '../../../tools/mutation/scores';

const file = (...statuses: string[]): MutationReport['files'][string] => ({
  mutants: statuses.map((status) => ({ status })),
});

const PAGE = `before

<!-- scores: written by \`npm run mutation\` -->

| changed      | score |
|--------------|-------|
| config/rules | test/config       | 1 % | 1 | 2 | 3 |
| tools/verify | test/tools/verify | 2 % | 4 | 5 | 6 |

<!-- end of scores -->

after
`;

test('the score counts all files', () => {
  const files = {
    'tools/verify/a.ts': file('Killed', 'Timeout', 'Survived'),
    'tools/verify/b.ts': file('NoCoverage', 'Killed'),
  };

  expect(scoreOf({ files })).toEqual({ killed: 3, survived: 1, untested: 1 });
});

test('what Stryker ignored or could not run does not count', () => {
  const files = { 'tools/verify/a.ts': file('Ignored', 'RuntimeError', 'CompileError') };

  expect(scoreOf({ files })).toEqual({ killed: 0, survived: 0, untested: 0 });
});

test('the page has the new score, and the old ones of what was not run, in order', () => {
  const page = withScores(PAGE, 'config/rules', { killed: 2, survived: 1, untested: 0 });

  expect(page).toMatch(/^before\n\n<!-- scores/);
  expect(page).toMatch(/<!-- end of scores -->\n\nafter\n$/);
  expect(page.split('\n').filter((it) => /^\| \w+\//.test(it))).toEqual([
    expect.stringMatching(/^\| config\/rules +\| test\/config +\| 67 % +\| 2 +\| 1 +\| 0 +\|$/),
    expect.stringMatching(/^\| tools\/verify +\| test\/tools\/verify +\| 2 % +\| 4 +\| 5 +\| 6 +\|$/),
  ]);
});

test('what has no change that counts has no score', () => {
  expect(withScores(PAGE, 'tools/verify', { killed: 0, survived: 0, untested: 0 })).toMatch(
    /tools\/verify +\| test\/tools\/verify +\| – /,
  );
});

test('a page without a place for them is refused', () => {
  expect(() => withScores('nothing', 'tools/verify', { killed: 1, survived: 0, untested: 0 })).toThrow(
    'expected <!-- scores',
  );
});
