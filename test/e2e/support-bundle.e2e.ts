import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesIn } from '../tools/support-bundle/archive';
import { agentServer } from './agent-server';
import { command } from './command';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests } from './manifests';
import { create } from './objects';
import { Sandbox } from './sandbox';

const NAMESPACE = 'e2e-support';

/** What must be in no byte of the bundle. */
const PLANTED = {
  secret: 'a-value-of-a-secret-41',
  environment: 'set-by-hand-42',
  annotation: 'noted-by-hand-43',
  event: 'said-by-an-event-44',
  log: 'what a person told the agent',
  email: 'somebody@example.com',
};

const manifests = Manifests.ofTestProfile('support-bundle.toml');
const step = stepsIn(NAMESPACE);
const folder = mkdtempSync(join(tmpdir(), 'openhands-e2e-'));
const file = join(folder, 'bundle.tar.gz');
const DEPLOYMENT = 'deployment/openhands-runtime-demo';
const inNamespace = (...args: string[]) => kubectl(`--namespace=${NAMESPACE}`, ...args);

let files: Record<string, string>;

/** A file of the bundle, by the end of its path. */
const read = (end: string) => Object.entries(files).find(([path]) => path.endsWith(end))?.[1] ?? '';

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await manifests.cleanUp();
});

step('a sandbox runs, and secrets lie about', async () => {
  await manifests.apply();
  await create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'planted', namespace: NAMESPACE },
    stringData: { entry: PLANTED.secret },
  });
  await inNamespace('set', 'env', DEPLOYMENT, `FLAVOUR=${PLANTED.environment}`);
  await inNamespace('annotate', DEPLOYMENT, `note=${PLANTED.annotation}`);
  await new Sandbox({ namespace: NAMESPACE, session: 'demo', workload: 'Deployment', program: agentServer }).ready();
  await inNamespace('rollout', 'status', DEPLOYMENT, '--timeout=180s');
});

step('its log has a word of a person, and an event quotes a password', async () => {
  const { stdout: uid } = await inNamespace('get', DEPLOYMENT, '-o=jsonpath={.metadata.uid}');
  await inNamespace('exec', DEPLOYMENT, '--', 'sh', '-c', `echo '${PLANTED.log} ${PLANTED.email}' > /proc/1/fd/2`);
  expect((await inNamespace('logs', DEPLOYMENT, '--tail=200')).stdout).toContain(PLANTED.log);
  await create({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'planted', namespace: NAMESPACE },
    involvedObject: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: NAMESPACE,
      name: 'openhands-runtime-demo',
      uid,
    },
    type: 'Warning',
    reason: 'Planted',
    message: `asked https://user:${PLANTED.event}@example.com with ${PLANTED.secret}`,
  });
});

step('one command writes a bundle', async () => {
  const { status, output } = await command('support-bundle', manifests.folder, ['--out', file]);
  expect([status, output]).toEqual([0, expect.stringMatching(/bundle\.tar\.gz: \d+ files, \d+ KiB/)]);
  files = await filesIn(readFileSync(file));
});

step('it tells what the cluster has: objects, Pods, events, versions, checks', async () => {
  expect(read('/objects.yaml')).toMatch(/- name: FLAVOUR\n +value: <left out>/);
  expect(read('/pods.yaml')).toMatch(/phase: Running/);
  expect(read('/events.txt')).toMatch(/Deployment\/openhands-runtime-demo .* ScalingReplicaSet/);
  expect(read('/conditions.txt')).toMatch(/Deployment\/openhands-runtime-demo .* Available +True/);
  expect(read('/versions.txt')).toMatch(/^Kubernetes v1\.\d+/m);
  expect(read('/preflight.txt')).toMatch(/image ghcr\.io\/openhands\/agent-server/);
  expect(read('/verify.txt')).toContain('ok ServiceAccount/openhands-runtime in e2e-support\n');
  expect(read('/verify.txt')).toMatch(/^(ok|FAILED) Deployment\/openhands-runtime-demo/m);
});

step('of the sandbox’s log it has when and where, and no words', async () => {
  expect(read('/runtime.log')).toMatch(/^[\d-]+ [\d:,]+ INFO uvicorn\.access GET 200$/m);
  expect(read('/runtime.log')).toMatch(/^\(\d+ more lines were only words\)$/m);
});

step('no byte of it is of anything secret', async () => {
  const all = Object.entries(files).flat().join('\n');
  for (const planted of Object.values(PLANTED)) {
    expect(all).not.toContain(planted);
    expect(all).not.toContain(Buffer.from(planted).toString('base64'));
  }
  expect(read('/OMITTED.md')).toMatch(/^## values of Secrets$/m);
});
