import { setTimeout } from 'node:timers/promises';
import { agentServerWithKey } from './agent-server';
import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests, WARNING_OF_THE_DEFAULT_ACCOUNT } from './manifests';
import { API_KEY, create, evict, namespace, remove, sessionKeys } from './objects';
import { Peer } from './peer';
import { withPortForward } from './port-forward';
import { Sandbox } from './sandbox';

const program = agentServerWithKey(API_KEY);

/** The pool of a namespace. */
class Pool {
  constructor(
    readonly namespace: string,
    private readonly workload: 'deployment' | 'statefulset',
  ) {}

  /** Wait until the autoscaler has made as many as it may not go below, and all of them are Ready. */
  async ready(size: number): Promise<void> {
    expect(await eventually(() => this.size(), size, 60)).toBe(size);
    await this.rolledOut();
  }

  /** Wait until every one is Ready, and made of what the workload says now. */
  async rolledOut(): Promise<void> {
    await this.kubectl('rollout', 'status', `${this.workload}/openhands-runtime`, '--timeout=180s');
  }

  async size(): Promise<number> {
    return Number(await this.kubectl('get', this.workload, 'openhands-runtime', '-o=jsonpath={.status.replicas}'));
  }

  /** The CPU that its sandboxes use, in percent of what they request, as its autoscaler sees it; NaN: not known yet. */
  async load(): Promise<number> {
    const path = '{.status.currentMetrics[0].resource.current.averageUtilization}';
    return parseInt(await this.kubectl('get', 'hpa', 'openhands-runtime', `-o=jsonpath=${path}`));
  }

  /** Those that are not about to go. */
  async pods(): Promise<string[]> {
    const list = await this.kubectl('get', 'pods', '--selector=pool=openhands-runtime', '-o=json');
    const { items } = JSON.parse(list) as { items: { metadata: { name: string; deletionTimestamp?: string } }[] };
    return items.filter(({ metadata }) => !metadata.deletionTimestamp).map(({ metadata }) => metadata.name);
  }

  /** Wait until Pods have ended. */
  async gone(...pods: string[]): Promise<void> {
    await this.kubectl('wait', '--for=delete', ...pods.map((pod) => `pod/${pod}`), '--timeout=120s');
  }

  /** A Pod's UID: another Pod of the same name has another. */
  uid(pod: string): Promise<string> {
    return this.kubectl('get', 'pod', pod, '--ignore-not-found', '-o=jsonpath={.metadata.uid}');
  }

  /** Talk with one of its sandboxes. */
  use<T>(pod: string, use: (url: string) => Promise<T>): Promise<T> {
    return withPortForward({ namespace: this.namespace, resource: `pod/${pod}`, port: program.port }, use);
  }

  async kubectl(...args: string[]): Promise<string> {
    return (await kubectl(`--namespace=${this.namespace}`, ...args)).stdout;
  }
}

/** What became of requests: of those that failed, every one was tried again, once and at once. */
interface Tally {
  readonly asked: number;
  readonly again: number;
  readonly lost: number;
}

/** Percent of the requested CPU: staging's. */
const TARGET = 70;

const MOST_REQUESTS = 3000;

/** Ask, ten times a second at most, until a file says that it is enough. */
const REQUESTS = `
import http.client, json, os, sys, time, urllib.request

def answers():
    try:
        return urllib.request.urlopen(sys.argv[1], timeout=5).status == 200
    except (OSError, http.client.HTTPException) as error:
        print(time.strftime("%H:%M:%S"), error, file=sys.stderr)
        return False

asked = again = lost = 0
while asked < ${MOST_REQUESTS} and not os.path.exists("/tmp/enough"):
    asked += 1
    if not answers():
        again += 1
        lost += not answers()
    time.sleep(0.1)
print(json.dumps({"asked": asked, "again": again, "lost": lost}))
`;

/** Request after request to a Service, as a client in the cluster makes them, while something happens to its Pods. */
async function requestsDuring(client: Peer, url: string, act: () => Promise<void>): Promise<Tally> {
  await client.run('rm', '-f', '/tmp/enough');
  const requests = client.run('python3', '-c', REQUESTS, url);
  try {
    await act();
  } finally {
    await client.run('touch', '/tmp/enough');
  }
  return JSON.parse(await requests) as Tally;
}

const report = (text: string) => process.stderr.write(`    ${text}\n`);
const secondsSince = (start: number) => ((performance.now() - start) / 1000).toFixed(1);

describe('staging', () => {
  const manifests = Manifests.ofTestProfile('pool-staging.toml');
  const pool = new Pool('e2e-pool-staging', 'deployment');
  const step = stepsIn(pool.namespace);
  const session = new Sandbox({
    namespace: pool.namespace,
    session: 'demo',
    workload: 'Deployment',
    program,
  });
  const client = new Peer({
    namespace: 'e2e-pool-client',
    name: 'client',
    image: 'ghcr.io/openhands/agent-server:1.58.2-python',
  });
  const service = `http://openhands-runtime.${pool.namespace}.svc.cluster.local:8000`;
  let applied: number;
  let busy: string[];

  // Both at once, so that neither is left when the other cannot be deleted.
  afterAll(() => Promise.all([manifests.cleanUp(), remove(namespace('e2e-pool-client'))]));

  /** The Pod that the Service has chosen for the client. */
  async function chosen(): Promise<string> {
    const answer = await client.run(
      ...['curl', '--silent', '--fail', `${service}/api/bash/execute_bash_command`],
      ...['--header', `X-Session-API-Key: ${API_KEY}`, '--json', '{"command": "hostname", "timeout": 30}'],
    );
    return (JSON.parse(answer) as { stdout: string }).stdout.trim();
  }

  step('applies without a warning', async () => {
    applied = performance.now();
    const { stderr } = await manifests.apply();
    await create(sessionKeys(pool.namespace, 'demo', 'openhands-runtime'), namespace('e2e-pool-client'));

    expect(stderr.replace(WARNING_OF_THE_DEFAULT_ACCOUNT, '')).toBe('');
  });

  step('brings up the session, and a pool of the two that the autoscaler asks for', async () => {
    await Promise.all([client.start(), session.ready(), pool.ready(2)]);

    report(`staging: Ready ${secondsSince(applied)} s after kubectl apply`);
  });

  step('answers a client with the key, and none without', async () => {
    const without = ['curl', '--silent', '--output', '/dev/null', '--write-out', '%{http_code}'];

    expect(await session.run('id -u')).toEqual({ exitCode: 0, stdout: '10001' });
    expect(await pool.pods()).toContain(await chosen());
    expect(await client.run(...without, `${service}/api/conversations/search`)).toBe('401');
  });

  step('is asked by a client that notices when nobody answers', async () => {
    const { asked, lost } = await requestsDuring(client, 'http://localhost:1/', () => setTimeout(500));

    expect(asked).toBeGreaterThan(0);
    expect(lost).toBe(asked);
  });

  step('answers on while the Pod that answers is deleted and another comes', async () => {
    const first = await chosen();
    const tally = await requestsDuring(client, `${service}/alive`, async () => {
      await pool.kubectl('delete', 'pod', first, '--wait=false');
      await pool.gone(first);
      await pool.ready(2);
    });
    report(`a Pod deleted: ${JSON.stringify(tally)}`);

    expect(await pool.pods()).not.toContain(first);
    expect(await chosen()).not.toBe(first);
    expect(tally).toMatchObject({ lost: 0 });
    expect(tally.asked).toBeLessThan(MOST_REQUESTS);
  });

  step('answers every request during a rolling update', async () => {
    const before = await pool.pods();
    const tally = await requestsDuring(client, `${service}/alive`, async () => {
      await pool.kubectl('set', 'env', 'deployment/openhands-runtime', 'DEBUG=true');
      await pool.rolledOut();
      await pool.gone(...before);
    });
    report(`a rolling update: ${JSON.stringify(tally)}`);

    expect(tally).toMatchObject({ again: 0, lost: 0 });
    expect(tally.asked).toBeLessThan(MOST_REQUESTS);
  });

  step('stays at two without load', async () => {
    expect(await eventually(async () => (await pool.load()) < TARGET, true, 60)).toBe(true);
    // Longer than it takes until what a start has used is forgotten.
    await setTimeout(20_000);

    expect(await pool.load()).toBeLessThan(TARGET);
    expect(await pool.size()).toBe(2);
  });

  step('grows to three under load', async () => {
    const start = performance.now();
    // It ends by a file, or by itself.
    const loop = `timeout 150 sh -c 'until [ -e /tmp/calm ]; do :; done' >/dev/null 2>&1 &`;
    busy = await pool.pods();
    for (const pod of busy) await pool.kubectl('exec', pod, '--', 'sh', '-c', loop);

    expect(await eventually(() => pool.size(), 3, 120)).toBe(3);
    const load = await pool.load();
    report(`2 to 3 sandboxes ${secondsSince(start)} s after the load began, at ${load} %`);

    expect(load).toBeGreaterThan(TARGET);
  });

  step('shrinks to two when the load is gone', async () => {
    const start = performance.now();
    for (const pod of busy) await pool.kubectl('exec', pod, '--', 'touch', '/tmp/calm');

    expect(await eventually(() => pool.size(), 2, 150)).toBe(2);
    report(`3 to 2 sandboxes ${secondsSince(start)} s after the load ended`);
  });

  step('leaves nothing behind when it is deleted', async () => {
    await manifests.delete();
    await manifests.areAbsent();
  });
});

describe('production', () => {
  const manifests = Manifests.ofTestProfile('pool-production.toml');
  const pool = new Pool('e2e-pool-production', 'statefulset');
  const step = stepsIn(pool.namespace);
  const session = new Sandbox({
    namespace: pool.namespace,
    session: 'reviews',
    workload: 'Deployment',
    program,
  });
  const FILE = '/workspace/e2e.txt';
  const POD = 'openhands-runtime-0';
  let applied: number;
  let first: string;

  afterAll(() => manifests.cleanUp());

  step('applies without a warning', async () => {
    applied = performance.now();
    const { stderr } = await manifests.apply();
    // What external-secrets would make.
    await create(sessionKeys(pool.namespace, 'reviews', 'openhands-runtime'));

    expect(stderr.replace(WARNING_OF_THE_DEFAULT_ACCOUNT, '')).toBe('');
  });

  step('brings up the session, and a pool of the two that the autoscaler asks for', async () => {
    await Promise.all([session.ready(), pool.ready(2)]);

    report(`production: Ready ${secondsSince(applied)} s after kubectl apply`);
    expect(await pool.pods()).toEqual([POD, 'openhands-runtime-1']);
  });

  step('gives each sandbox of the pool a workspace of its own', async () => {
    for (const pod of await pool.pods()) {
      await pool.use(pod, (url) => program.writeFile(url, FILE, `of ${pod}\n`));
    }

    expect(await pool.use(POD, (url) => program.readFile(url, FILE))).toBe(`of ${POD}\n`);
  });

  step('lets a drain take one sandbox', async () => {
    first = await pool.uid(POD);

    await evict(pool.namespace, POD);
  });

  step('refuses a drain the other meanwhile', async () => {
    await expect(evict(pool.namespace, 'openhands-runtime-1')).rejects.toThrow(
      /TooManyRequests.*would violate the pod's disruption budget/,
    );
  });

  step('brings back the same name with the same data', async () => {
    const isAnother = async () => ![first, ''].includes(await pool.uid(POD));
    expect(await eventually(isAnother, true, 90)).toBe(true);
    await pool.ready(2);

    expect(await pool.use(POD, (url) => program.readFile(url, FILE))).toBe(`of ${POD}\n`);
  });

  step('leaves nothing behind when it is deleted', async () => {
    await manifests.delete();
    await manifests.areAbsent();
  });
});
