import { load, refusals } from '../../config/config-file';
import { find, objectsOfToml, podOf, type Rendered } from '../../render';

const LLM = `[llm]
model = "openai/one"
base_url = "https://models.example.com/v1"
api_key = { secret = "llm", key = "openai" }
`;
const AGENT_SERVER = '[deploy]\ncontract = "agent-server"\n';
const KEY = '/run/secrets/openhands-llm/api-key';

const specOf = (toml: string): Rendered => podOf(objectsOfToml(toml)).spec;
const hookOf = (toml: string): string[] => specOf(toml).containers[0].lifecycle.postStart.exec.command;

describe('[llm] of an agent-server', () => {
  test('is set by a program of the sandbox, which is told the model, its address and the file with the key', () => {
    expect(hookOf(LLM + AGENT_SERVER).slice(3)).toEqual([
      'set-llm',
      '8000',
      'openai/one',
      'https://models.example.com/v1',
      KEY,
    ]);
  });

  test('holds up no start and ends none: the hook leaves its program in the background', () => {
    expect(hookOf(LLM + AGENT_SERVER)[2]).toMatch(/&$/);
  });

  test('brings the key as a file, because a variable would be in the environment of every command', () => {
    const { containers, volumes } = specOf(LLM + AGENT_SERVER);

    expect(volumes).toContainEqual({
      name: 'llm-key',
      secret: { secretName: 'llm', items: [{ key: 'openai', path: 'api-key' }], defaultMode: 0o440 },
    });
    expect(containers[0].volumeMounts).toContainEqual({
      name: 'llm-key',
      mountPath: '/run/secrets/openhands-llm',
      readOnly: true,
    });
    expect(JSON.stringify(containers[0].env)).not.toContain('"llm"');
  });

  test('needs the program in the namespace', () => {
    const { data } = find(objectsOfToml(LLM + AGENT_SERVER), 'ConfigMap', 'openhands-llm');

    expect(Object.keys(data)).toEqual(['set-llm.py']);
    expect(specOf(LLM + AGENT_SERVER).volumes).toContainEqual({ name: 'llm', configMap: { name: 'openhands-llm' } });
  });

  test('reaches a pool too, which still waits before it stops', () => {
    const objects = objectsOfToml(`${LLM}${AGENT_SERVER}[deploy.pool]`);
    const { lifecycle } = find(objects, 'Deployment', 'openhands-runtime').spec.template.spec.containers[0];

    expect(Object.keys(lifecycle).sort()).toEqual(['postStart', 'preStop']);
  });

  test.each([
    ['a StatefulSet', 'StatefulSet', 'StatefulSet'],
    ['a SandboxWarmPool', 'SandboxWarmPool', 'SandboxTemplate'],
  ])('reaches %s', (_, workload, kind) => {
    const { spec } = find(objectsOfToml(`${LLM}${AGENT_SERVER}[deploy.pool]\nworkload = "${workload}"`), kind);

    expect((spec.template ?? spec.podTemplate).spec.containers[0].lifecycle.postStart).toBeDefined();
  });

  test('needs no Secret for a model that asks for no key', () => {
    const toml = `[llm]\nmodel = "ollama/small"\n${AGENT_SERVER}`;

    expect(hookOf(toml).slice(4)).toEqual(['8000', 'ollama/small', '']);
    expect(specOf(toml).volumes.map(({ name }: Rendered) => name)).not.toContain('llm-key');
  });

  test('is fetched from a store outside the cluster', () => {
    const objects = objectsOfToml(`${LLM}${AGENT_SERVER}[deploy.secrets]\nexternal = { store = "vault" }`);

    expect(find(objects, 'ExternalSecret', 'llm').spec.data).toEqual([
      { secretKey: 'openai', remoteRef: { key: 'llm', property: 'openai' } },
    ]);
  });

  test.each([
    ['base_url = "https://a.example.com"', 'llm.model: must be the name of a model, got nothing'],
    ['model = ""', 'llm.model: must be the name of a model, got ""'],
    ['model = "a"\nbase_url = "a.example.com"', 'llm.base_url: must be an http or https address'],
    ['model = "a"\nbase_url = "file:///etc"', 'llm.base_url: must be an http or https address'],
    ['model = "a"\napi_key = "${OPENAI_API_KEY}"', 'llm.api_key: must be { secret = "name", key = "entry" }'],
  ])('%j is refused', (lines, text) => {
    expect(refusals(`[llm]\n${lines}\n${AGENT_SERVER}`)).toEqual([expect.stringContaining(text)]);
  });

  test('tells what of it does not reach the agent-server', () => {
    const { notices } = load(`${LLM}temperature = 0.5\n[llm.draft]\nmodel = "b"\n${AGENT_SERVER}`);

    expect(notices.filter((notice) => notice.includes('llm.'))).toEqual([
      expect.stringMatching(/config\.toml:5: warning: llm\.temperature: does not reach the agent-server/),
      expect.stringMatching(/config\.toml:6: warning: llm\.draft: does not reach the agent-server/),
    ]);
  });

  test('without one there is no hook, no volume and no program', () => {
    const objects = objectsOfToml(AGENT_SERVER);

    expect(podOf(objects).spec.containers[0]).not.toHaveProperty('lifecycle');
    expect(JSON.stringify(objects)).not.toContain('llm');
  });
});

test('[llm] of the action execution server is for the OpenHands app alone', () => {
  const objects = objectsOfToml(`[llm]\nmodel = "a"\ntemperature = 0.5`);

  expect(podOf(objects).spec.containers[0]).not.toHaveProperty('lifecycle');
  expect(objects.map(({ metadata }) => metadata.name)).not.toContain('openhands-llm');
});
