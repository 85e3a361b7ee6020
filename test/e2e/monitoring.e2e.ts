import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dashboardQueries, type PanelQuery } from '../dashboard-queries';
import type { Rendered } from '../render';
import { agentServer } from './agent-server';
import { Background, freePort } from './background';
import { Canary } from './canary';
import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { stackJobs } from './kube-prometheus-stack';
import { kubectl } from './kubectl';
import { Manifests } from './manifests';
import { create, discard, localVolumes, namespace, type Manifest } from './objects';
import { Peer } from './peer';
import { forwardApi, forwardPort, withPortForward, type Forward } from './port-forward';
import { Prometheus } from './prometheus';
import { PrometheusOperator } from './prometheus-operator';
import { Sandbox } from './sandbox';

const NAMESPACE = 'e2e-monitoring';
const SYSTEM = `${NAMESPACE}-system`;
const STACK = 'e2e-monitoring-prometheus';
const STRANGER = 'e2e-monitoring-stranger';
const SANDBOXES = 3;
const METADATA = '169.254.169.254';
const METADATA_PORT = 18082;
const EXPORTER = { namespace: SYSTEM, resource: 'svc/openhands-exporter' };

/** One whose volumes the kubelet has statistics of: it has none of a path of the node. */
const STORAGE_CLASS = localVolumes(NAMESPACE);

/** What the AlertmanagerConfig refers to. */
const ALERTING: Manifest = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'alerting', namespace: NAMESPACE },
  stringData: {
    pagerduty: 'a-key-for-tests',
    slack: 'https://slack.example.com/hook',
    webhook: 'https://log.example.com/hook',
  },
};

const session = new Sandbox({ namespace: NAMESPACE, session: 'demo', workload: 'Deployment', program: agentServer });

const prometheusPod = new Peer({ namespace: STACK, name: 'prometheus', labels: { app: 'prometheus' } });
const neighbour = new Peer({ namespace: STACK, name: 'neighbour', serves: [8000] });
const stranger = new Peer({ namespace: STRANGER, name: 'stranger', labels: { app: 'prometheus' } });
const metadata = new Peer({ namespace: STRANGER, name: 'metadata', nodeAddress: METADATA, serves: [METADATA_PORT] });
const node = new Peer({ namespace: STRANGER, name: 'node', seesNode: true });
const canary = new Canary({ namespace: STACK, client: prometheusPod });

async function exporterAddress(): Promise<string> {
  return (
    await kubectl('get', 'service', 'openhands-exporter', `--namespace=${SYSTEM}`, '-o=jsonpath={.spec.clusterIP}')
  ).stdout;
}

/** What the dashboard asks, as Grafana's sidecar would find it. */
async function dashboard(): Promise<PanelQuery[]> {
  const selector = ['--selector=grafana_dashboard=1', `--namespace=${NAMESPACE}`, '-o=json'];
  const { items } = JSON.parse((await kubectl('get', 'configmaps', ...selector)).stdout);
  return items.flatMap(dashboardQueries);
}

/** What the exporter says when it is made to ask for an address. */
const probed = (target: string): Promise<boolean> =>
  withPortForward({ ...EXPORTER, port: 9115 }, async (url) => {
    const answer = await fetch(`${url}/probe?module=http_2xx&target=${encodeURIComponent(target)}`);
    return /^probe_success 1$/m.test(await answer.text());
  });

describe('Prometheus, of a profile with monitoring', () => {
  const step = stepsIn(NAMESPACE);
  const manifests = Manifests.ofTestProfile('monitoring.toml');
  const operator = new PrometheusOperator({
    namespace: STACK,
    watched: NAMESPACE,
    selector: { release: 'e2e-monitoring' },
  });
  const running: { stop(): Promise<void> }[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'openhands-e2e-'));
  let api: Forward;
  let prometheus: Prometheus;

  /** Names of the Pods of which Prometheus says this. */
  const podsWhere = async (expression: string): Promise<number> =>
    (await prometheus.query(`count(count by (pod) (${expression})) or vector(0)`))[0]!.value;

  afterAll(async () => {
    for (const it of running.reverse()) await it.stop();
    await manifests.cleanUp();
    await discard(...[STACK, STRANGER].map((it) => namespace(it)), STORAGE_CLASS);
    rmSync(folder, { recursive: true });
  });

  step('sandboxes, and those who may or may not ask how they are', async () => {
    await create(...[STACK, STRANGER].map((it) => namespace(it)), STORAGE_CLASS);
    await manifests.apply();
    await create(ALERTING);
    await Promise.all([
      ...[prometheusPod, neighbour, stranger, metadata, node].map((it) => it.start()),
      session.ready(),
      kubectl('rollout', 'status', 'deployment/openhands-runtime', `--namespace=${NAMESPACE}`, '--timeout=240s'),
      kubectl('rollout', 'status', 'deployment/openhands-exporter', `--namespace=${SYSTEM}`, '--timeout=240s'),
    ]);
  });

  step('prometheus-operator takes all that is for it', async () => {
    api = await forwardApi();
    running.push(api);
    await operator.start(`http://${api.address}`);
    running.push(operator);

    expect(await operator.prometheusConfig()).toContain(`podMonitor/${NAMESPACE}/openhands-sandboxes/1`);
    expect(Object.keys(await operator.ruleFiles())).toEqual([
      expect.stringContaining(`${NAMESPACE}-openhands-sandboxes`),
    ]);
  });

  step('Prometheus takes what the operator makes of it', async () => {
    const kubeStateMetrics = await freePort();
    running.push(
      await Background.start(
        'kube-state-metrics',
        `--kubeconfig=${process.env.KUBECONFIG}`,
        `--namespaces=${NAMESPACE},${SYSTEM}`,
        '--host=127.0.0.1',
        `--port=${kubeStateMetrics}`,
        '--telemetry-host=127.0.0.1',
        `--telemetry-port=${await freePort()}`,
      ),
    );
    const forwards = await Promise.all([9115, 7979].map((port) => forwardPort({ ...EXPORTER, port })));
    running.push(...forwards);
    prometheus = await Prometheus.start({
      config: await operator.prometheusConfig(),
      ruleFiles: await operator.ruleFiles(),
      addresses: {
        [`openhands-exporter.${SYSTEM}.svc:9115`]: forwards[0]!.address,
        [`openhands-exporter.${SYSTEM}.svc:7979`]: forwards[1]!.address,
      },
      api: `http://${api.address}`,
      jobs: stackJobs({
        api: api.address,
        node: await session.nodeName(),
        kubeStateMetrics: `127.0.0.1:${kubeStateMetrics}`,
      }),
    });
    running.push(prometheus);
  });

  step('every sandbox answers, whoever made it', async () => {
    const answering = () => podsWhere('probe_success{job="openhands-health"} == 1');
    expect(await eventually(answering, SANDBOXES, 90)).toBe(SANDBOXES);
  });

  step('what comes back is of the sandbox, not of the exporter', async () => {
    const samples = await prometheus.query('probe_success');

    expect(samples.map(({ labels }) => [labels.namespace, labels.session ?? labels.pool]).sort()).toEqual([
      [NAMESPACE, 'demo'],
      [NAMESPACE, 'openhands-runtime'],
      [NAMESPACE, 'openhands-runtime'],
    ]);
  });

  step('every sandbox tells since when it has been idle and how long it has run', async () => {
    for (const name of ['idle', 'uptime']) {
      const series = `openhands_server_${name}_seconds{job="openhands-server-info"} >= 0`;
      expect(await eventually(() => podsWhere(series), SANDBOXES, 90)).toBe(SANDBOXES);
    }
  });

  step('nothing that Prometheus is told to scrape is down', async () => {
    const down = async () =>
      (await prometheus.targets())
        .filter(({ health }) => health === 'down')
        .map(({ scrapeUrl, lastError }): string => `${scrapeUrl}: ${lastError}`);

    expect(await eventually(async () => (await down()).join('\n'), '', 60)).toBe('');
  });

  step('every recording rule has data', async () => {
    await session.run('dd if=/dev/zero of=/workspace/load bs=1M count=50 oflag=direct; rm /workspace/load');
    const rules = await prometheus.rules('record');
    const withoutData = async () => {
      const samples = await Promise.all(rules.map(({ name }) => prometheus.query(name)));
      return rules.filter((_, index) => samples[index]!.length === 0).map(({ name }): string => name);
    };
    const excused = await unreported(prometheus, rules);
    const missing = async () => (await withoutData()).filter((it) => !excused.names.includes(it)).join();

    expect(rules.map(({ name }) => name)).toContain('openhands:sandbox_up:min');
    expect(await eventually(missing, '', 150)).toBe('');
    const leftOut = excused.names.length > 0 ? `${excused.names.join(', ')}: ${excused.reason}` : 'none';
    process.stderr.write(`    ${rules.length} recording rules; left out: ${leftOut}\n`);
  });

  step('every panel of the dashboard has an answer, but those of what is wrong', async () => {
    const excused = await unreported(prometheus, await prometheus.rules('record'));
    const queries = (await dashboard())
      .filter(({ panel }) => !['Why containers wait', 'Firing now', 'Firing over time'].includes(panel))
      .filter(({ expr }) => !excused.names.some((it) => expr.includes(it)));
    const empty = async () => {
      const samples = await Promise.all(queries.map(({ expr }) => prometheus.query(expr)));
      return queries.filter((_, index) => samples[index]!.length === 0).map(({ panel }) => panel);
    };
    process.stderr.write(`    ${queries.length} queries\n`);

    expect(queries.length).toBeGreaterThan(10);
    expect(await eventually(async () => (await empty()).join(), '', 60)).toBe('');
  });

  step('no rule fails', async () => {
    const rules = [...(await prometheus.rules('record')), ...(await prometheus.rules('alert'))];

    expect(rules.filter(({ lastError }) => lastError).map(({ name, lastError }) => [name, lastError])).toEqual([]);
  });

  step('no alert that somebody has to look at fires while all is well', async () => {
    // What is only to be known may be so on a busy machine: that a sandbox was slow to start.
    const alerts = (await prometheus.rules('alert')).filter(({ labels }) => labels.severity !== 'info');
    const inState = (state: string): string[] => alerts.filter((it) => it.state === state).map(({ name }) => name);
    process.stderr.write(`    ${alerts.length} alerts; pending: ${inState('pending').join(', ') || 'none'}\n`);

    expect(alerts.length).toBeGreaterThan(0);
    expect(inState('firing')).toEqual([]);
  });

  step('a placeholder without a node is on its way to an alert, and no longer when it has one', async () => {
    const alert = async () => (await prometheus.rules('alert')).find(({ name }) => name === 'HeadroomMissing')?.state;
    const headroomOn = (nodes: Record<string, string> | null) => {
      const patch = JSON.stringify({ spec: { template: { spec: { nodeSelector: nodes } } } });
      return kubectl('patch', 'deployment', 'openhands-headroom', `--namespace=${SYSTEM}`, `--patch=${patch}`);
    };
    await headroomOn({ 'example.com/no-node': 'has-this' });
    expect(await eventually(alert, 'pending', 150)).toBe('pending');

    await headroomOn(null);
    expect(await eventually(alert, 'inactive', 150)).toBe('inactive');
  });

  step('a sandbox that hangs does not answer', async () => {
    await signal('STOP');

    expect(await eventually(() => podsWhere('probe_success{session="demo"} == 0'), 1, 60)).toBe(1);
    expect(await eventually(() => podsWhere('probe_success == 1'), SANDBOXES - 1, 60)).toBe(SANDBOXES - 1);
  });

  step('and when it goes on, it does', async () => {
    await signal('CONT');

    expect(await eventually(() => podsWhere('probe_success == 1'), SANDBOXES, 90)).toBe(SANDBOXES);
  });

  describe('Alertmanager', () => {
    const file = join(folder, 'alertmanager.yaml');
    const amtool = async (...args: string[]) => (await promisify(execFile)('amtool', args)).stdout;

    step('takes what the operator makes of its configuration', async () => {
      writeFileSync(file, await operator.alertmanagerConfig());

      expect(await amtool('check-config', file)).toContain('SUCCESS');
    });

    for (const [severity, receivers] of [
      ['critical', ['on-call', 'chat']],
      ['warning', ['chat']],
      ['info', ['log']],
    ] as const) {
      step(`tells ${receivers.join(' and ')} of what is ${severity}`, async () => {
        const labels = [`namespace=${NAMESPACE}`, `severity=${severity}`, 'alertname=SandboxUnreachable'];
        const told = (await amtool('config', 'routes', 'test', `--config.file=${file}`, ...labels)).trim().split(',');

        expect(told.sort()).toEqual(receivers.map((it) => `${NAMESPACE}/openhands-sandboxes/${it}`).sort());
      });
    }

    step('tells none of them of another namespace’s alerts', async () => {
      const told = await amtool(
        'config',
        'routes',
        'test',
        `--config.file=${file}`,
        'namespace=a',
        'severity=critical',
      );

      expect(told).not.toContain(NAMESPACE);
    });
  });

  describe('the exporter', () => {
    step('is under policies that are enforced', () => canary.policiesAreEnforced());

    for (const port of [9115, 7979]) {
      step(`answers Prometheus on port ${port} and nobody else`, async () => {
        const address = await exporterAddress();

        expect(await eventually(() => prometheusPod.reaches(address, port), true)).toBe(true);
        for (const it of [neighbour, stranger])
          expect(await eventually(() => it.reaches(address, port), false)).toBe(false);
        const connect = `timeout 3 bash -c '</dev/tcp/${address}/${port}'`;
        expect((await session.run(connect)).exitCode).not.toBe(0);
      });
    }

    const targets: [string, () => Promise<string>][] = [
      ['the metadata address', async () => `http://${METADATA}:${METADATA_PORT}/`],
      ['a Pod of another namespace', async () => `http://${await neighbour.address()}:8000/`],
      ['another port of a sandbox', async () => `http://${await session.podAddress()}:8001/`],
    ];

    for (const [what, target] of targets) {
      step(`cannot be made to ask ${what}`, async () => {
        await session.serve(8001);

        expect(await probed(await target())).toBe(false);
      });
    }

    step('without any policy', async () => {
      for (const it of [SYSTEM, NAMESPACE]) await kubectl('delete', 'networkpolicy', '--all', `--namespace=${it}`);
      await canary.policiesAreLifted();
    });

    for (const [what, target] of targets) {
      step(`can be made to ask ${what}, so it was the policies`, async () => {
        const url = await target();

        expect(await eventually(() => probed(url), true)).toBe(true);
      });
    }

    step('answers a stranger, so it was the policies', async () => {
      const address = await exporterAddress();

      expect(await eventually(() => stranger.reaches(address, 9115), true)).toBe(true);
    });
  });

  /** Send a signal to every process of the session's sandbox, from the node: inside, its first one is out of reach. */
  async function signal(name: string): Promise<void> {
    const uid = await session.podUid();
    await node.run('sh', '-c', `grep -l ${uid} /proc/[0-9]*/cgroup | cut -d / -f 3 | xargs kill -${name}`);
  }
});

/** Rules that a node may have no data for, and why. */
interface Unreported {
  readonly names: readonly string[];
  readonly reason: string;
}

/** What the kernel may not account: without a limit on it, recent ones count no block I/O in a cgroup of version 1. */
const DISK = /\bcontainer_fs_(reads|writes)_bytes_total\b/;

/**
 * Rules that build on series of cAdvisor that this node has of no container at all. Where it tells containers apart that
 * may be those of the disk only. Of what comes from anywhere else nothing may be missing.
 */
async function unreported(prometheus: Prometheus, rules: readonly Rendered[]): Promise<Unreported> {
  const has = async (series: string) => (await prometheus.query(`count(${series})`)).length > 0;
  const tellsApart = () => has(`container_memory_working_set_bytes{namespace="${NAMESPACE}",container="runtime"}`);
  if (!(await eventually(tellsApart, true, 30))) {
    return { names: buildingOn(/\bcontainer_\w+/, rules), reason: 'the kubelet does not tell containers apart' };
  }
  const accountsDisks = await has('{__name__=~"container_fs_(reads|writes)_bytes_total",image!=""}');
  return { names: accountsDisks ? [] : buildingOn(DISK, rules), reason: 'the kernel accounts no block I/O' };
}

/** The names of rules over these series, and of those over such rules before them. */
function buildingOn(series: RegExp, rules: readonly Rendered[]): string[] {
  const names: string[] = [];
  for (const { name, query } of rules) {
    if (series.test(query) || names.some((it) => query.includes(it))) names.push(name);
  }
  return names;
}
