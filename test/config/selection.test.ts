import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { shippedProfiles } from '../../config/load';
import { selectProfiles } from '../../config/selection';
import { inFolder } from '../render';
import { problemsOf } from './config-file';

/** What a text asks for in a folder of these files; <folder> stands for that folder, in both. */
const select = (files: readonly string[], text: string) =>
  inFolder((folder) => {
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), '');
    }
    const asked = text.replaceAll('<folder>', folder);
    try {
      return selectProfiles(asked).map((it) => ({ ...it, reference: it.reference.replace(folder, '<folder>') }));
    } catch (error) {
      return problemsOf(() => {
        throw error;
      }).map((line) => line.replaceAll(folder, '<folder>'));
    }
  });

const FILES = ['env/a.toml', 'env/b.toml', 'env/notes.md', 'env/shared/base.toml', 'other/a.toml', 'x,y.toml'];

describe('one profile has no folder of its own', () => {
  test.each(['staging', 'mine.toml', '<folder>/env/a.toml', '<folder>/x,y.toml', 'nobody'])('%s', (text) => {
    expect(select(FILES, text)).toEqual([{ reference: text }]);
  });
});

describe('several have a folder each', () => {
  test('between commas', () => {
    expect(select(FILES, 'staging, <folder>/env/a.toml')).toEqual([
      { reference: 'staging', folder: 'staging' },
      { reference: '<folder>/env/a.toml', folder: 'a' },
    ]);
  });

  test.each(['<folder>/env', '<folder>/env/', '<folder>/env/*.toml', '<folder>/env/?.toml', '<folder>/e*/{a,b}.toml'])(
    'as %s',
    (text) => {
      expect(select(FILES, text)).toEqual([
        { reference: '<folder>/env/a.toml', folder: 'a' },
        { reference: '<folder>/env/b.toml', folder: 'b' },
      ]);
    },
  );

  test('also when the folder or the pattern has only one', () => {
    expect(select(['env/a.toml'], '<folder>/env')).toEqual([{ reference: '<folder>/env/a.toml', folder: 'a' }]);
    expect(select(FILES, '<folder>/env/a*')).toEqual([{ reference: '<folder>/env/a.toml', folder: 'a' }]);
  });

  test('once, however often one is asked for', () => {
    expect(select(FILES, 'staging,<folder>/env,<folder>/env/a.toml,staging')).toHaveLength(3);
  });

  test('a shipped profile is that one, whatever is called so here', () => {
    expect(shippedProfiles().map(selectProfiles)).toEqual(shippedProfiles().map((reference) => [{ reference }]));
  });
});

describe('what cannot be meant is refused', () => {
  test.each([
    ['<folder>/none/*.toml', 'PROFILE: no .toml file is like "<folder>/none/*.toml"'],
    ['<folder>/env/*.md', 'PROFILE: no .toml file is like "<folder>/env/*.md"'],
    ['staging,', 'PROFILE: must be profiles between commas, got nothing between two'],
    ['<folder>', 'PROFILE: no .toml file is in the folder "<folder>"'],
    [
      '<folder>/env/a.toml,<folder>/other/a.toml',
      'PROFILE: <folder>/env/a.toml and <folder>/other/a.toml: must have different names, got a twice',
    ],
  ])('%s', (text, problem) => {
    expect(
      select(
        FILES.filter((it) => it !== 'x,y.toml'),
        text,
      ),
    ).toEqual([problem]);
  });
});
