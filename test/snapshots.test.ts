import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedProfiles } from '../config/load';
import { filesOf } from './render';

const ROOT = join(__dirname, '..');

const readFolder = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]));

/** `npm run snapshots` writes what the profiles give now; review the difference before it is committed. */
function update(folder: string, files: Record<string, string>): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
}

describe.each(shippedProfiles())('the YAML of profile %s', (name) => {
  const folder = join(__dirname, 'snapshots', name);
  const files = filesOf(name);
  if (process.env.UPDATE_SNAPSHOTS) update(folder, files);

  test('is what was reviewed', () => {
    expect(files).toEqual(readFolder(folder));
  });

  test('is the same at every rendering', () => {
    expect(filesOf(name)).toEqual(files);
  });
});

test('dist/ is what `npx cdk8s synth` writes with no settings', () => {
  expect(readFolder(join(ROOT, 'dist'))).toEqual(filesOf('local'));
});
