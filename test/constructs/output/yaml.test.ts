import { CORE_SCHEMA, load, YAML11_SCHEMA } from 'js-yaml';
import { spawnSync } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { yamlOf } from '../../../constructs/output/yaml';
import { YAML_WORDS } from '../../yaml-words';

/** Parsers of others. PyYAML is asked below, and kubectl in test/e2e/yaml.e2e.ts. */
const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  'js-yaml, YAML 1.1': (text) => load(text, { schema: YAML11_SCHEMA }),
  'js-yaml, YAML 1.2': (text) => load(text, { schema: CORE_SCHEMA }),
  'yaml, YAML 1.1': (text) => parse(text, { version: '1.1' }),
  'yaml, YAML 1.2': (text) => parse(text, { version: '1.2' }),
};

/** Every place where a string can stand. */
const PLACES: Readonly<Record<string, (word: string) => unknown>> = {
  'a value': (word) => ({ a: { b: word, c: word }, d: 1 }),
  'a key': (word) => ({ a: { [word]: 'b', z: { [word]: word } }, [word]: { [word]: [] } }),
  'an item': (word) => ({ a: [word, word, [word, [word]]], b: [{ [word]: word, c: word }] }),
  'a document': (word) => word,
};

/** Numbers of a linear congruential generator: the same ones at every run. */
function* chances(): Generator<number, never> {
  for (let state = 1; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Words of up to 8 characters, of those that mean something to some parser. */
function randomWords(count: number): string[] {
  const alphabet = [...'01279abefinoxyzENT_+-.:~=<#,[]{}&*!|>\'"%@`? \t\n\r\\\u0085\u2028\ufeffé'];
  const chance = chances();
  const below = (limit: number) => Math.floor(chance.next().value * limit);
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + below(8) }, () => alphabet[below(alphabet.length)]).join(''),
  );
}

const single = Array.from({ length: 0x180 }, (_, code) => String.fromCharCode(code));

const words = [...new Set([...YAML_WORDS, ...single, ...randomWords(600)])];

describe.each(Object.entries(PARSERS))('%s', (_, read) => {
  const isRead = (value: unknown): boolean => {
    try {
      return isDeepStrictEqual(read(yamlOf(value)), value);
    } catch {
      return false;
    }
  };

  test.each(Object.entries(PLACES))('reads every string back as %s', (__, place) => {
    // One by one only to say which: all at once is far quicker.
    const misread = isRead(words.map(place)) ? [] : words.filter((word) => !isRead(place(word)));

    expect(misread).toEqual([]);
    expect(isRead(place('a word'))).toBe(true);
  });

  test.each([0, -0.5, 1e21, -1e-7, 2 ** 53, 1.5e300, true, false, null, [], {}, [[]], [{}], { a: { b: [null] } }])(
    'reads %j back',
    (value) => {
      expect(read(yamlOf({ value }))).toEqual({ value });
    },
  );
});

const PYTHON = `
import json, sys, yaml
value = json.load(sys.stdin)
LOADER = getattr(yaml, 'CSafeLoader', yaml.SafeLoader) # the faster parser where it was built
for text, expected in value:
    try:
        read = yaml.load(text, LOADER)
    except Exception as error:
        read = error
    if read != expected:
        print(json.dumps([text, repr(read)]))
`;

const isPyYamlHere = spawnSync('python3', ['-c', 'import yaml']).status === 0;

(isPyYamlHere ? test : test.skip)('PyYAML reads every string back', () => {
  const input = YAML_WORDS.map((word) => {
    const value = Object.fromEntries(Object.entries(PLACES).map(([name, place]) => [name, place(word)]));
    return [yamlOf(value), value];
  });
  const { stdout, stderr } = spawnSync('python3', ['-c', PYTHON], { input: JSON.stringify(input), encoding: 'utf8' });

  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
});

describe('a string that every parser reads as itself is not quoted', () => {
  test.each([
    'openhands-runtime',
    'ghcr.io/openhands/agent-server:1.58.2-python',
    '1.58.2',
    '10.0.0.0/8',
    'fd00::/8',
    '500m',
    '4Gi',
    '30s',
    'https://example.com:8443/a?b=c#d',
    "object.spec.a == 'b' && !has(object.spec.c)",
    '--host',
    ':8888',
    '.+',
    'größer als 3 °C',
  ])('%s', (word) => {
    expect(yamlOf({ word })).toBe(`word: ${word}\n`);
  });
});

test.each([
  ['0o7', '"0o7"'],
  ['=', '"="'],
  ['a\tb', '"a\\tb"'],
  ['a\u2028b', '"a\\u2028b"'],
  ['{"a": 1}', `'{"a": 1}'`],
  [`"it's"`, `"\\"it's\\""`],
])('%j is quoted: %s', (word, quoted) => {
  expect(yamlOf({ word })).toBe(`word: ${quoted}\n`);
});

test('lines stay lines', () => {
  expect(yamlOf({ script: '#!/bin/sh\n\nset -eu\n', list: ['a\n  b'], last: 'a\n\n' })).toBe(
    [
      'script: |',
      '  #!/bin/sh',
      '',
      '  set -eu',
      'list:',
      '  - |-',
      '    a',
      '      b',
      'last: |+',
      '  a',
      '',
      '',
    ].join('\n'),
  );
});

test('nothing is an alias of something that is the same', () => {
  const same = { a: 'b' };

  expect(yamlOf({ one: same, other: [same] })).toBe('one:\n  a: b\nother:\n  - a: b\n');
});

test('what is undefined is left out', () => {
  expect(yamlOf({ a: undefined, b: { c: undefined }, d: [1] })).toBe('b: {}\nd:\n  - 1\n');
});

test.each([[NaN], [Infinity], [() => 1], [1n]])('%p is refused: it is not JSON', (value) => {
  expect(() => yamlOf({ value })).toThrow(TypeError);
});
