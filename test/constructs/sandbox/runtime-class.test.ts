import { find, objectsOfToml } from '../../render';

const SECURITY = '[deploy.security]\nruntime_class = "gvisor"\nadmission_policy = true\n';
const runtimeClass = (fields: string) =>
  find(objectsOfToml(`${SECURITY}[deploy.runtime_classes.gvisor]\nhandler = "runsc"\n${fields}`), 'RuntimeClass');

test('a RuntimeClass is made where the profile says how, and nowhere else', () => {
  const kinds = objectsOfToml(SECURITY).map(({ kind }) => kind);

  expect(kinds).not.toContain('RuntimeClass');
  expect(runtimeClass('')).toMatchObject({ metadata: { name: 'gvisor' }, handler: 'runsc' });
});

test('it is of the whole cluster', () => {
  expect(runtimeClass('').metadata).not.toHaveProperty('namespace');
});

test('without nodes, taints and a part of its own it says nothing about them', () => {
  expect(Object.keys(runtimeClass('')).sort()).toEqual(['apiVersion', 'handler', 'kind', 'metadata']);
});

test('it leads its Pods to the nodes that have it', () => {
  const fields = `
node_selector = { "example.com/runtime" = "gvisor" }
tolerations = [{ key = "example.com/runtime", operator = "Exists", effect = "NoExecute", toleration_seconds = 60 }]`;

  expect(runtimeClass(fields).scheduling).toEqual({
    nodeSelector: { 'example.com/runtime': 'gvisor' },
    tolerations: [{ key: 'example.com/runtime', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 }],
  });
});

test('it says what the runtime itself takes', () => {
  expect(runtimeClass('overhead = { memory = "64Mi" }').overhead).toEqual({ podFixed: { memory: '64Mi' } });
});

test('the admission policy lets its Pods tolerate what it adds, and what others add not', () => {
  const rules = (fields: string): string[] =>
    objectsOfToml(`${SECURITY}[deploy.runtime_classes.gvisor]\nhandler = "runsc"\n${fields}`)
      .filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')
      .flatMap(({ spec }) => spec.validations)
      .filter(({ message }) => message.includes('tolerate a taint'))
      .map(({ expression }) => expression);

  expect(rules('tolerations = [{ key = "example.com/runtime", operator = "Exists" }]')).toEqual([
    expect.stringContaining('"example.com/runtime", "Exists"'),
  ]);
  expect(rules('')).toEqual([expect.not.stringContaining('example.com')]);
});
