import { changesOf, type ObjectChange } from '../../../tools/review/change';
import { consequenceOf, effectCounts, type Effect } from '../../../tools/review/effect';
import { reviewPage } from '../../../tools/review/markdown';
import { find, objectsOf, objectsOfToml, type Rendered } from '../../render';

const RENDERINGS: Readonly<Record<string, Rendered[]>> = {
  local: objectsOf('local'),
  staging: objectsOf('staging'),
  production: objectsOf('production'),
  'agent-sandbox': objectsOf('agent-sandbox'),
  'openhands-0.62': objectsOf('openhands-0.62'),
  'one with gVisor': objectsOfToml(
    'deploy.security.runtime_class = "gvisor"\ndeploy.runtime_classes.gvisor.handler = "runsc"',
  ),
};

/** What becomes of a profile's object of that kind when it is changed by hand. */
function changed(profile: string, kind: string, name: string | undefined, edit: (object: Rendered) => void) {
  const before = RENDERINGS[profile]!;
  const after = structuredClone(before);
  edit(find(after, kind, name));
  const [change, ...others] = changesOf(before, after);
  expect(others).toEqual([]);
  return change!;
}

const DEMO = 'openhands-runtime-demo';
const POOL = 'openhands-runtime';
const program = (template: Rendered) => template.spec.containers[0];

const CASES: readonly [
  what: string,
  profile: string,
  kind: string,
  name: string | undefined,
  edit: (object: Rendered) => void,
  effect: Effect,
  advice: RegExp | undefined,
][] = [
  ['a label', 'local', 'Deployment', DEMO, (it) => (it.metadata.labels.a = 'b'), 'in place', undefined],
  ['a number of Pods', 'local', 'Deployment', DEMO, (it) => (it.spec.replicas = 0), 'in place', undefined],
  [
    "a session's image",
    'local',
    'Deployment',
    DEMO,
    (it) => (program(it.spec.template).image = 'a:2'),
    'restarts',
    /^Its Pod ends, then a new one starts/,
  ],
  [
    "a label of a Canvas's Pods",
    'local',
    'Deployment',
    'openhands-canvas-demo',
    (it) => (it.spec.template.metadata.labels.a = 'b'),
    'restarts',
    /Volumes of claims stay/,
  ],
  [
    "a scratch pool's image",
    'staging',
    'Deployment',
    POOL,
    (it) => (program(it.spec.template).image = 'a:2'),
    'recreates',
    /an empty scratch volume/,
  ],
  [
    "a lasting pool's image",
    'production',
    'StatefulSet',
    POOL,
    (it) => (program(it.spec.template).image = 'a:2'),
    'restarts',
    /^Its Pods are made anew, one after the other/,
  ],
  [
    'a StatefulSet that waits for its Pods to be deleted',
    'production',
    'StatefulSet',
    POOL,
    (it) => {
      it.spec.updateStrategy = { type: 'OnDelete' };
      it.spec.template.metadata.labels.a = 'b';
    },
    'in place',
    /when somebody deletes it/,
  ],
  [
    'what a StatefulSet may change',
    'production',
    'StatefulSet',
    POOL,
    (it) => (it.spec.minReadySeconds = 99),
    'in place',
    undefined,
  ],
  [
    'the size of a claim template',
    'production',
    'StatefulSet',
    POOL,
    (it) => (it.spec.volumeClaimTemplates[0].spec.resources.requests.storage = '99Gi'),
    'refused by the API server',
    /^Before applying, in its namespace: kubectl delete statefulset openhands-runtime --cascade=orphan\. /,
  ],
  [
    'the Service of a StatefulSet',
    'production',
    'StatefulSet',
    POOL,
    (it) => (it.spec.serviceName = 'a'),
    'refused by the API server',
    /--cascade=orphan/,
  ],
  [
    'both an image and a claim template: the graver one',
    'production',
    'StatefulSet',
    POOL,
    (it) => {
      program(it.spec.template).image = 'a:2';
      it.spec.volumeClaimTemplates[0].metadata.labels.a = 'b';
    },
    'refused by the API server',
    /--cascade=orphan/,
  ],
  [
    'a selector',
    'local',
    'Deployment',
    DEMO,
    (it) => (it.spec.selector.matchLabels.a = 'b'),
    'refused by the API server',
    /kubectl delete deployment openhands-runtime-demo\. Its Pods end with it/,
  ],
  [
    "a collector's selector",
    'production',
    'DaemonSet',
    undefined,
    (it) => (it.spec.selector.matchLabels.a = 'b'),
    'refused by the API server',
    /kubectl delete daemonset/,
  ],
  [
    'a larger claim',
    'local',
    'PersistentVolumeClaim',
    undefined,
    (it) => (it.spec.resources.requests.storage = '1Ti'),
    'in place',
    /allowVolumeExpansion/,
  ],
  [
    'a smaller claim',
    'local',
    'PersistentVolumeClaim',
    undefined,
    (it) => (it.spec.resources.requests.storage = '900Mi'),
    'refused by the API server',
    /^A volume cannot shrink/,
  ],
  [
    'a larger claim, in plain bytes',
    'local',
    'PersistentVolumeClaim',
    undefined,
    (it) => (it.spec.resources.requests.storage = `${2 ** 50}`),
    'in place',
    /allowVolumeExpansion/,
  ],
  [
    'the class of a claim',
    'local',
    'PersistentVolumeClaim',
    undefined,
    (it) => (it.spec.storageClassName = 'a'),
    'refused by the API server',
    /save them, delete the claim yourself, apply, bring them back/,
  ],
  [
    'the port of a Service',
    'local',
    'Service',
    `${DEMO}-svc`,
    (it) => (it.spec.ports[0].port = 1),
    'in place',
    undefined,
  ],
  [
    'the address of a Service',
    'local',
    'Service',
    `${DEMO}-svc`,
    (it) => (it.spec.clusterIP = 'None'),
    'refused by the API server',
    /kubectl delete service/,
  ],
  [
    'the role of a binding',
    'local',
    'RoleBinding',
    undefined,
    (it) => (it.roleRef.name = 'a'),
    'refused by the API server',
    /kubectl delete rolebinding/,
  ],
  [
    'a priority',
    'staging',
    'PriorityClass',
    undefined,
    (it) => (it.value = 1),
    'refused by the API server',
    /^Before applying: kubectl delete priorityclass /,
  ],
  [
    'the handler of a RuntimeClass',
    'one with gVisor',
    'RuntimeClass',
    undefined,
    (it) => (it.handler = 'kata'),
    'refused by the API server',
    /^Before applying: kubectl delete runtimeclass /,
  ],
  [
    'what a RuntimeClass takes',
    'one with gVisor',
    'RuntimeClass',
    undefined,
    (it) => (it.overhead = { podFixed: { memory: '1Mi' } }),
    'in place',
    undefined,
  ],
  [
    'a bare Pod',
    'openhands-0.62',
    'Pod',
    undefined,
    (it) => (program(it).args = ['a']),
    'refused by the API server',
    /kubectl delete pod/,
  ],
  [
    'the image of a bare Pod',
    'openhands-0.62',
    'Pod',
    undefined,
    (it) => (program(it).image = 'a:2'),
    'restarts',
    /in the same Pod/,
  ],
  [
    'the Pod of a Sandbox',
    'agent-sandbox',
    'Sandbox',
    undefined,
    (it) => (program(it.spec.podTemplate).image = 'a:2'),
    'in place',
    /suspended and resumed/,
  ],
  [
    'the claim of a Sandbox',
    'agent-sandbox',
    'Sandbox',
    undefined,
    (it) => (it.spec.volumeClaimTemplates[0].spec.resources.requests.storage = '99Gi'),
    'refused by the API server',
    /deletes its volume, too/,
  ],
  [
    'the Pod of a warm pool',
    'agent-sandbox',
    'SandboxTemplate',
    undefined,
    (it) => (program(it.spec.podTemplate).image = 'a:2'),
    'in place',
    /from now on/,
  ],
  [
    'what a descheduler does',
    'staging',
    'CronJob',
    undefined,
    (it) => (it.spec.jobTemplate.spec.template.spec.containers[0].image = 'a:2'),
    'in place',
    /^The next run/,
  ],
];

test.each(CASES)('%s (%s, %s)', (_, profile, kind, name, edit, effect, advice) => {
  const consequence = consequenceOf(changed(profile, kind, name, edit));

  expect(consequence?.effect).toBe(effect);
  if (advice === undefined) expect(consequence?.advice).toBeUndefined();
  else expect(consequence?.advice).toMatch(advice);
});

const data = (immutable?: boolean): ObjectChange => ({
  action: 'changed',
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'b' }, data: {}, immutable },
  fields: [{ path: 'data.a', before: '1', after: '2' }],
});

test('the data of a ConfigMap is changed in place, and refused where it is immutable', () => {
  expect(consequenceOf(data())).toEqual({ effect: 'in place', advice: expect.stringMatching(/mounted files/) });
  expect(consequenceOf(data(true))).toEqual({
    effect: 'refused by the API server',
    advice: expect.stringMatching(/kubectl delete configmap a\./),
  });
});

test.each(['created', 'deleted'] as const)('what is %s has no effect on what runs', (action) => {
  expect(consequenceOf({ action, object: RENDERINGS.local![0], fields: [] })).toBeUndefined();
});

describe('the API server knows better', () => {
  const change = changed('local', 'Deployment', DEMO, (it) => (it.spec.replicas = 0));

  test('what it refuses is refused, and why', () => {
    expect(consequenceOf({ ...change, refusal: 'It says: no' })).toEqual({
      effect: 'refused by the API server',
      advice: 'It says: no.',
    });
  });

  test('with what to do, where that is known', () => {
    const selector = changed('local', 'Deployment', DEMO, (it) => (it.spec.selector.matchLabels.a = 'b'));

    expect(consequenceOf({ ...selector, refusal: 'It says: no' })?.advice).toMatch(/^It says: no\. Before applying, /);
  });
});

test('the effects are counted, the gravest first', () => {
  const changes = CASES.slice(0, 5).map(([, profile, kind, name, edit]) => changed(profile, kind, name, edit));

  expect(effectCounts(changes)).toBe('recreates 1, restarts 2, in place 2');
  expect(effectCounts([])).toBe('');
});

test('a review says the effect of each change, and all of them at its top', () => {
  const change = changed('staging', 'Deployment', POOL, (it) => (program(it.spec.template).image = 'a:2'));
  const page = reviewPage('main', [{ profile: 'staging', changes: [change] }]);

  expect(page).toContain('\nWhat applying does to what runs: recreates 1.\n');
  expect(page).toContain(
    '\n**recreates**: Every Pod is made anew, with an empty scratch volume: what was in the old one is gone.\n',
  );
});
