import { agentServerWithKey } from './agent-server';
import { Client } from './conversations';
import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests } from './manifests';
import { API_KEY, apply, create, sessionKeys, type Manifest } from './objects';
import { withPortForward } from './port-forward';
import { Sandbox } from './sandbox';
import { StandInModel } from './stand-in-model';

const HOME = '/home/openhands';
const FILE = `${HOME}/workspace/project/e2e/made-by-the-agent.txt`;
const DEPLOYMENT = {
  title: 'a restricted Deployment',
  profile: 'persistence.toml',
  namespace: 'e2e-persistence',
  workload: 'Deployment',
} as const;
const SANDBOX = {
  title: 'a Sandbox under baseline',
  profile: 'persistence-sandbox.toml',
  namespace: 'e2e-persistence-sandbox',
  workload: 'Sandbox',
} as const;

const llmSecret = (namespace: string, key: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'llm', namespace },
  stringData: { 'api-key': key },
});

describe.each([DEPLOYMENT, SANDBOX])('what a person sets and makes, in $title', ({ profile, namespace, workload }) => {
  const manifests = Manifests.ofTestProfile(profile);
  const model = new StandInModel(`${namespace}-model`);
  const program = agentServerWithKey(API_KEY);
  const sandbox = new Sandbox({ namespace, session: 'demo', workload, program });
  const step = stepsIn(namespace);
  let conversation: string;

  afterAll(async () => {
    await manifests.cleanUp();
    await model.stop();
  });

  const asClient = <T>(use: (client: Client) => Promise<T>): Promise<T> =>
    withPortForward({ namespace, resource: `svc/${sandbox.name}-svc`, port: program.port }, (url) =>
      use(new Client(url)),
    );
  const answer = () => asClient((client) => client.answer(conversation));
  const saysInTheEnd = (line: string) => eventually(async () => (await answer()).includes(line), true, 60);
  const llmKey = () => asClient(async (client) => (await client.llm()).api_key);

  step('begins with the LLM of [llm], which nobody typed', async () => {
    await model.start();
    await manifests.apply();
    await create(sessionKeys(namespace, 'demo'), llmSecret(namespace, 'key-one'));
    await sandbox.ready();

    expect(await eventually(llmKey, 'key-one', 30)).toBe('key-one');
    expect(await asClient((client) => client.llm())).toMatchObject({ model: model.model });
  });

  step('is a profile, a secret, a setting and dotfiles', async () => {
    await asClient(async (client) => {
      await client.request('POST', '/api/profiles/mine', { llm: { model: 'openai/mine', api_key: 'my-key' } });
      await client.request('PUT', '/api/settings/secrets', { name: 'TOKEN', value: 'a secret of mine' });
      await client.request('PATCH', '/api/settings', { conversation_settings_diff: { max_iterations: 77 } });
    });

    expect(await sandbox.run('git config --global user.name Me && mkdir -p ~/.claude && touch ~/.claude/x')).toEqual({
      exitCode: 0,
      stdout: '',
    });
  });

  step('is a conversation in its default folder, whose agent makes a file', async () => {
    conversation = await asClient((client) => client.start('hello'));

    expect(await saysInTheEnd('message 1')).toBe(true);
    expect(await sandbox.readFile(FILE)).toBe('message 1\n');
    expect((await model.keys()).at(-1)).toBe('key-one');
  });

  step('arrives as it was written, where it is a variable', async () => {
    expect((await sandbox.run('printenv GREETING')).stdout).toBe('$(HOME) and pa$$word');
  });

  const isAllThere = async () => {
    await asClient(async (client) => {
      expect(await client.request('GET', '/api/profiles/mine')).toMatchObject({
        config: { model: 'openai/mine', api_key: 'my-key' },
      });
      expect(await client.request('GET', '/api/settings')).toMatchObject({
        conversation_settings: { max_iterations: 77 },
      });
    });
    expect((await sandbox.run('git config --global user.name; ls ~/.claude')).stdout).toBe('Me\nx');
    const secret = () => asClient((client) => client.request('GET', '/api/settings/secrets'));
    expect(JSON.stringify(await secret())).toContain('TOKEN');
  };

  step('is all there after its Pod was deleted, and the conversation goes on', async () => {
    await sandbox.deletePod();
    await sandbox.ready();
    await isAllThere();
    await asClient((client) => client.goOn(conversation, 'go on'));

    expect(await saysInTheEnd('message 2')).toBe(true);
    expect(await sandbox.readFile(FILE)).toBe('message 1\nmessage 2\n');
  });

  step('takes a new key of the LLM at the next start', async () => {
    await apply(llmSecret(namespace, 'key-two'));
    await sandbox.deletePod();
    await sandbox.ready();

    expect(await eventually(llmKey, 'key-two', 30)).toBe('key-two');
  });

  if (workload !== 'Sandbox') return;

  step('is all there after suspend and resume, and the conversation goes on', async () => {
    const set = (operatingMode: string) =>
      kubectl(
        'patch',
        `sandbox/${sandbox.name}`,
        `--namespace=${namespace}`,
        '--type=merge',
        `--patch=${JSON.stringify({ spec: { operatingMode } })}`,
      );
    await set('Suspended');
    expect(await eventually(() => sandbox.podUid(), '', 120)).toBe('');
    await set('Running');
    await sandbox.ready();
    await isAllThere();
    await asClient((client) => client.goOn(conversation, 'once more'));

    expect(await saysInTheEnd('message 3')).toBe(true);
  });
});
