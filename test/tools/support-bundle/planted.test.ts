import { objectsOf, type Rendered } from '../../render';
import { bundleOf } from './archive';
import { clusterWith } from './cluster-with-secrets';

/** What must be in no byte of a bundle, by where it is planted. */
const PLANTED = {
  secretData: 'violet-otter-41-of-a-secret',
  secretFile: 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC',
  secretJson: 'registry-otter-77',
  secretString: 'string-data-otter',
  envByName: 'hunter2',
  envByForm: 'sk-or-v1-0123456789abcdef',
  envOfNobody: 'an-edit-by-hand',
  envOfInit: 'init-hunter3',
  header: 'header-hunter4',
  annotation: 'annotated-otter',
  lastApplied: 'applied-otter',
  managed: 'managed-otter',
  configMap: 'config-otter',
  configMapLine: 'line-otter-9',
  argument: 'argument-otter',
  terminated: 'agent-said-terminated',
  condition: 'condition-otter-8',
  eventMessage: 'event-otter-7',
  eventUrl: 'url-otter-6',
  logConversation: 'please write a poem about my divorce',
  logBearer: 'bearer-otter-5',
  logPassword: 'correct horse battery',
  logUrl: 'log-url-otter-4',
  logRandom: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  logToken: 'ghp_0123456789abcdefghijABCDEFGHIJ012345',
  logJson: 'json-otter-3',
  logKeyBody: 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ',
  logFlag: 'flag-otter-2',
  logCookie: 'cookie-otter-1',
  claimKey: 'claim-otter-0',
  email: 'alice.liddell@example.com',
  emailInUrl: 'bob.dobbs%40example.org',
  emailElsewhere: 'carol@mail.example.co.uk',
} as const;

const p = PLANTED;

const manifests = objectsOf('staging');
const find = (kind: string, name?: string): Rendered =>
  structuredClone(manifests.find((it) => it.kind === kind && (name === undefined || it.metadata.name === name)));

let uid = 0;
const asLive = (object: Rendered): Rendered => ({
  ...object,
  metadata: { ...object.metadata, uid: `uid-${++uid}`, creationTimestamp: '2026-11-28T00:00:00Z' },
});

/** A Deployment that somebody has edited by hand, in every field that takes a text. */
const pool = asLive(find('Deployment', 'openhands-runtime'));
const { namespace } = pool.metadata;
pool.metadata.annotations = {
  'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ metadata: {}, spec: p.lastApplied }),
  note: p.annotation,
  contact: p.email,
  'deployment.kubernetes.io/revision': '3',
};
pool.metadata.managedFields = [{ manager: p.managed }];
const template = pool.spec.template;
template.spec.containers[0].env.push(
  { name: 'MY_PASSWORD', value: p.envByName },
  { name: 'FLAVOUR', value: p.envOfNobody },
  { name: 'MODEL', value: p.envByForm },
);
template.spec.containers[0].args = ['--flag', p.argument];
template.spec.initContainers = [
  { ...template.spec.containers[0], name: 'added', env: [{ name: 'LLM_API_KEY', value: p.envOfInit }] },
];
template.spec.containers[0].readinessProbe.httpGet.httpHeaders = [{ name: 'X-Session-API-Key', value: p.header }];
pool.status = {
  conditions: [{ type: 'Available', status: 'False', reason: 'No', message: `asked with token=${p.condition}` }],
};

const podOf = (object: Rendered, name: string, { metadata, spec }: Rendered): Rendered =>
  asLive({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name, namespace: object.metadata.namespace },
    spec,
    status: {
      phase: 'Running',
      containerStatuses: [
        {
          name: spec.containers[0].name,
          image: 'x',
          imageID: 'y',
          restartCount: 2,
          state: { terminated: { exitCode: 1, message: p.terminated } },
          lastState: { terminated: { exitCode: 1, message: p.terminated } },
        },
      ],
    },
  });

const sandbox = podOf(pool, 'openhands-runtime-7f6d8b4b9c-x2x5q', template);
const exporterDeployment = asLive(find('Deployment', 'openhands-exporter'));
const exporter = podOf(exporterDeployment, 'openhands-exporter-1', exporterDeployment.spec.template);

const configMap = asLive(find('ConfigMap', undefined));
configMap.data = { ...configMap.data, edited: `colour: ${p.configMap}\npassword: ${p.configMapLine}` };

const base64 = (text: string) => Buffer.from(text).toString('base64');

const secret: Rendered = asLive({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'openhands-session-keys', namespace },
  data: {
    'a.api-key': base64(p.secretData),
    'tls.key': base64(`-----BEGIN PRIVATE KEY-----\n${p.secretFile}\n-----END PRIVATE KEY-----\n`),
    '.dockerconfigjson': base64(JSON.stringify({ auths: { 'r.example.com': { password: p.secretJson } } })),
  },
});

/** One that a folder of manifests brings itself. */
const ownSecret: Rendered = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'brought', namespace },
  stringData: { key: p.secretString },
};

const claim = asLive({
  apiVersion: 'extensions.agents.x-k8s.io/v1beta1',
  kind: 'SandboxClaim',
  metadata: { name: 'conversation', namespace },
  spec: { env: [{ name: 'OH_SESSION_API_KEYS_0', value: p.claimKey }] },
});

const eventOf = (about: Rendered, message: string): Rendered => ({
  kind: 'Event',
  metadata: { name: `e-${++uid}`, namespace },
  involvedObject: { kind: about.kind, name: about.metadata.name, uid: about.metadata.uid },
  type: 'Warning',
  reason: 'Failed',
  message,
  lastTimestamp: '2026-11-28T00:30:00Z',
});

const events = [
  eventOf(sandbox, `Error: secret "openhands-session-keys" not found`),
  eventOf(sandbox, `pulling with password ${p.eventMessage}`),
  eventOf(sandbox, `GET https://user:${p.eventUrl}@registry.example.com/v2/ failed`),
  eventOf(exporter, `${p.emailElsewhere} asked https://example.com/?user=${p.emailInUrl}`),
  ...[p.secretData, base64(p.secretData), encodeURIComponent(p.secretData)].map((it) =>
    eventOf(exporter, `the value ${it} was seen`),
  ),
];

const SANDBOX_LOG = [
  JSON.stringify({
    asctime: '2026-11-28 00:30:00,123',
    levelname: 'ERROR',
    name: 'openhands.agent_server.conversation_service',
    filename: 'conversation_service.py',
    lineno: 41,
    message: p.logConversation,
    exc_info: `Traceback (most recent call last):\n  File "/app/openhands/llm_v2.py", line 12, in ask\nlitellm.exceptions.RateLimitError: ${p.logConversation}`,
  }),
  JSON.stringify({ asctime: p.logConversation, name: p.envByName, levelname: p.logConversation }),
  p.logConversation,
  `ValueError: ${p.logConversation}`,
].join('\n');

const SHOWN_LOG = [
  'level=info msg="Listening on" address=[::]:9115',
  `curl -H "Authorization: Bearer ${p.logBearer}"`,
  `GET / Bearer ${p.logBearer}`,
  `his password is ${p.logPassword}`,
  `connecting to postgres://user:${p.logUrl}@db/x`,
  `read ${p.logRandom}`,
  `pushed with ${p.logToken}`,
  `{"nested": "{\\"access_token\\": \\"${p.logJson}\\"}"}`,
  `started with --api-key ${p.logFlag}`,
  `Set-Cookie: session=${p.logCookie}; Path=/`,
  `-----BEGIN OPENSSH PRIVATE KEY-----`,
  p.logKeyBody,
  `-----END OPENSSH PRIVATE KEY-----`,
  `sent to ${p.email}`,
  `the registry said ${p.secretJson} and ${p.secretFile} and ${p.secretString}`,
  'level=warn msg="the last line"',
].join('\n');

const live = [
  ...manifests
    .filter(
      (it) =>
        ![pool, exporterDeployment, configMap].some((o) => o.kind === it.kind && o.metadata.name === it.metadata.name),
    )
    .map(asLive),
  ...[
    pool,
    exporterDeployment,
    configMap,
    sandbox,
    exporter,
    secret,
    asLive({ ...ownSecret, data: { key: base64(p.secretString) } }),
    claim,
  ],
  ...events,
];

const bundle = bundleOf({
  cluster: clusterWith({ objects: live, logs: (pod) => (pod === sandbox ? SANDBOX_LOG : SHOWN_LOG) }),
  manifests: [...manifests, ownSecret],
});

test.each(Object.entries(PLANTED))('no byte of the bundle is of %s', async (_, planted) => {
  for (const [path, text] of Object.entries(await bundle)) {
    for (const form of [planted, base64(planted), Buffer.from(planted).toString('hex')]) {
      expect([path, `${path}\n${text}`.toLowerCase().indexOf(form.toLowerCase())]).toEqual([path, -1]);
    }
  }
});

/** A line of a file of the bundle, by a part of it. */
const lineOf = async (file: string, part: string) => {
  const lines = (await bundle)[file]!.split('\n');
  return lines.find((line) => line.includes(part))?.trim();
};

test('a bundle has its files, and a page that says what is not in them', async () => {
  expect(Object.keys(await bundle).filter((it) => !it.startsWith('logs/'))).toEqual([
    'objects.yaml',
    'pods.yaml',
    'made.yaml',
    'events.txt',
    'conditions.txt',
    'versions.txt',
    'preflight.txt',
    'verify.txt',
    'OMITTED.md',
  ]);
});

const EXPORTER_LOG = `logs/${exporter.metadata.namespace}/openhands-exporter-1/json.log`;
const SANDBOX_LOGS = `logs/${namespace}/${sandbox.metadata.name}/runtime.log`;

test('of a program of our own, what names no secret is there, line by line', async () => {
  const lines = (await bundle)[EXPORTER_LOG]!.split('\n');
  expect(lines).toHaveLength(SHOWN_LOG.split('\n').length - 2);
  expect(lines[0]).toBe('level=info msg="Listening on" address=[::]:9115');
  expect(lines.at(-2)).toBe('the registry said <left out> and <left out> and <left out>');
  expect(lines.at(-1)).toBe('level=warn msg="the last line"');
});

test('of a sandbox, the log tells when, how bad, which line of the source and which exception', async () => {
  expect((await bundle)[SANDBOX_LOGS]!.split('\n')).toEqual([
    '2026-11-28 00:30:00,123 ERROR openhands.agent_server.conversation_service conversation_service.py 41',
    '  Traceback',
    '  llm_v2.py:12',
    '  litellm.exceptions.RateLimitError',
    '  ValueError',
    '(2 more lines were only words)',
    '',
  ]);
});

test('an environment variable is there by its name, and by its value only if the manifests say the same', async () => {
  const objects = (await bundle)['objects.yaml'];
  expect(objects).toContain('- name: FLAVOUR\n              value: <left out>');
  expect(objects).toContain('- name: MY_PASSWORD\n              value: <left out>');
  expect(objects).toContain('- name: LITELLM_LOCAL_MODEL_COST_MAP\n              value: "True"');
});

test('of a Secret the entries are there', async () => {
  expect((await bundle)['objects.yaml']).toContain('name: brought');
  expect((await bundle)['objects.yaml']).toContain('data:\n  key: <left out>');
});

test('an annotation is there by its name, and a count by its value', async () => {
  expect(await lineOf('objects.yaml', 'note:')).toBe('note: <left out>');
  expect(await lineOf('objects.yaml', 'deployment.kubernetes.io/revision')).toBe(
    'deployment.kubernetes.io/revision: "3"',
  );
});

test('events tell which Secret is missing, and what failed beside an address with a password', async () => {
  expect(await lineOf('events.txt', 'not found')).toMatch(/Error: secret "openhands-session-keys" not found$/);
  expect(await lineOf('events.txt', 'GET')).toMatch(/GET <left out> failed$/);
});

test('what differs from its file is told by its field alone', async () => {
  expect(await lineOf('verify.txt', 'FAILED Deployment/openhands-runtime:')).toMatch(
    /is not what the file says in .*env\[FLAVOUR\]/,
  );
});

test.each([
  ['values of Secrets', 'objects.yaml: Secret/brought key'],
  ['words in the logs of sandboxes and of programs that see what people do', SANDBOX_LOGS],
  ['e-mail addresses', EXPORTER_LOG],
])('the page lists %s by their place', async (reason, place) => {
  const section = (await bundle)['OMITTED.md']!.split(/^## /m).find((it) => it.startsWith(`${reason}\n`));
  expect(section).toContain(`- ${place}`);
});

test('why a sandbox is not ready is told without its last lines', async () => {
  const whole = asLive(find('Deployment', 'openhands-runtime'));
  const others = live.filter((it) => it !== pool);
  const cluster = clusterWith({ objects: [...others, whole], logs: () => p.logConversation });
  const { 'verify.txt': text } = await bundleOf({ cluster, manifests });
  expect(text).toMatch(
    /^FAILED Deployment\/openhands-runtime: ready: .*crash: container runtime exited with 1, 2 restarts$/m,
  );
});

test('what may not be read is told, and the rest is there', async () => {
  const cluster = clusterWith({ objects: live, forbidden: ['Secret', 'Node'] });
  const { 'OMITTED.md': page, ...files } = await bundleOf({ cluster, manifests });
  expect(page).toContain(`- Secrets of ${namespace}: you may not list them`);
  expect(page).toContain('- preflight: you may not list Node');
  expect(Object.keys(files)).toContain('verify.txt');
});

test('an object of nobody’s manifests in the same namespace is not sent', async () => {
  const other = asLive({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'other', namespace },
    spec: { containers: [] },
  });
  const cluster = clusterWith({ objects: [...live, other, eventOf(other, 'other people')] });
  const files = await bundleOf({ cluster, manifests });
  expect(files['pods.yaml']).not.toContain('name: other');
  expect(files['events.txt']).not.toContain('other people');
});
