import { problemsOf } from '../../config/config-file';
import { find, objectsOfToml } from '../../render';

const LOCAL = '[deploy]\nextends = "local"\n';

/** A patch of local's session. */
const patch = (line: string, target = 'kind = "Deployment", name = "openhands-runtime-demo"') =>
  `[[deploy.patches]]\ntarget = { ${target} }\n${line}\n`;

const deployment = (toml: string, name = 'openhands-runtime-demo') =>
  find(objectsOfToml(LOCAL + toml), 'Deployment', name);

const refusals = (toml: string): string[] =>
  problemsOf(() => objectsOfToml(LOCAL + toml)).map((it) => it.replace(/[^ ]*\/config.toml/g, 'config.toml'));

describe('a JSON Patch', () => {
  test('adds, replaces, removes, moves and copies, one after the other', () => {
    const { spec } = deployment(
      patch(`patch = [
        { op = "test", path = "/spec/replicas", value = 1 },
        { op = "add", path = "/spec/minReadySeconds", value = 5 },
        { op = "copy", from = "/spec/minReadySeconds", path = "/spec/revisionHistoryLimit" },
        { op = "move", from = "/spec/minReadySeconds", path = "/spec/progressDeadlineSeconds" },
        { op = "add", path = "/spec/template/metadata/annotations", value = { "example.com~a" = "1" } },
        { op = "replace", path = "/spec/template/metadata/annotations/example.com~0a", value = "2" },
        { op = "add", path = "/spec/template/spec/tolerations", value = [{ key = "b" }] },
        { op = "add", path = "/spec/template/spec/tolerations/0", value = { key = "a" } },
        { op = "add", path = "/spec/template/spec/tolerations/-", value = { key = "c" } },
        { op = "remove", path = "/spec/template/spec/tolerations/1" },
      ]`),
    );

    expect(spec).toMatchObject({ revisionHistoryLimit: 5, progressDeadlineSeconds: 5 });
    expect(spec).not.toHaveProperty('minReadySeconds');
    expect(spec.template.metadata.annotations).toEqual({ 'example.com~a': '2' });
    expect(spec.template.spec.tolerations).toEqual([{ key: 'a' }, { key: 'c' }]);
  });

  test('changes the objects of its target alone', () => {
    const toml = patch('patch = [{ op = "add", path = "/spec/minReadySeconds", value = 5 }]');
    const isOther = ({ metadata }: { metadata: { name: string } }) => metadata.name !== 'openhands-runtime-demo';

    expect(objectsOfToml(LOCAL + toml).filter(isOther)).toEqual(objectsOfToml(LOCAL).filter(isOther));
  });
});

describe('a JSON Merge Patch', () => {
  test('merges tables and replaces lists and values', () => {
    const { spec } = deployment(
      patch('merge = { spec = { minReadySeconds = 5, template.spec.tolerations = [{ key = "a" }] } }'),
    );

    expect(spec).toMatchObject({ replicas: 1, minReadySeconds: 5 });
    expect(spec.template.spec.tolerations).toEqual([{ key: 'a' }]);
    expect(spec.template.spec.containers).toHaveLength(1);
  });

  test('is written with its keys in order', () => {
    expect(Object.keys(deployment(patch('merge = { spec.minReadySeconds = 5 }')).spec)).toEqual([
      'minReadySeconds',
      'replicas',
      'selector',
      'strategy',
      'template',
    ]);
  });
});

describe('a target', () => {
  test('is of several objects by *, and by | of several names', () => {
    const toml = patch('merge = { spec.minReadySeconds = 5 }', 'kind = "Deployment", name = "openhands-*|ubuntu-dev"');
    const deployments = objectsOfToml(LOCAL + toml).filter(({ kind }) => kind === 'Deployment');

    expect(deployments.length).toBeGreaterThan(2);
    for (const { spec } of deployments) expect(spec.minReadySeconds).toBe(5);
  });

  test('is of one namespace alone when it says so', () => {
    const toml = (namespace: string) =>
      `${patch('merge = { metadata.annotations.a = "b" }', `kind = "ServiceAccount", name = "*", namespace = "${namespace}"`)}`;
    const accounts = objectsOfToml(LOCAL + toml('openhands')).filter(({ kind }) => kind === 'ServiceAccount');

    for (const { metadata } of accounts) {
      expect(metadata.annotations?.a === 'b').toBe(metadata.namespace === 'openhands');
    }
  });
});

test('a later patch finds what an earlier one left', () => {
  const toml =
    patch('merge = { spec.minReadySeconds = 5 }') +
    patch(
      'patch = [{ op = "test", path = "/spec/minReadySeconds", value = 5 }, { op = "replace", path = "/spec/minReadySeconds", value = 6 }]',
    );

  expect(deployment(toml).spec.minReadySeconds).toBe(6);
});

test('a patch finds what deploy.metadata has added, and may take it away from an object', () => {
  const toml = `[deploy.metadata]\nlabels = { team = "a" }\n${patch('patch = [{ op = "remove", path = "/metadata/labels/team" }]')}`;

  expect(deployment(toml).metadata.labels).not.toHaveProperty('team');
});

const NAME = 'Deployment/openhands-runtime-demo';

describe('a patch is refused with file and line', () => {
  test.each([
    [
      'of a kind that is not rendered',
      patch('merge = { a = 1 }', 'kind = "Deploymnt", name = "a"'),
      '4: deploy.patches[0].target.kind: must be a kind of object that this profile renders, got "Deploymnt", did you mean Deployment?',
    ],
    [
      'of a name that is not rendered',
      patch('merge = { a = 1 }', 'kind = "Deployment", name = "openhands-runtime-dem"'),
      '4: deploy.patches[0].target.name: must be the name of a Deployment that this profile renders, got "openhands-runtime-dem", did you mean openhands-runtime-demo?',
    ],
    [
      'of a name that is like none',
      patch('merge = { a = 1 }', 'kind = "ResourceQuota|Role", name = "a"'),
      '4: deploy.patches[0].target.kind: must be a kind of object that this profile renders, got "ResourceQuota|Role", expected one of Deployment, Ingress, ',
    ],
    [
      'of another namespace',
      patch('merge = { a = 1 }', `kind = "Deployment", name = "openhands-runtime-demo", namespace = "openhand"`),
      '4: deploy.patches[0].target.namespace: must be the namespace of Deployment/openhands-runtime-demo, got "openhand", did you mean openhands?',
    ],
    [
      'that changes nothing',
      patch('merge = { spec.replicas = 1 }'),
      `3: deploy.patches[0]: must change something, got what ${NAME} has already`,
    ],
    [
      'that tests only',
      patch('patch = [{ op = "test", path = "/spec/replicas", value = 1 }]'),
      `3: deploy.patches[0]: must change something, got what ${NAME} has already`,
    ],
    [
      'of a path that is not there',
      patch('patch = [{ op = "replace", path = "/spec/replica", value = 2 }]'),
      `5: deploy.patches[0].patch[0].path: must be a path of ${NAME}, got "/spec/replica": it has no replica, did you mean replicas?`,
    ],
    [
      'into what is not there',
      patch('patch = [{ op = "add", path = "/spec/a/b", value = 2 }]'),
      `5: deploy.patches[0].patch[0].path: must be a path of ${NAME}, got "/spec/a/b": it has no a`,
    ],
    [
      'into a value',
      patch('patch = [{ op = "add", path = "/spec/replicas/b", value = 2 }]'),
      `5: deploy.patches[0].patch[0].path: must be a path of ${NAME}, got "/spec/replicas/b": its parent is a value`,
    ],
    [
      'behind the end of a list',
      patch('patch = [{ op = "add", path = "/spec/template/spec/containers/2", value = {} }]'),
      `5: deploy.patches[0].patch[0].path: must be a path of ${NAME}, got "/spec/template/spec/containers/2": that list has 1 items`,
    ],
    [
      'of no item of a list',
      patch('patch = [{ op = "replace", path = "/spec/template/spec/containers/-", value = {} }]'),
      `5: deploy.patches[0].patch[0].path: must be a path of ${NAME}, got "/spec/template/spec/containers/-": it has no -`,
    ],
    [
      'from what is not there',
      patch('patch = [{ op = "move", from = "/spec/replica", path = "/spec/a" }]'),
      `5: deploy.patches[0].patch[0].from: must be a path of ${NAME}, got "/spec/replica": it has no replica, did you mean replicas?`,
    ],
    [
      'into itself',
      patch('patch = [{ op = "move", from = "/spec/template", path = "/spec/template/a" }]'),
      `5: deploy.patches[0].patch[0]: must be possible in ${NAME}, got move, which is not`,
    ],
    [
      'whose test does not hold',
      patch('patch = [{ op = "test", path = "/spec/replicas", value = 2 }]'),
      `5: deploy.patches[0].patch[0]: must hold in ${NAME}, got 1, expected 2`,
    ],
    [
      'of a name',
      patch('patch = [{ op = "replace", path = "/metadata/name", value = "a" }]'),
      `5: deploy.patches[0].patch[0].path: must leave metadata.name of ${NAME} as it is: patches change what an object is, not what it is called`,
    ],
    [
      'of a namespace',
      patch('merge = { metadata.namespace = "a" }'),
      `5: deploy.patches[0].merge.metadata.namespace: must leave metadata.namespace of ${NAME} as it is: patches change what an object is, not what it is called`,
    ],
    [
      'of a kind',
      patch('merge = { kind = "StatefulSet" }'),
      `5: deploy.patches[0].merge.kind: must leave kind of ${NAME} as it is: patches change what an object is, not what it is called`,
    ],
    [
      'of an apiVersion',
      patch('patch = [{ op = "remove", path = "/apiVersion" }]'),
      `5: deploy.patches[0].patch[0].path: must leave apiVersion of ${NAME} as it is: patches change what an object is, not what it is called`,
    ],
    [
      'of all metadata',
      patch('merge = { metadata = "a" }'),
      `5: deploy.patches[0].merge.metadata.name: must leave metadata.name of ${NAME} as it is: patches change what an object is, not what it is called`,
    ],
    [
      'that leaves no Deployment',
      patch('merge = { spec.minReadySeconds = 5 }') +
        patch('patch = [{ op = "remove", path = "/spec/template/spec" }]'),
      '6: deploy.patches[1]: must leave an object that Kubernetes can read, got one that lacks what its kind must have',
    ],
  ])('%s', (_, toml, line) => {
    expect(refusals(toml)).toEqual([
      expect.stringMatching(new RegExp(`^config.toml:${line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`)),
    ]);
  });

  test('and all of them at once', () => {
    const lines = refusals(patch('merge = { spec.replicas = 1 }') + patch('merge = { kind = "A" }'));

    expect(lines.map((it) => it.split(' ')[0])).toEqual(['config.toml:3:', 'config.toml:8:']);
  });

  test('without the value of what could be a secret', () => {
    const secret = '/metadata/annotations/api-key';
    const line = refusals(
      patch(
        `patch = [{ op = "add", path = "/metadata/annotations", value = { api-key = "$KEY" } }, { op = "test", path = "${secret}", value = "true" }]`,
      ),
    );

    expect(line).toEqual([expect.stringContaining('got a value that is not shown here')]);
  });
});

describe('the policy looks at what a patch leaves', () => {
  const ROOT =
    '{ op = "replace", path = "/spec/template/spec/containers/0/securityContext/allowPrivilegeEscalation", value = true }';

  test('and refuses a hole, with the place of the patch and how to say why', () => {
    expect(refusals(patch(`patch = [${ROOT}]`))).toEqual([
      `no-privilege-escalation: ${NAME} container runtime may escalate its privileges (patched at config.toml:3, where exempt = { no-privilege-escalation = "reason" } would let it pass)`,
    ]);
  });

  test('and lets it pass with a reason, on the objects of the patch alone', () => {
    const exempt = 'exempt = { no-privilege-escalation = "agents use sudo" }';

    expect(() => objectsOfToml(LOCAL + patch(`patch = [${ROOT}]\n${exempt}`))).not.toThrow();
    expect(
      refusals(
        patch(`patch = [${ROOT}]\n${exempt}`) + patch(`patch = [${ROOT}]`, 'kind = "Deployment", name = "ubuntu-dev"'),
      ),
    ).toEqual([expect.stringMatching(/^no-privilege-escalation: Deployment\/ubuntu-dev /)]);
  });

  test('and refuses a reason that nothing needs', () => {
    expect(refusals(patch('merge = { spec.minReadySeconds = 5 }\nexempt = { spread = "why" }'))).toEqual([
      'config.toml:6: deploy.patches[0].exempt.spread: must be a rule that an object of this patch breaks, and none breaks spread',
    ]);
  });

  test('and suggests the rule that was meant', () => {
    expect(refusals(patch(`patch = [${ROOT}]\nexempt = { no-privilege-escalatio = "why" }`))).toContainEqual(
      expect.stringContaining('none breaks no-privilege-escalatio, did you mean no-privilege-escalation?'),
    );
  });

  test('and takes no reason for a secret that is written out', () => {
    const variable =
      '{ op = "add", path = "/spec/template/spec/containers/0/env/-", value = { name = "API_", value = "hunter2" } }';
    const rename = '{ op = "replace", path = "/spec/template/spec/containers/0/env/0/name", value = "API_KEY" }';
    const first =
      '{ op = "replace", path = "/spec/template/spec/containers/0/env/0", value = { name = "A", value = "hunter2" } }';
    const lines = refusals(patch(`patch = [${variable}, ${first}, ${rename}]\nexempt = { no-secret = "why" }`));

    expect(lines).toEqual([
      'config.toml:6: deploy.patches[0].exempt.no-secret: must be a rule that a reason can excuse: no-secret is none',
      `no-secret: ${NAME} writes API_KEY out (patched at config.toml:3)`,
    ]);
    expect(lines.join()).not.toContain('hunter2');
  });
});
