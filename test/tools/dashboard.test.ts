import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from '../../tools/dashboard';

test('constructs/monitoring/dashboard.json is what `npm run dashboard` writes', () => {
  expect(readFileSync(join(__dirname, '../../constructs/monitoring/dashboard.json'), 'utf8')).toBe(text());
});
