import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { actionExecutionServer } from '../e2e/action-execution-server';
import { agentServer } from '../e2e/agent-server';
import { eventually } from '../e2e/eventually';
import { stepsIn } from '../e2e/in-order';
import { kubectl } from '../e2e/kubectl';
import { Manifests } from '../e2e/manifests';
import { create } from '../e2e/objects';
import { ownAddress } from '../e2e/own-address';
import { Sandbox } from '../e2e/sandbox';
import { selfSigned } from '../logging/key-pair';
import { numbers, record } from '../logging/scene';
import { OpenSearch, savedSearches } from './opensearch/opensearch';
import { TlsProxy } from './opensearch/tls-proxy';

const NAMESPACE = 'parts-opensearch';
const OLD = `${NAMESPACE}-old`;
const STREAM = 'logs-openhands-parts';
const USER = { username: 'openhands', password: 'a $ecret of tests' };
/** An outage. */
const AWAY_SECONDS = 60;

const ofPod = (uid: string) => ({ term: { 'kubernetes.pod.uid': uid } });

describe('the logs of sandboxes in OpenSearch', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openhands-opensearch-'));
  const step = stepsIn(NAMESPACE);
  const openSearch = new OpenSearch();
  const session = { session: 'demo', workload: 'Deployment' } as const;
  const today = new Sandbox({ ...session, namespace: NAMESPACE, program: agentServer });
  const before = new Sandbox({ ...session, namespace: OLD, program: actionExecutionServer });
  const manifests: Manifests[] = [];
  let proxy: TlsProxy;
  let pod: string;

  const profile = (namespace: string, contract: string) => `
    [kubernetes]
    namespace = "${namespace}"
    ${namespace === OLD ? '[sandbox]\nruntime_container_image = "docker.openhands.dev/openhands/runtime:0.62-nikolaik"' : ''}
    [deploy]
    extends = "${join(__dirname, '../e2e/profiles/logging.toml')}"
    contract = "${contract}"
    [deploy.logging]
    handlers = ["console", "elasticsearch"]
    [deploy.logging.elasticsearch]
    url = "${proxy.url}"
    own_ca = true
    data_stream = "${STREAM}"`;

  const collectorIn = (namespace: string) => [`--namespace=${namespace}-logging`, 'daemonset/openhands-logs'];

  /** Say something as the sandbox's program does, on its container's stderr. */
  const print = (line: string) =>
    kubectl(
      'exec',
      'deployment/openhands-runtime-demo',
      `--namespace=${NAMESPACE}`,
      '--',
      'sh',
      '-c',
      'printf "%s\\n" "$1" >/proc/1/fd/2',
      'sh',
      line,
    );

  /** The messages that are numbers, of what {@link print} has said. */
  const stored = async (): Promise<string[]> =>
    (await openSearch.documents(STREAM, { bool: { filter: [ofPod(pod), { term: { 'log.logger': 'parts' } }] } }))
      .map(({ message }) => String(message))
      .sort((a, b) => Number(a) - Number(b));
  const say = (number: number) => print(record(String(number)).replace('"openhands"', '"parts"'));
  const areStored = (count: number) =>
    eventually(async () => (await stored()).join(), numbers(count).join(), 120).then((it) => it.split(','));

  beforeAll(async () => {
    const address = await ownAddress();
    const keyPair = selfSigned(folder, address);
    proxy = new TlsProxy({ keyPair, address, target: openSearch.url, ...USER });
    await proxy.start();
    await openSearch.remove(STREAM);
    await openSearch.addTemplate();
    for (const [namespace, contract] of [
      [NAMESPACE, 'agent-server'],
      [OLD, 'action-execution-server'],
    ] as const) {
      const file = join(folder, `${contract}.toml`);
      writeFileSync(file, profile(namespace, contract));
      const made = Manifests.ofProfile(file);
      manifests.push(made);
      await made.apply();
      await create({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'openhands-elasticsearch', namespace: `${namespace}-logging` },
        stringData: { ...USER, 'ca.crt': keyPair.cert },
      });
    }
    await Promise.all([
      today.ready(),
      before.ready(),
      ...[NAMESPACE, OLD].map((it) => kubectl('rollout', 'status', ...collectorIn(it), '--timeout=180s')),
    ]);
    pod = await today.podUid();
  }, 600_000);

  afterAll(async () => {
    for (const it of manifests) await it.cleanUp();
    await proxy?.stop();
    await openSearch.remove(STREAM);
    rmSync(folder, { recursive: true });
  });

  step('arrive of both programs, over TLS and with a password, in one data stream', async () => {
    const datasets = async () => {
      const found = await Promise.all(
        [today, before].map(async (it) => (await openSearch.documents(STREAM, ofPod(await it.podUid())))[0]),
      );
      return found.map((it) => (it?.event as { dataset: string } | undefined)?.dataset).join();
    };
    const both = 'openhands.agent_server,openhands.action_execution_server';

    expect(await eventually(() => datasets().catch(() => ''), both, 90)).toBe(both);
    expect(await openSearch.indices(STREAM)).toEqual([`.ds-${STREAM}-000001`]);
  });

  step('are found by the fields that docs/logging.md names', async () => {
    await print(record('no disk').replace('"INFO"', '"ERROR"'));
    const filter = [{ term: { 'openhands.session': 'demo' } }, { term: { 'log.level': 'ERROR' } }, ofPod(pod)];
    const messages = async () =>
      (await openSearch.documents(STREAM, { bool: { filter } })).map(({ message }) => String(message));

    expect(await eventually(async () => (await messages()).includes('no disk'), true, 60)).toBe(true);
  });

  step('are in the order in which they were said, to the nanosecond', async () => {
    const times = (await openSearch.documents(STREAM, ofPod(pod))).map((it) => String(it['@timestamp']));

    expect(times.length).toBeGreaterThan(5);
    expect(times).toEqual([...times].sort());
  });

  step('are in the saved searches', async () => {
    for (const { title, query } of savedSearches) {
      const found = await openSearch.documents(STREAM, { query_string: { query } });
      // Nothing was refused here: there is no proxy.
      if (title.includes('errors') || title.includes('starts'))
        expect([title, found.length > 0]).toEqual([title, true]);
    }
  });

  step(
    'are all there once, after OpenSearch was away for a minute and the collector was killed meanwhile',
    async () => {
      await say(0);
      expect(await areStored(1)).toEqual(numbers(1));
      await proxy.stop();
      const back = performance.now() + AWAY_SECONDS * 1000;
      for (let number = 1; number < 30; number += 1) {
        await say(number);
        if (number === 15) await kill();
      }
      await setTimeout(Math.max(0, back - performance.now()));
      await proxy.start();

      expect(await areStored(30)).toEqual(numbers(30));
    },
  );

  step('are there once when an answer is lost and they are sent again', async () => {
    proxy.isSilent = true;
    for (let number = 30; number < 35; number += 1) await say(number);
    expect(await eventually(async () => proxy.silenced >= 2, true, 90)).toBe(true);
    proxy.isSilent = false;

    expect(await areStored(35)).toEqual(numbers(35));
  });

  step('go when their index does: a new one is begun, and the old one deleted', async () => {
    await openSearch.ask('POST', `${STREAM}/_rollover`, { conditions: { max_age: '0s' } });
    await say(35);
    const found = async () => (await stored()).length;
    expect(await eventually(found, 36, 60)).toBe(36);
    await openSearch.ask('DELETE', `.ds-${STREAM}-000001`);

    expect(await stored()).toEqual(['35']);
    expect(await openSearch.indices(STREAM)).toEqual([`.ds-${STREAM}-000002`]);
  });

  step('were none of them refused: the collector says no error but that OpenSearch was away', async () => {
    const { stdout } = await kubectl('logs', ...collectorIn(NAMESPACE), '--tail=-1');

    expect(stdout).not.toContain('failed to index document');
  });

  /** End the collector's Pod at once: it has no time to write anything down. */
  async function kill(): Promise<void> {
    const selector = '--selector=app.kubernetes.io/name=openhands-logs';
    await kubectl('delete', 'pod', `--namespace=${NAMESPACE}-logging`, selector, '--grace-period=0', '--force');
  }
});
