import { k8s } from '../../../constructs/k8s';
import { amountsOf, formatAmount, sumOf } from '../../../constructs/namespace/amounts';

test('quantities are numbers of cores and bytes', () => {
  const quantities = { cpu: k8s.Quantity.fromString('250m'), memory: k8s.Quantity.fromString('1Gi') };

  expect(amountsOf(quantities)).toEqual({ cpu: 0.25, memory: 2 ** 30 });
});

test('no quantities are no amounts', () => {
  expect(amountsOf()).toEqual({});
});

test('a sum counts each part as often as it is there, and what only one part has', () => {
  expect(
    sumOf([
      { count: 3, amounts: { cpu: 1, memory: 10 } },
      { count: 1, amounts: { memory: 5 } },
    ]),
  ).toEqual({ cpu: 3, memory: 35 });
});

test.each([
  ['cpu', 2, '2'],
  ['cpu', 0.25, '250m'],
  ['cpu', 2.5, '2500m'],
  ['cpu', 0.0015, '2m'],
  ['memory', 2 ** 30, '1Gi'],
  ['memory', 1.5 * 2 ** 30, '1536Mi'],
  ['memory', 1000, '1000'],
  ['memory', 0.5, '1'],
  ['memory', 2 ** 60, '1Ei'],
  ['storage', 0, '0'],
  ['nvidia.com/gpu', 6, '6'],
])('of %s %d is written %s', (resource, value, text) => {
  expect(formatAmount(resource, value)).toBe(text);
});

test.each([
  [3, 0.1, '300m'],
  [7, 0.1, '700m'],
  [1, 9 * 1e-3, '9m'],
  [3, 1.1, '3300m'],
])('%d times %d cores is %s and no thousandth more', (count, cpu, text) => {
  expect(formatAmount('cpu', sumOf([{ count, amounts: { cpu } }]).cpu!)).toBe(text);
});
