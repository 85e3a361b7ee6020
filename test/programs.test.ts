import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as images from '../config/images';

const FOLDER = join(__dirname, 'programs');

const programs = readdirSync(FOLDER).filter((name) => statSync(join(FOLDER, name)).isDirectory());

const read = (program: string, file: string) => readFileSync(join(FOLDER, program, file), 'utf8');

/** The version of the module that a `tool` is of. */
function toolVersion(program: string): string | undefined {
  const text = read(program, 'go.mod');
  const tool = /^tool (\S+)$/m.exec(text)?.[1];
  const modules = [...text.matchAll(/^(?:require |\t)(\S+) (v\S+)/gm)];
  return modules.filter(([, path]) => tool === path || tool?.startsWith(`${path}/`)).at(-1)?.[2];
}

test.each(programs)('the program %s is pinned, with all that it is made of', (program) => {
  expect(existsSync(join(FOLDER, program, 'go.sum'))).toBe(true);
  expect(existsSync(join(FOLDER, program, 'main.go')) || toolVersion(program)).toBeTruthy();
});

const withImage = programs.filter((it) => existsSync(join(FOLDER, it, 'image')));

test.each(withImage)('the image of %s is one that a profile renders', (program) => {
  expect(Object.values(images)).toContain(read(program, 'image').trim());
});

test.each(withImage.filter(toolVersion))('what is built of %s is the version of its image', (program) => {
  expect(read(program, 'image').trim().split(':')[1]).toBe(toolVersion(program));
});
