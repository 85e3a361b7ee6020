import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Elasticsearch, type Document } from '../logging/elasticsearch';
import { selfSigned } from '../logging/key-pair';
import { actionExecutionServer } from './action-execution-server';
import { agentServer } from './agent-server';
import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests } from './manifests';
import { create } from './objects';
import { ownAddress } from './own-address';
import { Sandbox } from './sandbox';

describe.each([
  [
    'agent-server',
    'DaemonSet',
    agentServer,
    { said: '"GET /alive HTTP/1.1" 200', logger: 'uvicorn.access', dataset: 'openhands.agent_server' },
  ],
  [
    'action-execution-server',
    'DaemonSet',
    actionExecutionServer,
    { said: 'Server info endpoint response', logger: 'openhands', dataset: 'openhands.action_execution_server' },
  ],
  [
    'agent-server',
    'Sidecar',
    agentServer,
    { said: 'Application startup complete.', logger: 'uvicorn.error', dataset: 'openhands.agent_server' },
  ],
] as const)('the logs of a sandbox of the %s, by a %s', (contract, collector, program, { said, logger, dataset }) => {
  const folder = mkdtempSync(join(tmpdir(), 'openhands-e2e-'));
  const namespace = `e2e-logging-${contract === 'agent-server' ? 'new' : 'old'}-${collector.toLowerCase()}`;
  const step = stepsIn(namespace);
  const sandbox = new Sandbox({ namespace, session: 'demo', workload: 'Deployment', program });
  let elasticsearch: Elasticsearch;
  let manifests: Manifests;

  const profile = (url: string) => `
    [kubernetes]
    namespace = "${namespace}"
    ${
      contract === 'agent-server'
        ? ''
        : '[sandbox]\nruntime_container_image = "docker.openhands.dev/openhands/runtime:0.62-nikolaik"'
    }
    [deploy]
    extends = "${join(__dirname, 'profiles/logging.toml')}"
    contract = "${contract}"
    [deploy.logging]
    handlers = ["console", ${collector === 'Sidecar' ? '"file", ' : ''}"elasticsearch"]
    [deploy.logging.elasticsearch]
    url = "${url}"
    own_ca = true
    collector = "${collector}"`;

  beforeAll(async () => {
    const address = await ownAddress();
    const keyPair = selfSigned(folder, address);
    elasticsearch = new Elasticsearch(keyPair, address);
    await elasticsearch.start();
    const file = join(folder, 'config.toml');
    writeFileSync(file, profile(`https://${address}:${elasticsearch.port}`));
    manifests = Manifests.ofProfile(file);
    await manifests.apply();
    await create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'openhands-elasticsearch',
        namespace: collector === 'DaemonSet' ? `${namespace}-logging` : namespace,
      },
      stringData: { ...Elasticsearch.user, 'ca.crt': keyPair.cert },
    });
    await sandbox.ready();
    pod = await sandbox.podUid();
  });

  afterAll(async () => {
    await manifests?.cleanUp();
    await elasticsearch?.stop();
    rmSync(folder, { recursive: true });
  });

  let pod: string;
  /** Of this Pod: the node may still have kept some for us of a run before. */
  const documents = () =>
    (elasticsearch.documents as (Document & { kubernetes: { pod: { uid: string } } })[]).filter(
      (it) => it.kubernetes.pod.uid === pod,
    );
  const find = (text: string) => documents().find(({ message }) => String(message).includes(text));

  // A sidecar is Ready with its sandbox.
  if (collector === 'DaemonSet')
    step('the collector is Ready on the node', async () => {
      await kubectl(
        'rollout',
        'status',
        'daemonset/openhands-logs',
        `--namespace=${namespace}-logging`,
        '--timeout=120s',
      );
    });

  step('arrive with the session, the Pod and the node', async () => {
    await eventually(async () => find(said) !== undefined, true, 120);

    expect(documents().length).toBeGreaterThan(5);
    for (const document of documents()) {
      expect(document).toMatchObject({
        event: { dataset },
        openhands: { session: 'demo' },
        kubernetes: {
          namespace,
          pod: { uid: pod, name: expect.stringContaining('openhands-runtime-demo-') },
          node: { name: expect.any(String) },
          container: { name: 'runtime' },
        },
      });
    }
    expect(find(said)).toMatchObject({ log: { level: 'INFO', logger } });
  });

  if (collector === 'Sidecar') return;

  step('what is said while the collector is away arrives when it is back, and is there once', async () => {
    const inNamespace = ['--namespace', `${namespace}-logging`];
    await elasticsearch.stop();
    await setTimeout(10_000);
    await kubectl('delete', 'pod', '--selector=app.kubernetes.io/name=openhands-logs', ...inNamespace);
    await kubectl('rollout', 'status', 'daemonset/openhands-logs', ...inNamespace, '--timeout=120s');
    const { stdout } = await kubectl(
      'logs',
      `--namespace=${namespace}`,
      'deployment/openhands-runtime-demo',
      '--timestamps',
    );
    const times = stdout
      .split('\n')
      .filter((line) => line.includes(said))
      // A document's time has no zeros at its end.
      .map((line) => line.slice(0, line.indexOf(' ')).replace(/0+Z$/, 'Z'));
    await elasticsearch.start();
    const stored = () =>
      documents()
        .filter(({ message }) => String(message).includes(said))
        .map((it) => it['@timestamp']);
    await eventually(async () => times.every((it) => stored().includes(it)), true, 150);

    expect(stored()).toEqual(expect.arrayContaining(times));
    expect(new Set(stored()).size).toBe(stored().length);
  });

  step('say nothing but warnings of the collector', async () => {
    const inNamespace = `--namespace=${namespace}-logging`;
    // Another test's simulated nodes have one too, which says nothing.
    const onTheNode = `--field-selector=spec.nodeName=${await sandbox.nodeName()}`;
    const name = (await kubectl('get', 'pods', inNamespace, onTheNode, '-o=name')).stdout.trim();
    const { stdout } = await kubectl('logs', name, inNamespace);
    const levels = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { level: string; msg: string })
      .filter(({ level }) => level === 'error');

    expect(levels).toEqual([]);
  });
});
