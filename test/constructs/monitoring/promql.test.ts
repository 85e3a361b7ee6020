import { duration, promql } from '../../../constructs/monitoring/promql';

test('a query loses the indentation of the program around it', () => {
  expect(promql`
    sum(
      up{job="${'a'}"}
    )
  `).toBe('sum(\n  up{job="a"}\n)');
});

test('a query of one line stays one', () => {
  expect(promql`up == ${0}`).toBe('up == 0');
});

test.each([
  [0, '0s'],
  [59.5, '1m'],
  [240, '4m'],
  [270, '4m30s'],
  [108_000, '30h'],
  [3661, '1h1m1s'],
])('%d s are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
