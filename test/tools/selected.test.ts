import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { forEachProfile, selectedManifests, worstOf } from '../../tools/selected';
import { UsageError } from '../../tools/usage-error';
import { jsonReport } from '../../tools/verify/report';
import { inFolder } from '../render';

const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ';

/** The manifests that PROFILE asks for, in a folder that has those of these folders. */
function select(folders: readonly string[], profile: string) {
  const before = process.env.PROFILE;
  process.env.PROFILE = profile;
  try {
    return inFolder((dir) => {
      for (const folder of folders) {
        mkdirSync(join(dir, folder), { recursive: true });
        writeFileSync(join(dir, folder, 'a.yaml'), MAP + (folder || 'alone'));
      }
      return selectedManifests(dir).map((it) => ({ ...it, dir: it.dir.replace(dir, '<dir>') }));
    });
  } finally {
    if (before === undefined) delete process.env.PROFILE;
    else process.env.PROFILE = before;
  }
}

const found = (selected: ReturnType<typeof select>) =>
  selected.map(({ dir, objects }) => [dir, objects.map(({ metadata }) => metadata.name)]);

describe('the manifests of a command', () => {
  test.each(['', 'staging', 'mine.toml'])('are those of the folder itself for the one profile %j', (profile) => {
    expect(found(select(['', 'staging'], profile))).toEqual([['<dir>', ['alone']]]);
  });

  test('are those of a folder below it for each of several', () => {
    expect(found(select(['', 'staging', 'production'], 'staging,production'))).toEqual([
      ['<dir>/staging', ['staging']],
      ['<dir>/production', ['production']],
    ]);
  });

  test('are missing where one was not rendered', () => {
    expect(() => select(['staging'], 'staging,production')).toThrow(UsageError);
    expect(() => select(['staging'], 'staging,production')).toThrow(/production: run npx cdk8s synth first$/);
  });

  test('are in folders, says a folder that has only these', () => {
    expect(() => select(['staging', 'production'], '')).toThrow(
      /got none but the folders production, staging: set PROFILE as for cdk8s synth, or name one$/,
    );
  });
});

const profile = (folder?: string) => ({ reference: 'a', folder, dir: '', objects: [] });

describe('of several profiles', () => {
  let written = '';
  beforeEach(() => {
    written = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((written += String(text)), true));
  });
  afterEach(() => jest.restoreAllMocks());

  test('each is asked after the other, below its name, and the worst counts', async () => {
    const statuses = [0, 1, 0];
    const status = await forEachProfile(['a', 'b', 'c'].map(profile), ({ folder }) => {
      process.stdout.write(`${folder} was asked\n`);
      return Promise.resolve(statuses.shift()!);
    });

    expect(status).toBe(1);
    expect(written).toBe('== a\na was asked\n\n== b\nb was asked\n\n== c\nc was asked\n');
  });

  test('one alone has no name above it', async () => {
    await forEachProfile([profile()], () => Promise.resolve(0));

    expect(written).toBe('');
  });
});

test.each([
  [[], 0],
  [[0, 3], 3],
  [[3, 1, 0], 1],
  [[1, 2, 3], 2],
])('the worst of %j is %d', (statuses, worst) => {
  expect(worstOf(statuses)).toBe(worst);
});

describe('the verdict for programs', () => {
  test('of one profile is its own', () => {
    expect(JSON.parse(jsonReport([{ status: 0, results: [] }]))).toEqual({ status: 0, results: [] });
  });

  test('of several is by their names, with the worst status', () => {
    const rollback = { restored: ['a'], failed: [], created: [], changed: [] };

    expect(
      JSON.parse(
        jsonReport([
          { profile: 'staging', status: 0, results: [] },
          { profile: 'production', status: 3, results: [], rollback },
        ]),
      ),
    ).toEqual({
      status: 3,
      profiles: { staging: { status: 0, results: [] }, production: { status: 3, results: [], rollback } },
    });
  });
});
