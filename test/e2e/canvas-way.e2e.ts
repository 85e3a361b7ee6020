import { request } from 'node:http';
import { agentServerWithKey } from './agent-server';
import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests } from './manifests';
import { create, discard, namespace, type Manifest } from './objects';
import { Peer } from './peer';
import { withPortForward } from './port-forward';
import { Sandbox } from './sandbox';
import { visit } from './visitor';

const DOMAIN = 'canvas-way.localhost';
const SECRET_KEY = 'MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=';
const keyOf = (session: string) => `the-key-of-${session}`;

/** Each session with a key of its own. */
const keys = (inNamespace: string, ...sessions: string[]): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'openhands-session-keys', namespace: inNamespace },
  stringData: Object.fromEntries(
    sessions.flatMap((it) => [
      [`${it}.api-key`, keyOf(it)],
      [`${it}.secret-key`, SECRET_KEY],
    ]),
  ),
});

const sandboxOf = (inNamespace: string, session: string) =>
  new Sandbox({
    namespace: inNamespace,
    session,
    workload: 'Deployment',
    program: agentServerWithKey(keyOf(session)),
  });

/** The status of a host's answer, or 0 where none came about. */
const status = (session: string, path: string, key?: string): Promise<number> =>
  visit({ host: `${session}.${DOMAIN}`, path, headers: key ? { 'X-Session-API-Key': key } : {} }).then(
    (answer) => answer.status,
    () => 0,
  );

/** Whether a WebSocket to the sandbox opens, through the ingress controller and Canvas. */
const opensWebSocket = (session: string, key: string): Promise<boolean> =>
  withPortForward({ namespace: 'traefik', resource: 'deployment/traefik', port: 80 }, (url) => {
    const headers = {
      Host: `${session}.${DOMAIN}`,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': Buffer.from('sixteen-bytes---').toString('base64'),
      'X-Session-API-Key': key,
    };
    return new Promise<boolean>((resolve, reject) => {
      const sent = request(`${url}/sockets/bash-events`, { headers, timeout: 60_000 });
      sent.on('timeout', () => sent.destroy(new Error('no answer')));
      sent.on('error', reject);
      sent.on('upgrade', (_, socket) => {
        socket.destroy();
        resolve(true);
      });
      sent.on('response', (response) => {
        response.resume();
        resolve(false);
      });
      sent.end();
    });
  });

describe('OpenHands in the browser', () => {
  const NAMESPACE = 'e2e-canvas-way';
  const API = '/api/conversations/count';
  const manifests = Manifests.ofTestProfile('canvas-way.toml');
  const step = stepsIn(NAMESPACE);
  const one = sandboxOf(NAMESPACE, 'one');

  afterAll(() => manifests.cleanUp());

  step('its page answers no later than its sandbox is Ready', async () => {
    const applied = performance.now();
    const since = () => (performance.now() - applied) / 1000;
    await manifests.apply();
    await create(keys(NAMESPACE, 'one'));
    const [page, sandbox] = await Promise.all([
      eventually(() => status('one', '/canvas/'), 200).then(since),
      one.ready().then(since),
    ]);
    process.stderr.write(`    page ${page.toFixed(1)} s, sandbox ${sandbox.toFixed(1)} s after kubectl apply\n`);

    expect(page).toBeLessThanOrEqual(sandbox);
  });

  step('the host leads to the page', async () => {
    expect(await visit({ host: `one.${DOMAIN}` })).toMatchObject({ status: 308, headers: { location: '/canvas/' } });
  });

  step('whoever has the key reaches the API and its web sockets', async () => {
    expect(await eventually(() => status('one', API, keyOf('one')), 200)).toBe(200);
    expect(await opensWebSocket('one', keyOf('one'))).toBe(true);
  });

  step('nobody else does', async () => {
    expect(await eventually(() => status('one', API), 401)).toBe(401);
    expect(await eventually(() => status('one', API, keyOf('two')), 401)).toBe(401);
    expect(await opensWebSocket('one', keyOf('two'))).toBe(false);
  });

  step('the automation server, which is not there, is said to be not there', async () => {
    expect(await eventually(() => status('one', '/api/automation/health', keyOf('one')), 404)).toBe(404);
  });

  step('a sandbox without its keys says so, and its page is there', async () => {
    const isTold = async () => {
      const { stdout } = await kubectl(
        'get',
        'pod',
        `--namespace=${NAMESPACE}`,
        '--selector=app=openhands-runtime,session=two',
        '-o=jsonpath={.items[0]..waiting.reason} {.items[0]..waiting.message}',
      );
      return /CreateContainerConfigError.*two\.(api|secret)-key/.test(stdout);
    };

    // Its home is prepared first.
    expect(await eventually(isTold, true, 60)).toBe(true);
    expect(await status('two', '/canvas/')).toBe(200);
    expect(await status('two', API, keyOf('one'))).toBe(502);
  });
});

describe('who may talk with a Canvas', () => {
  const NAMESPACE = 'e2e-canvas-traffic';
  const OTHERS = ['e2e-canvas-client', 'e2e-canvas-stranger'].map((name) => namespace(name));
  const METADATA = '169.254.169.254';
  const METADATA_PORT = 18081;
  const manifests = Manifests.ofTestProfile('canvas-traffic.toml');
  const step = stepsIn(NAMESPACE);
  const one = sandboxOf(NAMESPACE, 'one');
  const two = sandboxOf(NAMESPACE, 'two');
  const ingress = new Peer({ namespace: 'e2e-canvas-client', name: 'ingress', labels: { role: 'ingress' } });
  const stranger = new Peer({ namespace: 'e2e-canvas-stranger', name: 'stranger', serves: [8080] });
  const metadata = new Peer({
    namespace: 'e2e-canvas-stranger',
    name: 'metadata',
    nodeAddress: METADATA,
    serves: [METADATA_PORT],
  });

  const addressOf = async (kind: string, ...which: string[]) =>
    (await kubectl('get', kind, ...which, `--namespace=${NAMESPACE}`, '-o=jsonpath={..podIP}{.spec.clusterIP}')).stdout;
  const canvasAddress = (session: string) => addressOf('service', `openhands-canvas-${session}`);
  const canvasPod = async () => await addressOf('pod', '--selector=app=openhands-canvas,session=one');
  const kubernetesAddress = async () =>
    (await kubectl('get', 'service', 'kubernetes', '--namespace=default', '-o=jsonpath={.spec.clusterIP}')).stdout;

  /** Run JavaScript in the Canvas of session one, which has no shell. */
  const inCanvas = (script: string) =>
    kubectl('exec', 'deployment/openhands-canvas-one', `--namespace=${NAMESPACE}`, '--', 'node', '-e', script).then(
      () => true,
      () => false,
    );
  const canvasReaches = (host: string, port: number) =>
    inCanvas(
      `const s = require('net').connect(${port}, '${host}', () => process.exit(0));` +
        `s.setTimeout(3000, () => process.exit(1)); s.on('error', () => process.exit(1));`,
    );
  const canvasResolves = (name: string) =>
    inCanvas(`require('dns').promises.lookup('${name}').then(() => process.exit(0), () => process.exit(1))`);

  const flows: readonly {
    readonly from: string;
    readonly to: string;
    readonly allowed: boolean;
    readonly isOpen: () => Promise<boolean>;
  }[] = [
    {
      from: 'the ingress controller',
      to: 'Canvas',
      allowed: true,
      isOpen: async () => ingress.reaches(await canvasAddress('one'), 8000),
    },
    {
      from: 'the ingress controller',
      to: 'the editor behind it',
      allowed: false,
      isOpen: async () => ingress.reaches(await one.podAddress(), 8001),
    },
    {
      from: 'the ingress controller',
      to: 'the API behind it',
      allowed: false,
      isOpen: async () => ingress.reaches(await one.podAddress(), 8000),
    },
    {
      from: 'a stranger',
      to: 'Canvas',
      allowed: false,
      isOpen: async () => stranger.reaches(await canvasAddress('one'), 8000),
    },
    {
      from: 'a sandbox',
      to: 'its own Canvas',
      allowed: false,
      isOpen: async () => (await one.run(`timeout 3 bash -c '</dev/tcp/${await canvasPod()}/8000'`)).exitCode === 0,
    },
    {
      from: 'Canvas',
      to: 'the API of its session',
      allowed: true,
      isOpen: () => canvasReaches('openhands-runtime-one-svc', 8000),
    },
    {
      from: 'Canvas',
      to: 'the editor of its session',
      allowed: true,
      isOpen: () => canvasReaches('openhands-runtime-one-svc-code', 8001),
    },
    {
      from: 'Canvas',
      to: 'the API of another session',
      allowed: false,
      isOpen: () => canvasReaches('openhands-runtime-two-svc', 8000),
    },
    {
      from: 'Canvas',
      to: 'the Kubernetes API',
      allowed: false,
      isOpen: async () => canvasReaches(await kubernetesAddress(), 443),
    },
    {
      from: 'Canvas',
      to: 'the metadata address',
      allowed: false,
      isOpen: () => canvasReaches(METADATA, METADATA_PORT),
    },
    {
      from: 'Canvas',
      to: 'a private address',
      allowed: false,
      isOpen: async () => canvasReaches(await stranger.address(), 8080),
    },
    { from: 'Canvas', to: 'DNS', allowed: true, isOpen: () => canvasResolves('kubernetes.default.svc') },
  ];

  afterAll(async () => {
    await manifests.cleanUp();
    await discard(...OTHERS);
  });

  step('two sessions, and Pods around them', async () => {
    await create(...OTHERS);
    await manifests.apply();
    await create(keys(NAMESPACE, 'one', 'two'));
    await Promise.all([ingress.start(), stranger.start(), metadata.start(), one.ready(), two.ready()]);
    await one.serve(8001);
  });

  for (const { from, to, allowed, isOpen } of flows) {
    step(`${from} ${allowed ? 'reaches' : 'does not reach'} ${to}`, async () => {
      expect(await eventually(isOpen, allowed)).toBe(allowed);
    });
  }

  step('without any policy', async () => {
    await kubectl('delete', 'networkpolicy', '--all', `--namespace=${NAMESPACE}`);
  });

  for (const { from, to, isOpen } of flows) {
    step(`${from} reaches ${to}, so it was the policies`, async () => {
      expect(await eventually(isOpen, true)).toBe(true);
    });
  }
});
