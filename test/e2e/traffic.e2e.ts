import { actionExecutionServer } from './action-execution-server';
import { agentServer } from './agent-server';
import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests } from './manifests';
import { create, discard, namespace } from './objects';
import { Peer } from './peer';
import { Sandbox } from './sandbox';

const NAMESPACE = 'e2e-traffic';
const NAMESPACES = ['e2e-client', 'e2e-target', 'e2e-stranger'].map((name) => namespace(name));
const METADATA = '169.254.169.254';
const METADATA_PORT = 18080;
const EVERY_POLICY = ['networkpolicy', '--all'];

const client = new Peer({ namespace: 'e2e-client', name: 'client', labels: { role: 'client' } });
const ingress = new Peer({ namespace: 'e2e-client', name: 'ingress', labels: { role: 'ingress' } });
const stranger = new Peer({ namespace: 'e2e-stranger', name: 'stranger', serves: [8080] });
const listed = new Peer({ namespace: 'e2e-target', name: 'listed', labels: { role: 'listed' }, serves: [8080, 8081] });
/** Beside the sandboxes, with no label: a Pod that somebody made at run time. */
const neighbour = new Peer({ namespace: NAMESPACE, name: 'neighbour', serves: [8080], isRestricted: true });
const metadata = new Peer({
  namespace: 'e2e-stranger',
  name: 'metadata',
  nodeAddress: METADATA,
  serves: [METADATA_PORT],
});
const peers = [client, ingress, stranger, listed, neighbour, metadata];

const one = new Sandbox({ namespace: NAMESPACE, session: 'one', workload: 'Deployment', program: agentServer });
const two = new Sandbox({ namespace: NAMESPACE, session: 'two', workload: 'Deployment', program: agentServer });

/** Whether a sandbox gets a connection, or an answer to a question for a name. */
const sandboxReaches = async (host: string, port: number) =>
  (await one.run(`timeout 3 bash -c '</dev/tcp/${host}/${port}'`)).exitCode === 0;
const sandboxResolves = async (name: string) => (await one.run(`timeout 8 getent hosts ${name}`)).exitCode === 0;

async function kubernetesAddress(): Promise<string> {
  return (await kubectl('get', 'service', 'kubernetes', '--namespace=default', '-o=jsonpath={.spec.clusterIP}')).stdout;
}

interface Flow {
  readonly from: string;
  readonly to: string;
  readonly isOpen: () => Promise<boolean>;
  /** Under the policies; without them every flow is open. */
  readonly allowed: boolean;
}

const API = () => one.serviceAddress();

const flows: Flow[] = [
  { from: 'a client', to: 'the API', allowed: true, isOpen: async () => client.reaches(await API(), 8000) },
  { from: 'a stranger', to: 'the API', allowed: false, isOpen: async () => stranger.reaches(await API(), 8000) },
  {
    from: 'the ingress controller',
    to: 'the editor',
    allowed: true,
    isOpen: async () => ingress.reaches(await one.podAddress(), 8001),
  },
  {
    from: 'the ingress controller',
    to: 'the API, which is not exposed',
    allowed: false,
    isOpen: async () => ingress.reaches(await one.podAddress(), 8000),
  },
  {
    from: 'a stranger',
    to: 'the editor',
    allowed: false,
    isOpen: async () => stranger.reaches(await one.podAddress(), 8001),
  },
  {
    from: 'a sandbox',
    to: 'another sandbox',
    allowed: false,
    isOpen: async () => sandboxReaches(await two.podAddress(), 8000),
  },
  {
    from: 'a sandbox',
    to: 'the Kubernetes API',
    allowed: false,
    isOpen: async () => sandboxReaches(await kubernetesAddress(), 443),
  },
  {
    from: 'a sandbox',
    to: 'the metadata address',
    allowed: false,
    isOpen: () => sandboxReaches(METADATA, METADATA_PORT),
  },
  {
    from: 'a sandbox',
    to: 'DNS',
    allowed: true,
    isOpen: () => sandboxResolves('kubernetes.default.svc.cluster.local'),
  },
  {
    from: 'a sandbox',
    to: 'a private address',
    allowed: false,
    isOpen: async () => sandboxReaches(await stranger.address(), 8080),
  },
  {
    from: 'a sandbox',
    to: 'what the profile lists',
    allowed: true,
    isOpen: async () => sandboxReaches(await listed.address(), 8080),
  },
  {
    from: 'a Pod without labels beside the sandboxes',
    to: 'the API',
    allowed: false,
    isOpen: async () => neighbour.reaches(await one.podAddress(), 8000),
  },
  {
    from: 'a Pod without labels beside the sandboxes',
    to: 'the Kubernetes API',
    allowed: false,
    isOpen: async () => neighbour.reaches(await kubernetesAddress(), 443),
  },
  {
    from: 'a Pod without labels beside the sandboxes',
    to: 'the metadata address',
    allowed: false,
    isOpen: () => neighbour.reaches(METADATA, METADATA_PORT),
  },
  {
    from: 'a Pod without labels beside the sandboxes',
    to: 'what the profile lists for sandboxes',
    allowed: false,
    isOpen: async () => neighbour.reaches(await listed.address(), 8080),
  },
  {
    from: 'a stranger',
    to: 'a Pod without labels beside the sandboxes',
    allowed: false,
    isOpen: async () => stranger.reaches(await neighbour.address(), 8080),
  },
  {
    from: 'a sandbox',
    to: 'another port of what the profile lists',
    allowed: false,
    isOpen: async () => sandboxReaches(await listed.address(), 8081),
  },
];

describe('who may talk with a sandbox', () => {
  const manifests = Manifests.ofTestProfile('traffic.toml');
  const step = stepsIn(NAMESPACE);

  afterAll(async () => {
    await manifests.cleanUp();
    await discard(...NAMESPACES);
  });

  step('a sandbox, and Pods around it', async () => {
    await create(...NAMESPACES);
    await manifests.apply();
    await Promise.all([...peers.map((peer) => peer.start()), one.ready(), two.ready()]);
    await one.serve(8001);
  });

  for (const { from, to, allowed, isOpen } of flows) {
    step(`${from} ${allowed ? 'reaches' : 'does not reach'} ${to}`, async () => {
      expect(await eventually(isOpen, allowed)).toBe(allowed);
    });
  }

  step('without the policy for it, a sandbox cannot look names up', async () => {
    await kubectl('delete', 'networkpolicy', 'openhands-runtime-allow-dns', `--namespace=${NAMESPACE}`);

    expect(await eventually(() => sandboxResolves('kubernetes.default.svc.cluster.local'), false)).toBe(false);
  });

  step('without any policy', async () => {
    await kubectl('delete', ...EVERY_POLICY, `--namespace=${NAMESPACE}`);
  });

  for (const { from, to, isOpen } of flows) {
    step(`${from} reaches ${to}, so it was the policies`, async () => {
      expect(await eventually(isOpen, true)).toBe(true);
    });
  }
});

describe("the 0.62 program's Jupyter gateway, which asks for no password", () => {
  const inNamespace = '--namespace=e2e-traffic-0-62';
  const manifests = Manifests.ofTestProfile('traffic-0.62.toml');
  const step = stepsIn('e2e-traffic-0-62');
  const sandbox = new Sandbox({
    namespace: 'e2e-traffic-0-62',
    session: 'one',
    workload: 'Deployment',
    program: actionExecutionServer,
  });
  const peer = new Peer({ namespace: 'e2e-stranger-0-62', name: 'stranger' });
  let port: number;

  afterAll(async () => {
    await manifests.cleanUp();
    await discard(namespace('e2e-stranger-0-62'));
  });

  step('is there', async () => {
    await create(namespace('e2e-stranger-0-62'));
    await manifests.apply();
    await Promise.all([peer.start(), sandbox.ready()]);
    const script = `import re; print([int(p, 16) for p in re.findall(r": 0{8}:(....) 0{8}:0000 0A", open("/proc/net/tcp").read())])`;
    const { stdout } = await kubectl(
      'exec',
      'deployment/openhands-runtime-one',
      inNamespace,
      '--',
      'python3',
      '-c',
      script,
    );
    port = (JSON.parse(stdout) as number[]).find((it) => it >= 40000 && it < 50000) ?? 0;

    expect(port).toBeGreaterThan(0);
  });

  step('is out of the reach of a stranger', async () => {
    expect(await eventually(async () => peer.reaches(await sandbox.podAddress(), port), false)).toBe(false);
  });

  step('is open to everybody without the policies', async () => {
    await kubectl('delete', ...EVERY_POLICY, inNamespace);

    expect(await eventually(async () => peer.reaches(await sandbox.podAddress(), port), true)).toBe(true);
  });
});
