import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests } from './manifests';
import { create, createAs, dryRun, type Manifest } from './objects';

const MANAGER = 'system:serviceaccount:e2e-app:openhands';

/** Whether an account may do something in a namespace: `create pods`, `get pods/log`. */
async function may(account: string, namespace: string, call: string): Promise<boolean> {
  const [verb, resource] = call.split(' ') as [string, string];
  const [kind, subresource] = resource.split('/') as [string, string | undefined];
  const question = ['auth', 'can-i', verb, kind, ...(subresource ? [`--subresource=${subresource}`] : [])];
  return kubectl(...question, `--as=${account}`, `--namespace=${namespace}`).then(
    ({ stdout }) => stdout.trim() === 'yes',
    (error: Error) => {
      if (/: no$/m.test(error.message)) return false;
      throw error;
    },
  );
}

/** Those of the calls that an account may make. */
async function allowed(account: string, namespace: string, calls: readonly string[]): Promise<string[]> {
  const answers = await Promise.all(calls.map((call) => may(account, namespace, call)));
  return calls.filter((_, index) => answers[index]);
}

/** What no sandbox manager may, whatever it manages with. */
const NEVER = [
  'list pods',
  'update pods',
  'create pods/exec',
  'get pods/log',
  'get secrets',
  'list secrets',
  'create serviceaccounts',
  'create serviceaccounts/token',
  'create roles.rbac.authorization.k8s.io',
  'create rolebindings.rbac.authorization.k8s.io',
  'delete networkpolicies.networking.k8s.io',
  'update resourcequotas',
  'create deployments.apps',
  'get configmaps',
];

const CALLS: Record<string, { file: string; namespace: string; yes: string[]; no: string[] }> = {
  'OpenHands 0.62, which makes its sandboxes itself': {
    file: 'managed-0.62.toml',
    namespace: 'e2e-managed',
    yes: [
      ...['get pods', 'create pods', 'delete pods'],
      ...['create services', 'delete services'],
      ...['get persistentvolumeclaims', 'create persistentvolumeclaims', 'delete persistentvolumeclaims'],
      ...['create ingresses.networking.k8s.io', 'delete ingresses.networking.k8s.io'],
    ],
    no: [...NEVER, 'create pods/portforward', 'get services', 'patch pods'],
  },
  'the SDK, which claims them from a pool': {
    file: 'claimed.toml',
    namespace: 'e2e-claimed',
    yes: [
      ...['create', 'watch', 'delete'].map((verb) => `${verb} sandboxclaims.extensions.agents.x-k8s.io`),
      ...['get', 'watch', 'patch'].map((verb) => `${verb} sandboxes.agents.x-k8s.io`),
      ...['get pods', 'create pods/portforward'],
    ],
    no: [
      ...NEVER,
      'create pods',
      'create sandboxes.agents.x-k8s.io',
      'delete sandboxes.agents.x-k8s.io',
      'patch sandboxtemplates.extensions.agents.x-k8s.io',
      'patch sandboxwarmpools.extensions.agents.x-k8s.io',
    ],
  },
};

describe.each(Object.entries(CALLS))('as a manager, %s', (_, { file, namespace, yes, no }) => {
  const manifests = Manifests.ofTestProfile(file);
  const step = stepsIn(namespace);

  afterAll(() => manifests.cleanUp());

  step('has its Role', async () => {
    await manifests.apply();
  });

  step('may call exactly what it needs', async () => {
    expect(await allowed(MANAGER, namespace, [...yes, ...no])).toEqual(yes);
  });

  step("a sandbox's own account may call nothing of it", async () => {
    const account = `system:serviceaccount:${namespace}:openhands-runtime`;

    expect(await allowed(account, namespace, [...yes, ...no])).toEqual([]);
  });
});

const NAMESPACE = 'e2e-managed';

/** A Pod as OpenHands makes it at run time, with changes. */
const pod = (name: string, spec: object = {}, container: object = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: NAMESPACE, labels: { app: 'openhands-runtime', session: name } },
  spec: {
    containers: [
      {
        name: 'runtime',
        image: 'docker.openhands.dev/openhands/runtime:0.62-nikolaik',
        imagePullPolicy: 'IfNotPresent',
        command: ['sleep', '600'],
        resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '64Mi' } },
        ...container,
      },
    ],
    ...spec,
  },
});

const created = (manifest: Manifest) => createAs(MANAGER, manifest).then(() => 'created');

describe('a Pod that is made at run time', () => {
  const manifests = Manifests.ofTestProfile('managed-0.62.toml');
  const step = stepsIn(NAMESPACE);

  afterAll(() => manifests.cleanUp());

  step('has a namespace with a quota and an admission policy', async () => {
    await manifests.apply();
    // An admission policy takes a moment to be in force, and a dry run asks it too.
    const isInForce = () =>
      dryRun(pod('token', { automountServiceAccountToken: true })).then(
        () => false,
        () => true,
      );
    expect(await eventually(isInForce, true)).toBe(true);
  });

  for (const [what, manifest, reason] of [
    [
      'another account',
      pod('account', { serviceAccountName: 'another' }),
      /may run as these ServiceAccounts: only openhands-runtime, default|service account .*another.* not found|serviceaccount .*another.* not found/,
    ],
    [
      'a token',
      pod('token', { automountServiceAccountToken: true }),
      /a session's Pod may not mount a ServiceAccount token: set automountServiceAccountToken to false/,
    ],
    ["the node's network", pod('network', { hostNetwork: true }), /hostNetwork|node's network/],
    [
      'an image of its choice',
      pod('image', {}, { image: 'busybox:1.35' }),
      /may run these images: only docker.openhands/,
    ],
    [
      'another label',
      { ...pod('label'), metadata: { name: 'label', namespace: NAMESPACE, labels: { app: 'something-else' } } },
      /must have the labels of a kind that the profile writes: app=openhands-runtime,session=<session>/,
    ],
    [
      'a Secret that the profile does not name',
      pod('secret', {}, { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }] }),
      /may read an entry of a Secret that the profile's own does not/,
    ],
    [
      'a priority',
      pod('priority', { priorityClassName: 'system-cluster-critical' }),
      /may have these priority classes: none/,
    ],
    ['every taint tolerated', pod('taints', { tolerations: [{ operator: 'Exists' }] }), /may not tolerate a taint/],
    ['a privileged container', pod('privileged', {}, { securityContext: { privileged: true } }), /privileged/],
    [
      'more memory than a sandbox has',
      pod('memory', {}, { resources: { limits: { memory: '64Gi' } } }),
      /maximum memory usage per Container is 2Gi, but limit is 64Gi/,
    ],
  ] as const) {
    step(`is refused with ${what}, and told why`, async () => {
      await expect(created(manifest)).rejects.toThrow(reason);
    });
  }

  step('is accepted as OpenHands makes it, and gets what it leaves out', async () => {
    await create(pod('fits'));
    const disk = '-o=jsonpath={.spec.containers[0].resources.limits.ephemeral-storage}';
    const { stdout } = await kubectl('get', 'pod', 'fits', `--namespace=${NAMESPACE}`, disk);

    expect(stdout).toBe('4Gi');
  });

  step('is refused when the quota is used up, and told which', async () => {
    await expect(created(pod('too-many'))).rejects.toThrow(/exceeded quota: openhands-runtime, .*used: .*pods=1/);
  });
});
