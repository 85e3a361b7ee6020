import { isTable, pathKey, sourceOf, type Path } from '../../config/tables';
import { parseTables } from '../../config/toml';
import { problemsOf } from './config-file';

const placeOf = (text: string, path: Path) => sourceOf(parseTables(text, 'a.toml').sources, path);

const NESTED = `top = 1

[kubernetes]
namespace = "x"

[sandbox.runtime_startup_env_vars]
A = "x"

[deploy]
ingress.kind = "none"
sessions = [
  "a",
  "b",
]
quota = {
  max_sandboxes = 1 }
[[llm]]
x = 1
[[llm]]
x = 2
`.replace('{\n  max', '{ max');

test.each<[Path, number]>([
  [['top'], 1],
  [['kubernetes'], 3],
  [['kubernetes', 'namespace'], 4],
  [['sandbox'], 6],
  [['sandbox', 'runtime_startup_env_vars', 'A'], 7],
  [['deploy', 'ingress'], 10],
  [['deploy', 'ingress', 'kind'], 10],
  [['deploy', 'sessions'], 11],
  [['deploy', 'sessions', 1], 13],
  [['deploy', 'quota', 'max_sandboxes'], 15],
  [['llm'], 16],
  [['llm', 1, 'x'], 19],
])('%j has its line', (path, line) => {
  expect(placeOf(NESTED, path)).toBe(`a.toml:${line}`);
});

test('what is not written has the line of the table around it', () => {
  expect(placeOf(NESTED, ['kubernetes', 'privileged'])).toBe('a.toml:3');
});

test('what has no table around it has no line', () => {
  expect(placeOf(NESTED, ['core', 'debug'])).toBeUndefined();
});

test('the lines of CRLF are counted once', () => {
  expect(placeOf('[a]\r\nb = """x\r\ny"""\r\nc = 1\r\n', ['a', 'c'])).toBe('a.toml:4');
});

test('an empty file has no tables', () => {
  expect(parseTables('', 'a.toml').values).toEqual({});
});

test.each([
  ['no value', 'a = 1\nb = = 2', 2],
  ['no key', '\n\n= 1', 3],
  ['an open string', 'a = "x', 1],
  ['a carriage return alone', 'a = 1\rb = 2', 1],
  ['a key twice', 'a = 1\n\na = 2', 3],
  ['a table twice', '[a]\n[a]', 2],
  ['a table that is a value', 'a = 1\n[a]', 2],
  ['a list that is a table', '[a]\n[[a]]', 2],
  ['a control character', 'a = "\u0000"', 1],
  ['an impossible date', 'a = 2025-02-30', 1],
])('%s is refused at its line', (_, text, line) => {
  expect(problemsOf(() => parseTables(text, 'a.toml'))).toEqual([
    expect.stringMatching(new RegExp(`^a.toml:${line}: TOML syntax: .+ \\(column \\d+\\)$`)),
  ]);
});

test.each([
  ['[__proto__]\nnamespace = "x"', 1, '__proto__'],
  ['[a.__proto__.b]\nc = 1', 1, 'a.__proto__'],
  ['a = { b = { "__proto__" = 1 } }', 1, 'a.b.__proto__'],
  ['\n[[a.__proto__]]', 2, 'a.__proto__'],
])('%j is refused and changes no prototype', (text, line, path) => {
  expect(problemsOf(() => parseTables(text, 'a.toml'))).toEqual([`a.toml:${line}: ${path}: unknown key`]);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test.each(['constructor', 'toString', 'hasOwnProperty'])('%s is a key as any other', (key) => {
  const { values } = parseTables(`[${key}]\nprototype.x = 1`, 'a.toml');
  expect(Object.entries(values)).toEqual([[key, { prototype: { x: 1 } }]]);
});

test.each([
  ['lists', `a = ${'['.repeat(200)}${']'.repeat(200)}`],
  ['tables', `[a${'.a'.repeat(200)}]`],
  ['lists that exhaust the stack', `a = ${'['.repeat(50_000)}${']'.repeat(50_000)}`],
])('nested %s are refused', (_, text) => {
  expect(problemsOf(() => parseTables(text, 'a.toml'))).toEqual([expect.stringMatching(/^a\.toml(:1)?: nested /)]);
});

test.each<[string, unknown, boolean]>([
  ['an object', {}, true],
  ['a list', [], false],
  ['a date', new Date(0), false],
  ['null', null, false],
  ['a text', 'x', false],
])('%s as a table: %s', (_, value, expected) => {
  expect(isTable(value)).toBe(expected);
});

test('paths that look alike are kept apart', () => {
  expect(new Set([['a', 'b'], ['a.b'], ['a', 0], ['a', '0']].map(pathKey)).size).toBe(4);
});
