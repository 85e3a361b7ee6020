import { scoresOf, withScores, type MutationReport } from '../../../tools/mutation/scores';

const file = (...statuses: string[]): MutationReport['files'][string] => ({
  mutants: statuses.map((status) => ({ status })),
});

const PAGE = `before

<!-- scores: written by \`npm run mutation\` -->

| folder       | score |
|--------------|-------|
| config/rules | 1 %   | 1 | 2 | 3 |
| tools/verify | 2 %   | 4 | 5 | 6 |

<!-- end of scores -->

after
`;

test('a folder is counted as a whole, and a file of another by itself', () => {
  const scores = scoresOf({
    files: {
      'tools/verify/a.ts': file('Killed', 'Timeout', 'Survived'),
      'tools/verify/b.ts': file('NoCoverage', 'Killed'),
      'constructs/namespace/quota.ts': file('Killed'),
    },
  });

  expect([...scores]).toEqual([
    ['tools/verify', { killed: 3, survived: 1, untested: 1 }],
    ['constructs/namespace/quota.ts', { killed: 1, survived: 0, untested: 0 }],
  ]);
});

test('what Stryker ignored or could not run does not count', () => {
  const scores = scoresOf({ files: { 'tools/verify/a.ts': file('Ignored', 'RuntimeError', 'CompileError') } });

  expect(scores.get('tools/verify')).toEqual({ killed: 0, survived: 0, untested: 0 });
});

test('the page has the new scores, and the old ones of what was not run, in order', () => {
  const page = withScores(PAGE, new Map([['tools/verify', { killed: 2, survived: 1, untested: 0 }]]));

  expect(page).toMatch(/^before\n\n<!-- scores/);
  expect(page).toMatch(/<!-- end of scores -->\n\nafter\n$/);
  expect(page.split('\n').filter((it) => /^\| \w+\//.test(it))).toEqual([
    expect.stringMatching(/^\| config\/rules +\| 1 % +\| 1 +\| 2 +\| 3 +\|$/),
    expect.stringMatching(/^\| tools\/verify +\| 67 % +\| 2 +\| 1 +\| 0 +\|$/),
  ]);
  expect(withScores(page, new Map())).toBe(page);
});

test('a folder without a change that counts has no score', () => {
  expect(withScores(PAGE, new Map([['tools/verify', { killed: 0, survived: 0, untested: 0 }]]))).toMatch(
    /tools\/verify +\| – /,
  );
});

test('a page without a place for them is refused', () => {
  expect(() => withScores('nothing', new Map())).toThrow('expected <!-- scores');
});
