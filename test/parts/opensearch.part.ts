import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { agentServer } from '../e2e/agent-server';
import { eventually } from '../e2e/eventually';
import { stepsIn } from '../e2e/in-order';
import { kubectl } from '../e2e/kubectl';
import { Manifests } from '../e2e/manifests';
import { create } from '../e2e/objects';
import { ownAddress } from '../e2e/own-address';
import { withPortForward } from '../e2e/port-forward';
import { Sandbox } from '../e2e/sandbox';
import { Collector } from '../logging/collector';
import { Elasticsearch } from '../logging/elasticsearch';
import { selfSigned } from '../logging/key-pair';
import { ContainerLog } from '../logging/node-files';
import { numbers, record, Scene } from '../logging/scene';
import { OpenSearch, savedSearches, type Query } from './opensearch/opensearch';
import { TlsProxy } from './opensearch/tls-proxy';

const STREAM = 'logs-openhands-parts';
/** An outage. */
const AWAY_SECONDS = 60;
/** Two nodes, each with a sandbox of one of the programs: what real ones have printed. */
const CONTRACTS = ['agent-server', 'action-execution-server'] as const;

const sample = (contract: string) => readFileSync(join(__dirname, '../logging/samples', `${contract}.log`), 'utf8');

describe('the logs of sandboxes in a real OpenSearch', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openhands-opensearch-'));
  const host = 'localhost';
  const keyPair = selfSigned(folder, host);
  const openSearch = new OpenSearch();
  const proxy = new TlsProxy({ keyPair, host, target: openSearch.url, ...Elasticsearch.user });
  const collectors: Collector[] = [];
  let log: ContainerLog;

  const profile = (contract: string) => `
    [kubernetes]
    namespace = "openhands"
    [deploy]
    contract = "${contract}"
    [deploy.logging]
    handlers = ["console", "elasticsearch"]
    [deploy.logging.elasticsearch]
    url = "${proxy.url}"
    own_ca = true
    data_stream = "${STREAM}"`;

  const print = (first: number, count: number) =>
    log.print(
      numbers(count, first)
        .map((it) => record(it).replace('"openhands"', '"parts"'))
        .join('\n'),
    );
  /** What {@link print} has written. */
  const stored = async (): Promise<string[]> =>
    (await openSearch.documents(STREAM, { term: { 'log.logger': 'parts' } }))
      .map(({ message }) => String(message))
      .sort((a, b) => Number(a) - Number(b));
  const storedInTheEnd = async (count: number): Promise<string[]> => {
    await eventually(async () => (await stored()).length >= count, true, 240);
    return stored();
  };

  beforeAll(async () => {
    await proxy.start();
    await openSearch.remove(STREAM);
    await openSearch.addTemplate();
    for (const contract of CONTRACTS) {
      const node = join(folder, contract);
      mkdirSync(node);
      const container = new ContainerLog(join(node, 'pods'), Scene.POD);
      container.copy(sample(contract));
      log ??= container;
      const collector = new Collector({ folder: node, authority: keyPair.cert, toml: profile(contract) });
      collectors.push(collector);
      await collector.start();
    }
  });

  afterAll(async () => {
    for (const it of collectors) await it.stop('SIGKILL');
    await proxy.stop();
    await openSearch.remove(STREAM);
    rmSync(folder, { recursive: true });
  });

  test('arrive of both programs over TLS and with a password, in one data stream', async () => {
    const datasets = async () => {
      const asked = { size: 0, aggs: { of: { terms: { field: 'event.dataset' } } } };
      const answer = await openSearch.ask<{ aggregations?: { of: { buckets: { key: string }[] } } }>(
        'POST',
        `${STREAM}/_search`,
        asked,
      );
      return (answer.aggregations?.of.buckets ?? [])
        .map(({ key }) => key)
        .sort()
        .join();
    };
    const both = 'openhands.action_execution_server,openhands.agent_server';

    expect(await eventually(() => datasets().catch(() => ''), both, 90)).toBe(both);
    expect(await openSearch.indices(STREAM)).toEqual([`.ds-${STREAM}-000001`]);
  });

  test('are found by level, which is a word and no text', async () => {
    const filter = [{ term: { 'log.level': 'ERROR' } }, { exists: { field: 'error.stack_trace' } }];
    const found = await openSearch.documents(STREAM, { bool: { filter } });

    expect(found.length).toBeGreaterThan(0);
  });

  test('are in the order in which they were written, to the nanosecond', async () => {
    const times = (await openSearch.documents(STREAM, { match_all: {} })).map((it) => String(it['@timestamp']));

    expect(times.length).toBeGreaterThan(10);
    expect(times).toEqual([...times].sort());
  });

  test.each(savedSearches)('are asked for by the saved search $title', async ({ title, query }) => {
    const found = await openSearch.documents(STREAM, { query_string: { query } });

    // The samples have these; the others are valid at least, or this would fail.
    if (/errors|tracebacks/.test(title)) expect(found.length).toBeGreaterThan(0);
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'are all there once, after OpenSearch was away for a minute and the collector ended by %s meanwhile',
    async (signal) => {
      const first = (await stored()).length;
      print(first, 10);
      expect(await storedInTheEnd(first + 10)).toEqual(numbers(first + 10));
      await proxy.stop();
      const back = performance.now() + AWAY_SECONDS * 1000;
      print(first + 10, 50);
      // Read and in the queue.
      await setTimeout(15_000);
      await collectors[0]!.stop(signal);
      print(first + 60, 40);
      await collectors[0]!.start();
      await setTimeout(Math.max(0, back - performance.now()));
      await proxy.start();

      expect(await storedInTheEnd(first + 100)).toEqual(numbers(first + 100));
    },
  );

  test('are there once when an answer is lost and they are sent again', async () => {
    const first = (await stored()).length;
    proxy.isSilent = true;
    print(first, 10);
    expect(await eventually(async () => proxy.silenced >= 2, true)).toBe(true);
    proxy.isSilent = false;
    print(first + 10, 1);

    expect(await storedInTheEnd(first + 11)).toEqual(numbers(first + 11));
  });

  test('go with their index: a new one is begun, and the old one is deleted', async () => {
    const first = (await stored()).length;
    await openSearch.ask('POST', `${STREAM}/_rollover`, { conditions: { max_age: '0s' } });
    print(first, 1);
    expect(await storedInTheEnd(first + 1)).toEqual(numbers(first + 1));
    await openSearch.ask('DELETE', `.ds-${STREAM}-000001`);

    expect(await stored()).toEqual([String(first)]);
    expect(await openSearch.indices(STREAM)).toEqual([`.ds-${STREAM}-000002`]);
  });

  test('were none of them refused', () => {
    for (const contract of CONTRACTS)
      expect(readFileSync(join(folder, contract, 'collector.log'), 'utf8')).not.toMatch(
        /"http.response.status_code":400/,
      );
  });
});

describe('the logs of a sandbox that runs on the cluster, in a real OpenSearch', () => {
  const namespace = 'parts-opensearch';
  const stream = 'logs-openhands-pods';
  const step = stepsIn(namespace);
  const folder = mkdtempSync(join(tmpdir(), 'openhands-opensearch-'));
  const openSearch = new OpenSearch();
  const sandbox = new Sandbox({ namespace, session: 'demo', workload: 'Deployment', program: agentServer });
  let proxy: TlsProxy;
  let manifests: Manifests;
  let pod: string;

  const profile = (url: string) => `
    [kubernetes]
    namespace = "${namespace}"
    [deploy]
    extends = "${join(__dirname, '../e2e/profiles/logging.toml')}"
    [deploy.logging]
    handlers = ["console", "elasticsearch"]
    [deploy.logging.elasticsearch]
    url = "${url}"
    own_ca = true
    data_stream = "${stream}"`;

  /** Of this Pod, by its fields: the node may still have kept some of a run before. */
  const documents = (...filter: Query[]) =>
    openSearch.documents(stream, { bool: { filter: [{ term: { 'kubernetes.pod.uid': pod } }, ...filter] } });
  const count = async (...filter: Query[]) => (await documents(...filter)).length;

  const collector = (...args: string[]) => kubectl(`--namespace=${namespace}-logging`, ...args);
  const isCollected = () => collector('rollout', 'status', 'daemonset/openhands-logs', '--timeout=120s');
  /** Have the sandbox log requests of these numbers. */
  const ask = (all: readonly string[]) =>
    withPortForward({ namespace, resource: `svc/${sandbox.name}-svc`, port: agentServer.port }, async (url) => {
      for (const it of all) expect((await fetch(`${url}/alive?line=${it}`)).status).toBe(200);
    });

  beforeAll(async () => {
    const host = await ownAddress();
    const keyPair = selfSigned(folder, host);
    proxy = new TlsProxy({ keyPair, host, target: openSearch.url, ...Elasticsearch.user });
    await proxy.start();
    await openSearch.remove(stream);
    await openSearch.addTemplate();
    const file = join(folder, 'config.toml');
    writeFileSync(file, profile(proxy.url));
    manifests = Manifests.ofProfile(file);
    await manifests.apply();
    await create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'openhands-elasticsearch', namespace: `${namespace}-logging` },
      stringData: { ...Elasticsearch.user, 'ca.crt': keyPair.cert },
    });
    await sandbox.ready();
    pod = await sandbox.podUid();
    await isCollected();
  });

  afterAll(async () => {
    await manifests?.cleanUp();
    await proxy?.stop();
    await openSearch.remove(stream);
    rmSync(folder, { recursive: true });
  });

  step('arrive, and are found by namespace, session and level', async () => {
    const fields = [
      { term: { 'kubernetes.namespace': namespace } },
      { term: { 'openhands.session': 'demo' } },
      { term: { 'event.dataset': 'openhands.agent_server' } },
    ];
    const levels = async () => {
      const has = (level: string) => count(...fields, { term: { 'log.level': level } }).catch(() => 0);
      return (await has('INFO')) > 5 && (await has('ERROR')) > 0;
    };
    expect(await eventually(levels, true, 120)).toBe(true);

    expect(await count()).toBe(await count(...fields));
    // This node has no browser, which the program says with a traceback.
    const [error] = await documents({ term: { 'log.level': 'ERROR' } }, { exists: { field: 'error.stack_trace' } });
    expect(error).toMatchObject({
      kubernetes: { pod: { name: expect.stringContaining(sandbox.name) }, node: { name: await sandbox.nodeName() } },
      error: { type: expect.any(String), stack_trace: expect.stringContaining('Traceback') },
    });
  });

  step('are all there once, after OpenSearch was away and the collector made anew meanwhile', async () => {
    const lines = numbers(30);
    await proxy.stop();
    await ask(lines.slice(0, 20));
    // Read and in the queue.
    await setTimeout(15_000);
    await collector('delete', 'pod', '--selector=app.kubernetes.io/name=openhands-logs');
    await ask(lines.slice(20));
    await isCollected();
    await proxy.start();
    const stored = async () =>
      (await documents({ prefix: { 'url.original': '/alive?line=' } })).map(({ url }) =>
        (url as { original: string }).original.replace('/alive?line=', ''),
      );
    await eventually(async () => (await stored()).length >= lines.length, true, 240);

    expect((await stored()).sort((a, b) => Number(a) - Number(b))).toEqual(lines);
  });

  step('were none of them refused', async () => {
    // Another test's simulated nodes have one too, which says nothing.
    const onTheNode = `--field-selector=spec.nodeName=${await sandbox.nodeName()}`;
    const name = (await collector('get', 'pods', onTheNode, '-o=name')).stdout.trim();
    const { stdout } = await collector('logs', name);

    expect(stdout).not.toMatch(/"http.response.status_code":400/);
  });
});
