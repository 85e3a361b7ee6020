import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { backupAlerts } from '../../constructs/monitoring/alerts/backup';
import { agentServerWithKey } from '../e2e/agent-server';
import { command } from '../e2e/command';
import { Client } from '../e2e/conversations';
import { eventually } from '../e2e/eventually';
import { stepsIn } from '../e2e/in-order';
import { kubectl } from '../e2e/kubectl';
import { Manifests } from '../e2e/manifests';
import {
  API_KEY,
  create,
  localVolumes,
  namespace as namespaceObject,
  remove,
  sessionKeys,
  type Manifest,
} from '../e2e/objects';
import { forwardPort, withPortForward } from '../e2e/port-forward';
import { Prometheus } from '../e2e/prometheus';
import { Sandbox } from '../e2e/sandbox';
import { StandInModel } from '../e2e/stand-in-model';
import { visit } from '../e2e/visitor';
import { ObjectStore } from './velero/object-store';
import { Velero } from './velero/velero';

const NAMESPACE = 'parts-velero';
const AGENTS_FILE = '/home/openhands/workspace/project/e2e/made-by-the-agent.txt';
const FILE = '/workspace/notes/mine.txt';
const HOST = 'demo-api.velero.localhost';

/** One whose volumes are `local`: Velero's node agent leaves out volumes that are paths of the node. */
const STORAGE_CLASS = localVolumes(NAMESPACE);

const LLM: Manifest = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'llm', namespace: NAMESPACE },
  stringData: { 'api-key': 'key-one' },
};

const profile = (schedule: string, recovery: string) => `
  [kubernetes]
  namespace = "${NAMESPACE}"
  ingress_domain = "velero.localhost"
  pvc_storage_class = "${NAMESPACE}"
  pvc_storage_size = "100Mi"
  resource_cpu_request = "100m"
  resource_memory_request = "512Mi"

  [llm]
  model = "openai/stand-in"
  base_url = "http://stand-in-model.${NAMESPACE}-model.svc.cluster.local:8080/v1"
  api_key = { secret = "llm", key = "api-key" }

  [deploy]
  extends = "${join(__dirname, '../e2e/profiles/restricted-agent-server.toml')}"
  ingress = { api = true }
  quota = { max_sandboxes = 2 }
  secrets = { session_keys = "required" }
  security = { admission_policy = true }
  network = { egress = [{ namespace = "${NAMESPACE}-model", pods = { app = "stand-in-model" }, ports = [8080] }] }

  [deploy.recovery]
  ${recovery}
  [deploy.recovery.backup]
  namespace = "${NAMESPACE}-server"
  schedule = "${schedule}"
`;

/** Once a day, at the minute that comes. */
function soon(): string {
  const then = new Date(Date.now() + 75_000);
  return `${then.getUTCMinutes()} ${then.getUTCHours()} * * *`;
}

/** Seconds. A profile's is an hour more than the Schedule's interval at least, and its alert waits for another 15 minutes. */
const MAXIMUM_AGE = 120;

/** A real Prometheus with the alert of a profile, in a hurry, that scrapes Velero's own metrics. */
function watch(metrics: string): Promise<Prometheus> {
  const [missed] = backupAlerts({ namespace: NAMESPACE }, { schedule: NAMESPACE, maximumAge: MAXIMUM_AGE });
  const { alert, expr } = missed!;
  return Prometheus.start({
    config: stringify({ global: { scrape_interval: '2s', evaluation_interval: '2s' }, scrape_configs: [] }),
    ruleFiles: { 'backup.yaml': stringify({ groups: [{ name: 'backup', rules: [{ alert, expr, for: '5s' }] }] }) },
    addresses: {},
    api: '',
    jobs: [{ job_name: 'velero', static_configs: [{ targets: [metrics] }] }],
  });
}

describe('a namespace that Velero saves', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openhands-velero-'));
  const step = stepsIn(NAMESPACE);
  const velero = new Velero(`${NAMESPACE}-server`);
  const model = new StandInModel(`${NAMESPACE}-model`);
  const program = agentServerWithKey(API_KEY);
  const sandbox = new Sandbox({ namespace: NAMESPACE, session: 'demo', workload: 'Deployment', program });
  const times: [string, number][] = [];
  const running: { stop(): Promise<void> }[] = [];
  let store: ObjectStore;
  let prometheus: Prometheus;
  let manifests: Manifests;
  let conversation: string;
  let backup: string;

  const manifestsOf = (schedule: string, recovery = '', volumes = 'file-system'): Manifests => {
    const file = join(folder, 'config.toml');
    writeFileSync(file, `${profile(schedule, recovery)}volumes = "${volumes}"\n`);
    return Manifests.ofProfile(file);
  };
  const timed = async <T>(title: string, act: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await act();
    times.push([title, Math.round((performance.now() - start) / 1000)]);
    return result;
  };
  const asClient = <T>(use: (client: Client) => Promise<T>): Promise<T> =>
    withPortForward({ namespace: NAMESPACE, resource: `svc/${sandbox.name}-svc`, port: program.port }, (url) =>
      use(new Client(url)),
    );
  const saysInTheEnd = (line: string) =>
    eventually(() => asClient(async (client) => (await client.answer(conversation)).includes(line)), true, 240);
  const backUp = (name: string) => velero.run('backup', 'create', name, `--from-schedule=${NAMESPACE}`);
  const suspend = async () =>
    expect(await command('sessions', manifests.folder, ['suspend', 'demo', '--wait'])).toMatchObject({ status: 0 });
  const deleteClaim = () =>
    kubectl('delete', 'pvc', `${sandbox.name}-pvc`, `--namespace=${NAMESPACE}`, '--timeout=120s');
  const alertState = async (): Promise<string> => (await prometheus.rules('alert'))[0].state;
  const addSecrets = () => create(sessionKeys(NAMESPACE, 'demo'), LLM);

  const isAllThere = async () => {
    expect(await sandbox.readFile(FILE)).toBe('written before the backup\n');
    await asClient(async (client) => {
      expect(await client.request('GET', '/api/profiles/mine')).toMatchObject({ config: { api_key: 'my-key' } });
      expect(await client.request('GET', '/api/settings')).toMatchObject({
        conversation_settings: { max_iterations: 77 },
      });
      expect(JSON.stringify(await client.request('GET', '/api/settings/secrets'))).toContain('TOKEN');
    });
    expect((await sandbox.run('git config --global user.name')).stdout).toBe('Me');
  };
  const answersAtItsAddress = () =>
    eventually(
      () =>
        visit({ host: HOST, path: '/api/conversations/count', headers: { 'X-Session-API-Key': API_KEY } }).then(
          ({ status }) => status,
          () => 0,
        ),
      200,
      240,
    );

  afterAll(async () => {
    process.stderr.write(times.map(([title, seconds]) => `    ${String(seconds).padStart(4)} s  ${title}\n`).join(''));
    for (const it of running.reverse()) await it.stop();
    await manifests?.cleanUp();
    await Promise.all([model.stop(), velero.uninstall()]);
    await remove(STORAGE_CLASS);
    await store?.remove();
    rmSync(folder, { recursive: true });
  });

  step('begins with Velero, and a session that somebody works in', async () => {
    store = await ObjectStore.make();
    await store.start();
    await create(STORAGE_CLASS);
    await Promise.all([velero.install(store), model.start()]);
    manifests = manifestsOf('0 0 1 1 *');
    await manifests.apply();
    await addSecrets();
    await sandbox.ready();
  });

  step('with a file, settings, a secret and a conversation', async () => {
    await sandbox.run('mkdir -p /workspace/notes && git config --global user.name Me');
    await sandbox.writeFile(FILE, 'written before the backup\n');
    await asClient(async (client) => {
      await client.request('POST', '/api/profiles/mine', { llm: { model: 'openai/mine', api_key: 'my-key' } });
      await client.request('PUT', '/api/settings/secrets', { name: 'TOKEN', value: 'a secret of mine' });
      await client.request('PATCH', '/api/settings', { conversation_settings_diff: { max_iterations: 77 } });
      conversation = await client.start('hello');
    });

    expect(await saysInTheEnd('message 1')).toBe(true);
    expect(await answersAtItsAddress()).toBe(200);
  });

  step('is saved by the Schedule when its time comes', async () => {
    await kubectl('apply', '-f', manifestsOf(soon()).folder);
    expect(await eventually(async () => (await velero.backupsOf(NAMESPACE)).length, 1, 150)).toBe(1);
    [backup] = (await velero.backupsOf(NAMESPACE)) as [string];

    await timed('the backup', () => velero.completes('backup', backup));
    expect(await velero.copiedVolumes(backup)).toEqual(['workspace-volume']);
  });

  step('is watched: while its last backup is recent, Prometheus says nothing', async () => {
    const metrics = await forwardPort({ namespace: velero.namespace, resource: 'deployment/velero', port: 8085 });
    running.push(metrics);
    prometheus = await watch(metrics.address);
    running.push(prometheus);

    const lastSuccess = `velero_backup_last_successful_timestamp{schedule="${NAMESPACE}"}`;
    expect(await eventually(async () => (await prometheus.query(lastSuccess)).length, 1, 60)).toBe(1);
    // Longer than it would take to fire.
    expect(await eventually(alertState, 'firing', 15)).toBe('inactive');
  });

  step('has no backup while its store is away, which BackupMissed tells', async () => {
    await store.stop();
    await backUp('store-away');

    expect(await velero.phase('backup', 'store-away')).toMatch(/^Failed/);
    expect(await timed('BackupMissed fires', () => eventually(alertState, 'firing', 240))).toBe('firing');
  });

  step('has one when the store is back, which ends the alert', async () => {
    await store.start();
    await timed('Velero finds its store again', () => velero.findsStore());
    await backUp('store-back');
    await velero.completes('backup', 'store-back');

    expect(await timed('BackupMissed is over', () => eventually(alertState, 'inactive', 60))).toBe('inactive');
  });

  step('is deleted, with its volume', async () => {
    await timed('the namespace is deleted', () => remove(namespaceObject(NAMESPACE)));

    const volumes = async () =>
      (await kubectl('get', 'persistentvolumes', '-o=json')).stdout.includes(`"${NAMESPACE}"`);
    expect(await eventually(volumes, false, 60)).toBe(false);
  });

  step('comes back: its rules first, then its Secrets, then what was saved', async () => {
    await timed('0-namespaces and 1-policies', () => manifests.applyCharts('0-namespaces', '1-policies'));
    await addSecrets();
    const name = `${backup}-all`;
    await timed('the restore', async () => {
      await velero.run('restore', 'create', name, `--from-backup=${backup}`);
      await velero.completes('restore', name);
    });
    await timed('the session is Ready', () => sandbox.ready());
    await isAllThere();

    expect(await answersAtItsAddress()).toBe(200);
  });

  step('has its conversation, which goes on', async () => {
    await asClient((client) => client.goOn(conversation, 'go on'));

    expect(await saysInTheEnd('message 2')).toBe(true);
    expect(await sandbox.readFile(AGENTS_FILE)).toBe('message 1\nmessage 2\n');
  });

  step('is what the manifests say, so that nothing restarts it', async () => {
    const before = await sandbox.podUid();
    await manifests.apply();

    await manifests.areInEffect();
    expect(await sandbox.podUid()).toBe(before);
  });

  step('gets one session back, file by file, by the commands of docs/recovery.md', async () => {
    await sandbox.writeFile(FILE, 'a mistake\n');
    await kubectl('delete', 'deployment', sandbox.name, `--namespace=${NAMESPACE}`);
    await deleteClaim();
    await timed('one session, file by file', async () => {
      const restore = ['restore', 'create', 'one-session', `--from-backup=${backup}`];
      const resources = '--include-resources=pods,persistentvolumeclaims,persistentvolumes';
      const selector = `--selector=app.kubernetes.io/instance=${sandbox.name}`;
      await velero.run(...restore, `--include-namespaces=${NAMESPACE}`, resources, selector);
      await velero.completes('restore', 'one-session');
    });
    await sandbox.deletePod();
    await manifests.apply();
    await sandbox.ready();

    await isAllThere();
    await manifests.areInEffect();
  });

  step('is saved without its files while it is suspended, as they are copied out of a Pod', async () => {
    await suspend();
    await backUp('suspended');

    await velero.completes('backup', 'suspended');
    expect(await velero.copiedVolumes('suspended')).toEqual([]);
  });

  step('is saved by snapshots, where the storage has them', async () => {
    const path = '-o=jsonpath={.items[?(@.spec.storageClassName=="' + NAMESPACE + '")].spec.local.path}';
    await velero.installSnapshots(dirname((await kubectl('get', 'persistentvolumes', path)).stdout));
    await kubectl('apply', '-f', manifestsOf('0 0 1 1 *', '', 'snapshot').folder);
    await sandbox.ready();
    await sandbox.writeFile(FILE, 'written before the snapshot\n');

    await timed('the backup by snapshots', async () => {
      await backUp('snapshots');
      await velero.completes('backup', 'snapshots');
    });
  });

  step('gets its workspace back from a backup that restore_from names', async () => {
    await sandbox.writeFile(FILE, 'a mistake\n');
    await suspend();
    await deleteClaim();

    await timed('restore_from a backup', async () => {
      const restoring = manifestsOf('0 0 1 1 *', 'restore_from = { demo = { backup = "snapshots" } }', 'snapshot');
      await kubectl('apply', '-f', restoring.folder);
      await velero.completes('restore', `${NAMESPACE}-demo-snapshots`);
      await sandbox.ready();
    });
    expect(await sandbox.readFile(FILE)).toBe('written before the snapshot\n');
    expect((await sandbox.run('git config --global user.name')).stdout).toBe('Me');
  });

  step('needs that line no longer', async () => {
    const before = await sandbox.podUid();
    const without = manifestsOf('0 0 1 1 *', '', 'snapshot');
    await kubectl('apply', '-f', without.folder);

    await without.areInEffect();
    expect(await sandbox.podUid()).toBe(before);
  });

  step('lets the backup be deleted', async () => {
    await velero.delete('snapshots');
  });
});
