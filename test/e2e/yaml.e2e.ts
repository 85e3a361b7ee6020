import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { yamlOf } from '../../constructs/output/yaml';
import { YAML_WORDS } from '../yaml-words';
import { kubectl } from './kubectl';

/** Every word as a value, under a name that the API server takes. */
const values = Object.fromEntries(YAML_WORDS.map((word, index) => [`word-${index}`, word]));

const configMap = (data: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'yaml-words', namespace: 'default' },
  data,
});

describe('kubectl reads every string that this program writes as what it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openhands-yaml-'));
  const file = join(folder, 'words.k8s.yaml');

  afterAll(() => rmSync(folder, { recursive: true }));

  const readBack = async (data: Readonly<Record<string, string>>, ...command: string[]): Promise<unknown> => {
    writeFileSync(file, yamlOf(configMap(data)));
    const { stdout } = await kubectl(...command, '-f', file, '-o', 'json');
    return (JSON.parse(stdout) as { data: unknown }).data;
  };

  test('as a value, and so does the API server', async () => {
    expect(await readBack(values, 'create', '--dry-run=server', '--validate=strict')).toEqual(values);
  });

  test('as a key', async () => {
    const keys = Object.fromEntries(YAML_WORDS.map((word) => [word, word]));

    // No API server takes these keys: they are only read.
    expect(await readBack(keys, 'label', '--local', 'read=back')).toEqual(keys);
  });
});
