import { createHash } from 'node:crypto';
import { parseAllDocuments } from 'yaml';
import { loadProfile, shippedProfiles } from '../../../config/load';
import { render } from '../../../main';
import { chartFiles, groundOf } from '../../../tools/package/chart';
import { ociLayout } from '../../../tools/package/oci-layout';
import { tarGz } from '../../../tools/tar-gz';
import type { Rendered } from '../../render';

const propsOf = (...objects: Rendered[]) => ({
  name: 'openhands',
  version: '1.2.3+build.4',
  files: [{ name: '0.k8s.yaml', objects }],
});

const parsed = (text: string): Rendered[] => parseAllDocuments(text).map((it) => it.toJS() as Rendered);

/** What Helm makes of a template whose actions are all `{{ "{{" }}`. */
const asRendered = (text: string): string => text.replaceAll('{{ "{{" }}', '{{');

const templatesOf = (props: Parameters<typeof chartFiles>[0]): Rendered[] =>
  chartFiles(props)
    .filter(([path]) => /^templates\/.*\.yaml$/.test(path))
    .flatMap(([, text]) => parsed(asRendered(text)));

const identityOf = ({ apiVersion, kind, metadata }: Rendered): string =>
  [apiVersion, kind, metadata.namespace, metadata.name].join(' ');

const fileOf = (path: string, ...objects: Rendered[]) =>
  chartFiles(propsOf(...objects)).find(([it]) => it === path)?.[1];

const KEEP = 'helm.sh/resource-policy';
const object = (kind: string, spec: object = {}, name = 'a'): Rendered => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'b' },
  spec,
});
const policyOf = (it: Rendered) => templatesOf(propsOf(it))[0].metadata.annotations?.[KEEP];

test.each(shippedProfiles())('the chart of %s and what is applied before it are all of its objects', (profile) => {
  const files = render(loadProfile(profile).profile);
  const props = { ...propsOf(), files };
  const withoutPolicy = ({ metadata: { annotations = {}, ...metadata }, ...it }: Rendered) => {
    const { [KEEP]: _, ...others } = annotations;
    return { ...it, metadata: { ...metadata, ...(Object.keys(others).length > 0 && { annotations: others }) } };
  };
  const all = [...templatesOf(props), ...parsed(groundOf(props)).filter((it) => it !== null)].map(withoutPolicy);
  const inOrder = (objects: readonly Rendered[]) =>
    [...objects].sort((a, b) => identityOf(a).localeCompare(identityOf(b)));
  expect(inOrder(all)).toEqual(inOrder(files.flatMap(({ objects }) => objects)));
});

test('what Helm would take for an action is escaped', () => {
  expect(fileOf('templates/0.k8s.yaml', object('ConfigMap', { a: 'pod {{ $labels.pod }}' }))).toContain(
    'a: pod {{ "{{" }} $labels.pod }}',
  );
});

test.each([['PersistentVolumeClaim', {}] as const, ['Sandbox', { volumeClaimTemplates: [{}] }] as const])(
  'a %s that holds files outlives the release',
  (kind, spec) => {
    expect(policyOf(object(kind, spec))).toBe('keep');
    expect(fileOf('templates/NOTES.txt', object(kind, spec))).toContain(`  ${kind}/a in b\n`);
  },
);

test.each([['Deployment', {}] as const, ['Sandbox', {}] as const])('a %s that holds none does not', (kind, spec) => {
  expect(policyOf(object(kind, spec))).toBeUndefined();
});

test('an object’s own annotations stay beside the policy', () => {
  const claim = object('PersistentVolumeClaim');
  const own = { ...claim, metadata: { ...claim.metadata, annotations: { note: 'x' } } };
  expect(templatesOf(propsOf(own))[0].metadata.annotations).toEqual({ note: 'x', [KEEP]: 'keep' });
});

test.each([
  ['Namespace', 'b'],
  ['ServiceAccount', 'default'],
])('a %s %s is applied before the chart, not by it', (kind, name) => {
  const ground = object(kind, {}, name);
  expect(templatesOf(propsOf(ground))).toEqual([]);
  expect(parsed(groundOf(propsOf(ground)))).toEqual([ground]);
});

test('an account of our own is in the chart', () => {
  expect(templatesOf(propsOf(object('ServiceAccount')))).toHaveLength(1);
});

test('a value that somebody sets is refused, since none would be read', () => {
  expect(JSON.parse(fileOf('values.schema.json')!)).toMatchObject({ additionalProperties: false });
});

test('the same manifests give the same bytes', async () => {
  const pack = () =>
    tarGz(chartFiles(propsOf(object('ConfigMap'))), { folder: 'openhands', mode: 0o644, mtime: new Date(0) });
  expect(await pack()).toEqual(await pack());
});

test('an OCI layout leads from its index to the chart, each step by digest and size', () => {
  const chart = Buffer.from('a chart');
  const files = new Map(ociLayout(propsOf(), chart));
  const read = ({ digest, size }: { digest: string; size: number }) => {
    const bytes = files.get(`blobs/${digest.replace(':', '/')}`)!;
    expect([bytes.length, `sha256:${createHash('sha256').update(bytes).digest('hex')}`]).toEqual([size, digest]);
    return bytes;
  };
  const [descriptor] = JSON.parse(files.get('index.json')!.toString()).manifests;
  expect(descriptor.annotations['org.opencontainers.image.ref.name']).toBe('1.2.3_build.4');
  const manifest = JSON.parse(read(descriptor).toString());
  expect(JSON.parse(read(manifest.config).toString())).toMatchObject({ name: 'openhands', version: '1.2.3+build.4' });
  expect(read(manifest.layers[0])).toEqual(chart);
});
