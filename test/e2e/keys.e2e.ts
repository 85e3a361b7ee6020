import { execFileSync } from 'node:child_process';
import { agentServer, agentServerWithKey } from './agent-server';
import { command } from './command';
import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests } from './manifests';
import { create } from './objects';
import { Sandbox, type SandboxProps } from './sandbox';

const NAMESPACE = 'e2e-keys';
const SECRET = 'openhands-session-keys';

const manifests = Manifests.ofTestProfile('keys.toml');
const step = stepsIn(NAMESPACE);
const props: SandboxProps = { namespace: NAMESPACE, session: 'demo', workload: 'Deployment', program: agentServer };

const jsonpath = async (object: string, path: string) =>
  (await kubectl('get', ...object.split(' '), `--namespace=${NAMESPACE}`, `-o=jsonpath=${path}`)).stdout;

/** The lines about the Secret; what stands around them is the same at every run. */
const said = (output: string) => output.split('\n').filter((it) => it.includes(`Secret/${SECRET}`));

afterAll(() => manifests.cleanUp());

step('before the manifests are applied, the namespace is missing', async () => {
  expect(await command('keys', manifests.folder)).toEqual({
    status: 1,
    output: `FAILED Secret/${SECRET} in ${NAMESPACE}: there is no namespace ${NAMESPACE}: kubectl apply -f makes it\n`,
  });
});

step('a sandbox without its keys says which Secret it waits for', async () => {
  await manifests.apply();
  const message = () => jsonpath('pods', '{.items[*].status.containerStatuses[*].state.waiting.message}');

  const missing = `secret "${SECRET}" not found`;
  expect(await eventually(message, missing, 60)).toBe(missing);
});

step('a dry run makes none', async () => {
  const { status, output } = await command('keys', manifests.folder, ['--dry-run']);

  expect(status).toBe(0);
  expect(output).toBe(`Secret/${SECRET} in ${NAMESPACE}: would make demo.api-key, demo.secret-key\n`);
  await expect(jsonpath(`secret ${SECRET}`, '{.data}')).rejects.toThrow('not found');
});

step('of three runs at the same time one makes each key', async () => {
  const runs = await Promise.all([1, 2, 3].map(() => command('keys', manifests.folder)));

  expect(runs.map(({ status }) => status)).toEqual([0, 0, 0]);
  const lines = runs.flatMap(({ output }) => said(output)).filter((it) => it.includes('made'));
  expect(lines).toEqual([`Secret/${SECRET} in ${NAMESPACE}: made demo.api-key, demo.secret-key`]);
});

step('then the sandbox starts, and the key that the printed command reads opens it', async () => {
  await new Sandbox(props).ready();
  const { output } = await command('keys', manifests.folder);
  const printed = /^ {2}(kubectl .*)$/m.exec(output)![1]!;
  const key = execFileSync('sh', ['-c', printed], { encoding: 'utf8' }).trim();

  expect(await new Sandbox({ ...props, program: agentServerWithKey(key) }).run('id -u')).toMatchObject({ exitCode: 0 });
  await expect(new Sandbox(props).run('id -u')).rejects.toThrow('401');
});

step('a later run makes only what was taken away', async () => {
  const before = await jsonpath(`secret ${SECRET}`, '{.data.demo\\.api-key}');
  await kubectl(
    ...['patch', 'secret', SECRET, `--namespace=${NAMESPACE}`, '--type=json'],
    '-p=[{"op": "remove", "path": "/data/demo.secret-key"}]',
  );

  expect(said((await command('keys', manifests.folder)).output)).toEqual([
    `Secret/${SECRET} in ${NAMESPACE}: made demo.secret-key`,
  ]);
  expect(await jsonpath(`secret ${SECRET}`, '{.data.demo\\.api-key}')).toBe(before);
});

step('a Secret that an ExternalSecret owns is left alone', async () => {
  await create({
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'keys', namespace: NAMESPACE },
    spec: { secretStoreRef: { name: 'store' }, target: { name: SECRET } },
  });
  const uid = await jsonpath('externalsecret keys', '{.metadata.uid}');
  const owner = { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', name: 'keys', uid };
  const owned = JSON.stringify({ metadata: { ownerReferences: [owner] }, data: { 'demo.secret-key': null } });
  await kubectl('patch', 'secret', SECRET, `--namespace=${NAMESPACE}`, '--type=merge', `-p=${owned}`);

  expect(await command('keys', manifests.folder)).toEqual({
    status: 1,
    output: `FAILED Secret/${SECRET} in ${NAMESPACE}: ExternalSecret/keys owns it: make its entries there\n`,
  });
  expect(await jsonpath(`secret ${SECRET}`, '{.data.demo\\.secret-key}')).toBe('');
});
