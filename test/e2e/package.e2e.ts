import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { loadProfile, shippedProfiles } from '../../config/load';
import { synthesize } from '../../main';
import { readManifests } from '../../tools/cluster/folder';
import { agentServer } from './agent-server';
import { command } from './command';
import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests } from './manifests';
import { Sandbox } from './sandbox';

const NAMESPACE = 'e2e-package';
const RELEASE = 'openhands';

const execute = promisify(execFile);
const manifests = Manifests.ofTestProfile('package.toml');
const step = stepsIn(NAMESPACE);
const out = mkdtempSync(join(tmpdir(), 'openhands-e2e-'));

const helm = async (...args: string[]) =>
  (await execute('helm', ['--namespace', NAMESPACE, ...args], { maxBuffer: 64 * 1024 ** 2 })).stdout;

/** `npm run package`. @returns the chart's path */
async function chartOf(version: string, folder: string): Promise<string> {
  const { status, output } = await command('package', folder, ['--version', version, '--out', out]);
  expect([status, output]).toEqual([0, expect.stringContaining(`openhands-${version}.tgz\n`)]);
  return join(out, `openhands-${version}.tgz`);
}

type Rendered = ReturnType<typeof readManifests>[number];

const KEEP = 'helm.sh/resource-policy';

/** An object as JSON, without what keeps it when the release goes. */
function jsonOf({ metadata, ...object }: Rendered): string {
  const { [KEEP]: _, ...annotations } = metadata.annotations ?? {};
  const rest = { ...metadata, annotations: Object.keys(annotations).length > 0 ? annotations : undefined };
  return JSON.stringify(inOrder({ ...object, metadata: rest }));
}

const inOrder = (value: Rendered): Rendered => {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, inOrder(value[key])]),
  );
};

const objectsIn = (yaml: string): Rendered[] => parseAllDocuments(yaml).flatMap((it) => (it.toJS() as Rendered) ?? []);

const isGround = ({ kind, metadata }: Rendered) =>
  kind === 'Namespace' || (kind === 'ServiceAccount' && metadata.name === 'default');

const replicas = async () =>
  (await kubectl('get', 'deployment', '--namespace', NAMESPACE, '-o=jsonpath={.items[*].spec.replicas}')).stdout;

const volume = async () =>
  (await kubectl('get', 'pvc', '--namespace', NAMESPACE, '-o=jsonpath={.items[*].spec.volumeName}')).stdout;

afterAll(async () => {
  await helm('uninstall', RELEASE, '--ignore-not-found').catch(() => undefined);
  await kubectl('delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false');
  rmSync(out, { recursive: true });
  await manifests.cleanUp();
});

test.each(shippedProfiles())('Helm accepts the chart of %s, and gives its objects back', async (profile) => {
  const folder = join(out, profile);
  synthesize(loadProfile(profile).profile, folder);
  const chart = await chartOf('1.2.3', folder);
  expect(await helm('lint', chart)).toContain('1 chart(s) linted, 0 chart(s) failed');
  const given = objectsIn(await helm('template', RELEASE, chart));
  const wanted = readManifests(folder).filter((it) => !isGround(it));
  expect(given.map(jsonOf).sort()).toEqual(wanted.map(jsonOf).sort());
});

step('a chart is installed into the namespace that is applied before', async () => {
  const chart = await chartOf('1.0.0', manifests.folder);
  await kubectl('apply', '--server-side', '-f', join(out, 'openhands-1.0.0-namespaces.yaml'));
  expect(await helm('install', RELEASE, chart)).toContain('STATUS: deployed');
  const sandbox = new Sandbox({ namespace: NAMESPACE, session: 'demo', workload: 'Deployment', program: agentServer });
  await sandbox.ready();
  expect(await sandbox.run('echo $((6 * 7))')).toMatchObject({ exitCode: 0, stdout: '42' });
});

step('what it has installed is what the manifests say', async () => {
  expect(await command('diff', manifests.folder)).toEqual({
    status: 0,
    output: expect.stringMatching(/^0 of \d+ objects would change, 0 of them security-relevant\n$/),
  });
});

step('a value that somebody sets is refused', async () => {
  await expect(helm('upgrade', RELEASE, join(out, 'openhands-1.0.0.tgz'), '--set=a=b')).rejects.toThrow(
    "additional properties 'a' not allowed",
  );
});

step('an upgrade changes what the next version says, and a rollback changes it back', async () => {
  const folder = join(out, 'next');
  cpSync(manifests.folder, folder, { recursive: true });
  const sessions = join(folder, '2-sessions.k8s.yaml');
  writeFileSync(sessions, readFileSync(sessions, 'utf8').replace('replicas: 1', 'replicas: 0'));
  await helm('upgrade', RELEASE, await chartOf('1.1.0', folder));
  expect(await replicas()).toBe('0');
  await helm('rollback', RELEASE, '1');
  expect(await replicas()).toBe('1');
});

step('uninstalled, it leaves the volume, and is installed over it again', async () => {
  const before = await volume();
  await helm('uninstall', RELEASE);
  const left = async () => (await kubectl('get', 'deployment', '--namespace', NAMESPACE, '-o=name')).stdout;
  expect(await eventually(left, '', 90)).toBe('');
  expect(before).toMatch(/^pvc-/);
  expect(await volume()).toBe(before);
  expect(await helm('install', RELEASE, join(out, 'openhands-1.0.0.tgz'))).toContain('STATUS: deployed');
  expect(await volume()).toBe(before);
});
