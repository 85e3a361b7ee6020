import { parseTolerations } from '../../../config/schema/tolerations';

/** Each list holds the one before ten times. */
const ALIASES = [
  '- &a0 [x]',
  ...[1, 2, 3].map(
    (n) =>
      `- &a${n} [${Array(10)
        .fill(`*a${n - 1}`)
        .join(', ')}]`,
  ),
].join('\n');

test('scalars become text: Kubernetes takes no other', () => {
  expect(parseTolerations('- key: special\n  value: true')).toEqual({
    tolerations: [{ key: 'special', value: 'true' }],
    problems: [],
  });
});

test.each(['toleration_seconds', 'tolerationSeconds'])('seconds may be spelled %s', (spelling) => {
  const { tolerations } = parseTolerations(`- {key: a, effect: NoExecute, ${spelling}: 30}`);
  expect(tolerations).toEqual([{ key: 'a', effect: 'NoExecute', tolerationSeconds: 30 }]);
});

test('operator Exists needs no key', () => {
  expect(parseTolerations('- operator: Exists').tolerations).toEqual([{ operator: 'Exists' }]);
});

test('an empty list has no tolerations', () => {
  expect(parseTolerations('[]')).toEqual({ tolerations: [], problems: [] });
});

test.each([
  ['no list', 'key: a', 'a YAML list of tolerations'],
  ['nothing but space', ' \n', 'a YAML list of tolerations'],
  ['a syntax error', '- [a', 'Flow sequence'],
  ['two documents', '- key: a\n---\n- key: b', 'multiple documents'],
  ['an alias of nothing', '- *a', 'Unresolved alias'],
  ['aliases that multiply', ALIASES, 'Excessive alias count'],
  ['an entry that is no table', '- a', 'number 1: '],
  ['an unknown key', '- {key: a, vlaue: b}', 'vlaue'],
  ['an unknown operator', '- {key: a, operator: In}', 'number 1: operator'],
  ['an unknown effect', '- key: a\n- {key: b, effect: Never}', 'number 2: effect'],
  ['neither key nor Exists', '- {value: a}', 'a key is needed unless operator is Exists'],
  ['Exists with a value', '- {key: a, operator: Exists, value: b}', 'operator Exists takes no value'],
  ['seconds without NoExecute', '- {key: a, tolerationSeconds: 5}', 'tolerationSeconds needs effect NoExecute'],
  ['seconds that are no number', '- {key: a, effect: NoExecute, tolerationSeconds: soon}', 'tolerationSeconds'],
  ['a key that is no label key', '- {key: a b}', 'a label key'],
  ['a value that is no label value', '- {key: a, value: b!}', 'a label value'],
  ['a prototype', '- {__proto__: {key: a}, key: b}', '__proto__'],
])('%s is refused', (_, text, problem) => {
  const { tolerations, problems } = parseTolerations(text);
  expect(tolerations).toEqual([]);
  expect(problems.join('\n')).toContain(problem);
});

test('every bad entry is told', () => {
  expect(parseTolerations('- a\n- b').problems).toHaveLength(2);
});
