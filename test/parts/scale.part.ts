import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadProfile } from '../../config/load';
import { synthesize } from '../../main';
import { readManifests } from '../../tools/cluster/folder';
import { eventually } from '../e2e/eventually';
import { stepsIn } from '../e2e/in-order';
import { kubectl } from '../e2e/kubectl';
import { report, secondsSince } from '../e2e/pool';
import { ApiServer } from './nodes/api-server';
import { counts, podsOf, serving } from './nodes/pods';
import { SimulatedNodes, zoneOf } from './nodes/simulated-nodes';

/** SESSIONS=1000 WAITING=200: more than every run has time for. */
const SESSIONS = Number(process.env.SESSIONS ?? 50);
/** Sandboxes of a warm pool. */
const WAITING = Number(process.env.WAITING ?? 10);

/** A Deployment pool's size unless it is said. */
const STAGING_POOL = 2;

jest.setTimeout(1_500_000);

const NAME = 'parts-scale';
const PLACE = `
pvc_storage_class = "${NAME}"
node_selector_key = "openhands.dev/pool"
node_selector_val = "${NAME}"
tolerations_yaml = """
- { key: openhands.dev/pool, operator: Equal, value: ${NAME}, effect: NoSchedule }
"""
`;
const SYSTEM_PLACE = `
[deploy.system_pods]
node_selector = { "openhands.dev/pool" = "${NAME}" }
tolerations = [{ key = "openhands.dev/pool", operator = "Exists" }]
`;

const names = Array.from({ length: SESSIONS }, (_, index) => `person-${String(index).padStart(5, '0')}`);
const sessions = `sessions = ${JSON.stringify(names)}\nquota = { max_sandboxes = ${SESSIONS + WAITING} }`;

/** The profiles: a session as a Sandbox beside a warm pool, and as a Deployment with its page. */
const PROFILES = {
  'agent-sandbox': `
[kubernetes]
namespace = "${NAME}-agent-sandbox"${PLACE}
[deploy]
extends = "agent-sandbox"
idle = false
secrets = { session_keys = "optional" }
${sessions}
[deploy.pool]
replicas = ${WAITING}
${SYSTEM_PLACE}`,
  staging: `
[kubernetes]
namespace = "${NAME}-staging"${PLACE}
[deploy]
extends = "staging"
monitoring = false
logging = false
recovery = false
autoscaling = false
secrets = { session_keys = "optional" }
${sessions}
[deploy.ingress]
kind = "none"
[deploy.network]
egress = "none"
${SYSTEM_PLACE}`,
} as const;

const milliseconds = ({ milliseconds, count }: { milliseconds: number; count: number }) =>
  `${milliseconds.toFixed(1)} ms (of ${count})`;

describe.each(Object.entries(PROFILES))(`${SESSIONS} sessions of %s`, (name, toml) => {
  const namespace = `${NAME}-${name}`;
  const folder = mkdtempSync(join(tmpdir(), 'openhands-parts-'));
  const dist = join(folder, 'dist');
  const step = stepsIn(namespace);
  let nodes: SimulatedNodes;
  let started: number;
  let before: ApiServer;

  const pods = () => podsOf(namespace, 'app=openhands-runtime');
  const expected = SESSIONS + (name === 'agent-sandbox' ? WAITING : STAGING_POOL);

  beforeAll(async () => {
    nodes = await SimulatedNodes.start({
      name: NAME,
      pool: NAME,
      zones: ['a', 'b', 'c'],
      nodesPerZone: Math.max(2, Math.ceil((SESSIONS * 2 + WAITING) / 3 / 200)),
      capacity: { cpu: '256', memory: '2Ti', pods: '250' },
      // A tenth more than an even spread needs.
      volumesPerZone: Math.ceil((expected / 3) * 1.1) + 10,
    });
  });

  afterAll(async () => {
    const gone = performance.now();
    await kubectl('delete', '-f', dist, '--ignore-not-found', '--wait=false');
    await kubectl('wait', '--for=delete', `namespace/${namespace}`, '--timeout=900s');
    report(`${name}: deleted in ${secondsSince(gone)} s`);
    rmSync(folder, { recursive: true });
    await nodes.stop();
  });

  step('are applied', async () => {
    const file = join(folder, 'profile.toml');
    writeFileSync(file, toml);
    synthesize(loadProfile(file).profile, dist);
    before = await ApiServer.now();
    started = performance.now();
    const apply = ['apply', '-f', dist, ...(process.env.SERVER_SIDE ? ['--server-side'] : [])];
    await kubectl(...apply).catch(() => kubectl(...apply));

    report(`${name}: ${readManifests(dist).length} objects applied in ${secondsSince(started)} s`);
  });

  step('are all Ready', async () => {
    expect(await eventually(async () => serving(await pods()).length, expected, 900)).toBe(expected);

    const after = await ApiServer.now();
    report(`${name}: ${expected} sandboxes Ready ${secondsSince(started)} s after kubectl apply began`);
    report(`${name}: the API server took ${(after.cpu - before.cpu).toFixed(0)} s of CPU`);
    report(`${name}: etcd grew by ${((after.stored - before.stored) / 2 ** 20).toFixed(1)} MiB`);
    for (const plugin of ['ValidatingAdmissionPolicy', 'ResourceQuota', 'PodSecurity']) {
      report(`${name}: ${plugin}: ${milliseconds(after.admissionSince(before, plugin))}`);
    }
    report(`${name}: a Pod was made in ${milliseconds(after.podsMadeSince(before))}`);
  });

  step('are even over the zones', async () => {
    const zones = counts((await pods()).map(({ node }) => zoneOf(node!)));
    report(`${name}: ${zones.join(', ')} in its zones`);

    expect(zones).toHaveLength(3);
    expect(zones[0]! - zones[2]!).toBeLessThanOrEqual(Math.max(5, expected / 10));
  });

  step('are counted by the quota', async () => {
    const path = '-o=jsonpath={.status.used.persistentvolumeclaims}';
    const { stdout } = await kubectl('get', 'resourcequota', 'openhands-runtime', `--namespace=${namespace}`, path);

    expect(Number(stdout)).toBe(expected);
  });
});
