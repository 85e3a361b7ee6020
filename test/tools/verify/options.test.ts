import { parseDuration, showDuration } from '../../../tools/duration';
import { parseOptions } from '../../../tools/verify/options';

test('everything has a default', () => {
  expect(parseOptions([])).toEqual({
    dir: 'dist',
    timeout: 300_000,
    retries: 1,
    rollback: false,
    deep: false,
    json: false,
    context: undefined,
    probeImage: 'busybox:1.35',
  });
});

test.each([
  [['--timeout', '5'], '--timeout: expected a duration such as 90s or 5m, got "5"'],
  [['--retries', '-1'], /--retries/],
  [['--retries=many'], '--retries: expected a whole number, got "many"'],
  [['--retries=2x'], '--retries: expected a whole number, got "2x"'],
  [['--retries=x2'], '--retries: expected a whole number, got "x2"'],
  [['--retries=1000'], '--retries: expected a whole number, got "1000"'],
  [['--rolback'], /Unknown option '--rolback'/],
  [['dist'], /Unexpected argument 'dist'/],
])('%j is refused', (args, problem) => {
  expect(() => parseOptions(args)).toThrow(problem);
});

test('what is asked for is what is done', () => {
  const args = [
    '--dir=d',
    '--timeout=90s',
    '--retries=12',
    '--rollback',
    '--deep',
    '--json',
    '--context=c',
    '--probe-image=i',
  ];

  expect(parseOptions(args)).toEqual({
    dir: 'd',
    timeout: 90_000,
    retries: 12,
    rollback: true,
    deep: true,
    json: true,
    context: 'c',
    probeImage: 'i',
  });
});

test('help is no verification', () => {
  expect(parseOptions(['--help'])).toBeUndefined();
  expect(parseOptions(['-h'])).toBeUndefined();
});

test.each([
  ['90s', 90_000],
  ['1m30s', 90_000],
  ['2h', 7_200_000],
  ['250ms', 250],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration('timeout', text)).toBe(ms);
});

test('a time is said as a person says it', () => {
  expect([400, 12_000, 125_000].map(showDuration)).toEqual(['0.4 s', '12 s', '2 min 5 s']);
});
