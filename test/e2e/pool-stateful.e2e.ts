import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { Manifests, WARNING_OF_THE_DEFAULT_ACCOUNT } from './manifests';
import { create, evict, sessionKeys } from './objects';
import { Pool, program, report, secondsSince } from './pool';
import { Sandbox } from './sandbox';

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
