import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedProfiles } from '../config/load';
import * as images from '../config/images';

const ROOT = join(__dirname, '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

describe.each(readdirSync(join(ROOT, '.github/workflows')))('the workflow %s', (file) => {
  const path = `.github/workflows/${file}`;

  test('runs only scripts that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(path).matchAll(/npm run (?:--silent )?([\w-]+)/g)].map(([, name]) => name);

    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });
});

describe('Renovate', () => {
  interface Manager {
    readonly managerFilePatterns: readonly string[];
    readonly matchStrings: readonly string[];
  }
  const { customManagers } = JSON.parse(read('renovate.json')) as { customManagers: readonly Manager[] };

  /** The images that it would find in a file: `name:version`. */
  const found = (file: string): string[] =>
    customManagers
      .filter(({ managerFilePatterns }) => managerFilePatterns.some((it) => new RegExp(it.slice(1, -1)).test(file)))
      .flatMap(({ matchStrings }) => matchStrings)
      .flatMap((pattern) => [...read(file).matchAll(new RegExp(pattern, 'g'))])
      .map(({ groups }) => `${groups!.depName}:${groups!.currentValue}`);

  test('finds every image that the program chooses', () => {
    const chosen = Object.entries(images).filter(([name]) => name.endsWith('_IMAGE'));

    expect(found('config/images.ts').sort()).toEqual(chosen.map(([, image]) => image).sort());
  });

  test.each(shippedProfiles().map((name) => [name, `config/profiles/${name}.toml`] as const))(
    'finds every image of profile %s',
    (_, file) => {
      const named = [...read(file).matchAll(/^\w*image = "([^"@]+)/gm)].map(([, image]) => image);

      expect(found(file)).toEqual(named);
    },
  );
});

test.each([
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'docs/architecture.md',
  'docs/mutation.md',
  'docs/upgrading.md',
])('every file that %s links to is there', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => join(page, '..', link!));

  expect(links.filter((it) => !existsSync(join(ROOT, it)))).toEqual([]);
});

test('every file and folder that CONTRIBUTING.md names is there', () => {
  const named = [...read('CONTRIBUTING.md').matchAll(/`((?:config|constructs|docs|test|tools)\/[\w./-]+)`/g)];
  const paths = named.map(([, path]) => path!);

  expect(paths).toContain('config/schema/pool.ts');
  expect(paths.filter((it) => !existsSync(join(ROOT, it)))).toEqual([]);
});

test('the Node that people are told to have is one that package.json allows', () => {
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
  const oldest = Number(/^>=(\d+)$/.exec(engines.node)![1]);

  expect(Number(read('.nvmrc'))).toBeGreaterThanOrEqual(oldest);
  expect(read('README.md')).toContain(`Node ${oldest} or newer`);
  expect(read('.github/workflows/checks.yaml')).toMatch(new RegExp(`node: \\[${oldest},`));
});
