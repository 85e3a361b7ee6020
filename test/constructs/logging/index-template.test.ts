import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentOf } from '../../../constructs/logging/document';

const read = (file: string) => readFileSync(join(__dirname, '../../../docs/logging', file), 'utf8');

interface Mapping {
  readonly type?: string;
  readonly ignore_above?: number;
  readonly properties?: Readonly<Record<string, Mapping>>;
}

const template = JSON.parse(read('index-template.json')) as {
  readonly index_patterns: readonly string[];
  readonly template: { readonly mappings: Mapping };
};

/** Its fields, as a path and a type each. */
function fieldsOf({ properties = {} }: Mapping, prefix = ''): [string, Mapping][] {
  return Object.entries(properties).flatMap(([name, mapping]): [string, Mapping][] =>
    mapping.properties ? fieldsOf(mapping, `${prefix}${name}.`) : [[prefix + name, mapping]],
  );
}

/** The fields that the collector's statements write. */
const written = (['agent-server', 'action-execution-server'] as const).flatMap((contract) =>
  [
    ...JSON.stringify(documentOf(contract, 'program'))
      .replaceAll('\\"', '"')
      .matchAll(/set\(log\.body((?:\["[^"]+"\])+)/g),
  ].map(([, steps]) => [...steps!.matchAll(/"([^"]+)"/g)].map(([, step]) => step).join('.')),
);

test('the index template has every field of a document, and no other', () => {
  const fields = fieldsOf(template.template.mappings).map(([path]) => path);

  expect(written.length).toBeGreaterThan(20);
  expect(fields.sort()).toEqual([...new Set(['message', ...written])].sort());
});

test('no text is too long for it: a document with one would be refused', () => {
  const keywords = fieldsOf(template.template.mappings).filter(([, { type }]) => type === 'keyword');

  // What is not indexed has no limit.
  for (const [path, { ignore_above }] of keywords.filter(([path]) => path !== 'event.original'))
    expect([path, ignore_above]).toEqual([path, 1024]);
});

test('the template, the retention and the saved searches are about the same data streams', () => {
  const { policy } = JSON.parse(read('retention.opensearch.json'));
  const [pattern] = read('saved-searches.ndjson')
    .split('\n')
    .map((line) => (line ? JSON.parse(line) : undefined));

  expect(template.index_patterns).toEqual(['logs-openhands-*']);
  expect(policy.ism_template[0].index_patterns).toEqual(template.index_patterns);
  expect(pattern.attributes.title).toBe('logs-openhands-*');
});

test('the saved searches ask for fields that there are', () => {
  const fields = fieldsOf(template.template.mappings).map(([path]) => path);
  const searches = read('saved-searches.ndjson')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'search');

  expect(searches).toHaveLength(5);
  for (const { attributes } of searches) expect(fields).toEqual(expect.arrayContaining(attributes.columns));
});
