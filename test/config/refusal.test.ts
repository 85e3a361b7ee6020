import { didYouMean, problemAt, Refused, showValue } from '../../config/refusal';
import { showPath } from '../../config/tables';
import { refusals } from './config-file';

test('a refusal holds every problem, a line each', () => {
  const refused = new Refused(['a', 'b']);
  expect(refused).toMatchObject({ name: 'Refused', problems: ['a', 'b'], message: 'a\nb' });
});

test.each([
  ['nmespace', ', did you mean namespace?'],
  ['name', ''],
  ['toString', ''],
  ['__proto__', ''],
  ['', ''],
])('%j: the nearest known word is%s', (word, hint) => {
  expect(didYouMean(word, ['namespace', 'privileged'])).toBe(hint);
});

test('among no words none is near', () => {
  expect(didYouMean('a', [])).toBe('');
});

test.each([
  [['kubernetes', 'namespace'], 'kubernetes.namespace'],
  [['deploy', 'sessions', 1], 'deploy.sessions[1]'],
  [['mcp', 'servers', 0, 'env', 'A'], 'mcp.servers[0].env.A'],
  [['deploy', 'annotations', 'example.com/a'], 'deploy.annotations."example.com/a"'],
  [['a', ''], 'a.""'],
])('%j is shown as TOML writes it', (path, shown) => {
  expect(showPath(path)).toBe(shown);
});

test.each([
  ['x', '"x"'],
  ['a\nb', '"a\\nb"'],
  [5, '5'],
  [1.5, '1.5'],
  [NaN, 'NaN'],
  [-Infinity, '-Infinity'],
  [10n ** 20n, '100000000000000000000'],
  [true, 'true'],
  [null, 'null'],
  [undefined, 'nothing'],
  [['x'], 'a list'],
  [{ a: 1 }, 'a table'],
])('a value is shown on one line (%#)', (value, shown) => {
  expect(showValue(value, ['a'])).toBe(shown);
});

test('a long value is cut', () => {
  expect(showValue('x'.repeat(1000), ['a'])).toHaveLength(80);
});

test.each([
  ['under a secret name', 'hunter2', ['llm', 'api_key']],
  ['in a table under one', 'hunter2', ['mcp', 'secrets', 0, 'a']],
  ['as a number', 1234, ['mcp', 'password']],
])('a secret %s is not shown', (_, value, path) => {
  expect(showValue(value, path)).toBe('a value that is not shown here');
});

test('a problem is led by its file and line', () => {
  const sources = new Map([['["a"]', 'x.toml:3']]);
  expect(problemAt(sources, ['a', 'b'], 'is wrong')).toBe('x.toml:3: a.b: is wrong');
});

test('a problem with no place says its field', () => {
  expect(problemAt(new Map(), ['a', 'b'], 'is wrong')).toBe('a.b: is wrong');
});

test.each([
  ['[core]\ndebug = 1', 'true or false, got 1'],
  ['[sandbox]\ntrusted_dirs = 1', 'a list, got 1'],
  ['[sandbox]\nlocal_runtime_url = 1', 'a string, got 1'],
  ['[sandbox]\nremote_runtime_class = "x"', 'one of none, sysbox, gvisor, got "x"'],
  ['[sandbox]\nremote_runtime_class = 5', 'one of none, sysbox, gvisor, got 5'],
  ['[sandbox]\nremote_runtime_class = "gviser"', 'one of none, sysbox, gvisor, got "gviser"'],
  ['[deploy.security]\nhost_users = "no"', 'true or false, got "no"'],
])('%j: what a value must be is said', (text, expected) => {
  expect(refusals(text)).toEqual([expect.stringContaining(`: must be ${expected}`)]);
});
