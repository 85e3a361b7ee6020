/** Strings that some YAML parser reads as something else, or not at all, when nothing is quoted. */

const withCases = (words: readonly string[]): string[] =>
  words.flatMap((word) => [word.toLowerCase(), word.toUpperCase(), word[0]!.toUpperCase() + word.slice(1)]);

const withSigns = (words: readonly string[]): string[] => words.flatMap((word) => [word, `+${word}`, `-${word}`]);

const WORDS = withCases(['true', 'false', 'yes', 'no', 'on', 'off', 'y', 'n', 'null', 'none', 'nan', 'inf']);

const NUMBERS = withSigns([
  ...['0', '7', '42', '007', '08', '09', '0777', '0o7', '0O7', '0o8', '0x1f', '0XFF', '0xg', '0b101', '0B1', '0b2'],
  ...['0b-1', '0o-7', '0x-1', '0x', '0b', '0o', '1_000', '1__0', '_1', '1_', '0x_1', '0_7', '0b1_0', '_', '__'],
  ...[
    '1.5',
    '.5',
    '5.',
    '.',
    '..',
    '1.2.3',
    '1.2.3.4',
    '1e3',
    '1E3',
    '1e+3',
    '1.e3',
    '.5e-3',
    '1.5e3',
    '1e',
    'e3',
    '1_0.5_0',
  ],
  ...[
    '12:30',
    '12:30:45',
    '1:2:3.5',
    '190:20:30',
    '99:99',
    '8080:80',
    '22:00',
    '.inf',
    '.Inf',
    '.INF',
    '.nan',
    '.NaN',
    '.NAN',
  ],
  ...[
    '1e1000',
    '9007199254740993',
    '18446744073709551616',
    '1m',
    '500Mi',
    '1Gi',
    '1E',
    '0.5Gi',
    '12e03',
    '0x1p-2',
    '1,000',
  ],
]);

const DATES = [
  ...['2001-12-14', '2001-1-1', '2001-12-14t21:59:43.10-05:00', '2001-12-14 21:59:43.10 -5', '2001-12-15 2:59:43.10'],
  ...['2001-12-15T02:59:43Z', '2001-12-15T02:59:43.1+01:00', '2026-01-01T00:00:00Z', '99-1-1', '2001-12'],
];

const INDICATORS = [
  ...[...'-?:,[]{}#&*!|>\'"%@`=~<^\\/$'].flatMap((it) => [
    it,
    `${it}a`,
    `${it} a`,
    `a${it}`,
    `a ${it}`,
    `a${it}a`,
    `a${it} a`,
    it + it,
  ]),
  ...[
    '<<',
    '=',
    '---',
    '...',
    '--- a',
    '... a',
    '---a',
    '- - a',
    '? a: b',
    'a: b',
    'a:',
    ':a',
    'a:b',
    ' #',
    'a #b',
    'a# b',
    '#a',
  ],
  ...[
    '!!str a',
    '!!binary a',
    '&a b',
    '*a',
    '[a]',
    '{a: b}',
    '{}',
    '[]',
    '%YAML 1.1',
    '|',
    '|-',
    '>',
    '>+',
    '| a',
    '"a"',
    "'a'",
  ],
  ...['a"b', "a'b", `a"b'c`, '\\', '\\n', 'a\\', '""', "''", '"', "'", '${A}', '$(A)', '{{ .Values }}', '@scope/name'],
];

/** Blanks and line breaks, those of YAML and those of Unicode, and what cannot be printed. */
const CHARACTERS = [
  ...[
    ' ',
    '\t',
    '\n',
    '\r',
    '\r\n',
    '\v',
    '\f',
    '\b',
    '\0',
    '\x1b',
    '\x7f',
    '\x80',
    '\x85',
    '\xa0',
    '\u1680',
    '\u2000',
  ],
  ...[
    '\u2028',
    '\u2029',
    '\u200b',
    '\u202e',
    '\u3000',
    '\ufeff',
    '\ufffd',
    '\ufffe',
    '\uffff',
    '\u{1f600}',
    '\u{10ffff}',
  ],
  ...['é', 'ß', 'я', '漢', 'ｱ', '\u0301'],
];

const AROUND = CHARACTERS.flatMap((it) => [
  ...[it, it + it, `${it}a`, `a${it}`, `a${it}b`, ` ${it}`, `${it} `, `a ${it} b`, `a\n${it}b`, `a${it}\nb`, `${it}\n`],
  ...[
    `a\n${it}`,
    `a\n${it}\n`,
    `\n${it}a`,
    `a: ${it}b`,
    `-${it}a`,
    `#${it}`,
    `a${it}#b`,
    `a${it}: b`,
    `1${it}`,
    `~${it}`,
  ],
]);

const LINES = [
  ...[
    'a\nb',
    'a\nb\n',
    'a\n\n',
    'a\n\n\n',
    '\na',
    '\n\na',
    '\n',
    '\n\n',
    ' a\nb',
    'a\n b',
    'a\n  b\nc\n',
    '  a\n  b',
    'a \nb ',
  ],
  ...[
    'a\n\nb',
    'a\n \nb',
    'a\n  ',
    'a\n  \n',
    'a\nb ',
    '\ta\nb',
    'a\n\tb',
    'a\n---\nb',
    '---\na',
    'a\n...\n',
    '...\n',
    'a\n# b',
    '# a\nb',
  ],
  ...[
    'a: b\nc: d\n',
    '- a\n- b',
    '{\n  "a": 1\n}\n',
    '#!/bin/sh\nset -eu\necho "$(id)"\n',
    '%\na',
    '|\na',
    'a\r\nb\r\n',
    '"a\nb"',
  ],
];

const LONG = ['a'.repeat(2000), 'a b '.repeat(500), 'a: '.repeat(500), `${'x'.repeat(1100)}\ny`, 'é'.repeat(1000)];

/** Each of them once. */
export const YAML_WORDS: readonly string[] = [
  ...new Set(['', ...WORDS, ...NUMBERS, ...DATES, ...INDICATORS, ...AROUND, ...LINES, ...LONG]),
];
