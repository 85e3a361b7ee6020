import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..');

/** The program's own files, without tests and tools. */
const FILES = [
  join(ROOT, 'main.ts'),
  ...['config', 'constructs'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(ROOT, folder, file)),
  ),
];

/** The files that a file imports, those for types alone too. */
const importsOf = (file: string): string[] =>
  ts
    .preProcessFile(readFileSync(file, 'utf8'))
    .importedFiles.map(({ fileName }) => `${resolve(dirname(file), fileName)}.ts`)
    .filter((it) => FILES.includes(it));

const IMPORTS: ReadonlyMap<string, readonly string[]> = new Map(FILES.map((file) => [file, importsOf(file)]));

/** The first way from a file back to itself. */
function circleFrom(start: string, imports: typeof IMPORTS): readonly string[] | undefined {
  const seen = new Set<string>();
  const ways = [[start]];
  for (let way = ways.pop(); way; way = ways.pop()) {
    for (const next of imports.get(way.at(-1)!) ?? []) {
      if (next === start) return [...way, start];
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return undefined;
}

test.each(FILES.map((file) => relative(ROOT, file)))('%s does not import itself by others', (file) => {
  expect(circleFrom(join(ROOT, file), IMPORTS)).toBeUndefined();
});

test('a circle is found', () => {
  const imports = new Map([
    ['a', ['b', 'c']],
    ['b', []],
    ['c', ['d']],
    ['d', ['a']],
  ]);
  expect(circleFrom('a', imports)).toEqual(['a', 'c', 'd', 'a']);
});
