import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { objectsOfToml } from './render';

const PAGE = readFileSync(join(__dirname, '../docs/customization.md'), 'utf8');
const EXAMPLES = [...PAGE.matchAll(/```toml\n([\s\S]*?)```/g)].map(([, toml]) => toml!);

test('docs/customization.md has three examples', () => {
  expect(EXAMPLES).toHaveLength(3);
});

test.each(EXAMPLES)('the example of docs/customization.md is a profile: %j', (toml) => {
  const parent = /extends = "(\w+)"/.exec(toml)![1]!;

  expect(objectsOfToml(toml)).not.toEqual(objectsOfToml(`[deploy]\nextends = "${parent}"`));
});
