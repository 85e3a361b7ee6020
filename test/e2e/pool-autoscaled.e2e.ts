import { setTimeout } from 'node:timers/promises';
import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { Manifests, WARNING_OF_THE_DEFAULT_ACCOUNT } from './manifests';
import { API_KEY, create, discard, namespace, sessionKeys } from './objects';
import { Peer } from './peer';
import { Pool, program, report, secondsSince } from './pool';
import { Sandbox } from './sandbox';

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
  afterAll(() => Promise.all([manifests.cleanUp(), discard(namespace('e2e-pool-client'))]));

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
    expect(await eventually(async () => (await pool.load()) < TARGET, true, 120)).toBe(true);
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
