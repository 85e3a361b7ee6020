import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PARTS, partOf } from '../../../tools/mutation/parts';

const ROOT = join(__dirname, '../../..');

test.each(Object.entries(PARTS))('%s and its tests, %s, are there', (part, tests) => {
  expect(existsSync(join(ROOT, part))).toBe(true);
  expect(existsSync(join(ROOT, tests))).toBe(true);
});

test.each([
  ['tools/verify', 'tools/verify'],
  ['tools/verify/plan.ts', 'tools/verify'],
  ['tools/verify/plan.ts:4-9', 'tools/verify'],
  ['constructs/namespace/quota.ts:4-9', 'constructs/namespace/quota.ts'],
  ['constructs/namespace/amounts.ts', undefined],
  ['tools/verify.ts', undefined],
  ['tools', undefined],
])('%s belongs to %s', (path, part) => {
  expect(partOf(path)).toBe(part);
});
