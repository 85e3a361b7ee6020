import type { FieldChange } from '../../../tools/verify/fields';
import { changeLines } from '../../../tools/review/text';

const linesOf = (...fields: FieldChange[]) =>
  changeLines({ action: 'changed', object: { kind: 'ConfigMap', metadata: { name: 'a' } }, fields });

test('a field that changed is two lines, one that came or went is one', () => {
  expect(linesOf({ path: 'a', before: 1, after: [2] }, { path: 'b', after: 'x' }, { path: 'c', before: null })).toEqual(
    ['- a: 1', '+ a: [2]', '+ b: "x"', '- c: null'],
  );
});

test.each([
  ['a line that is another', 'a\nb\nc\n', 'a\nB\nc\n', ['- t: "b"', '+ t: "B"']],
  ['a line more', 'a\nc\n', 'a\nb\nc\n', ['+ t: "b"']],
  ['a line less', 'a\nb\nc\n', 'a\nc\n', ['- t: "b"']],
  ['a line twice', 'a\na\n', 'a\na\na\n', ['+ t: "a"']],
  [
    'all between the first and the last that differ',
    'a\nb\nc\n',
    'A\nb\nC\n',
    ['- t: "a"', '- t: "b"', '- t: "c"', '+ t: "A"', '+ t: "b"', '+ t: "C"'],
  ],
  ['an end without a newline', 'a\nb\n', 'a\nb', ['- t: ""']],
])('of a text of several lines, %s', (_, before, after, lines) => {
  expect(linesOf({ path: 't', before, after })).toEqual(lines);
});

test('a text of several lines that came is told whole', () => {
  expect(linesOf({ path: 't', after: 'a\nb' })).toEqual(['+ t: "a\\nb"']);
});

test('an object that is made is its YAML, without its title and labels', () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { b: 'c' } };

  expect(changeLines({ action: 'created', object, fields: [] })).toEqual(['+ data:', '+   b: c']);
  expect(changeLines({ action: 'deleted', object, fields: [] })).toEqual(['- data:', '-   b: c']);
});
