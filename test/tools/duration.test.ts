import { showAge } from '../../tools/duration';

test.each([
  [0, '0s'],
  [119_000, '119s'],
  [120_000, '2m'],
  [7_199_000, '119m'],
  [7_200_000, '2h'],
  [47 * 3_600_000, '47h'],
  [48 * 3_600_000, '2d'],
  [-1_000, '0s'],
])('an age of %d ms is %s', (ms, text) => {
  expect(showAge(ms)).toBe(text);
});
