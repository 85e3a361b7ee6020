import { Scene } from './scene';
import { ContainerLog } from './node-files';
import type { Document } from './elasticsearch';

const TIME = '"asctime":"2026-11-28 00:41:54,150"';
const REFUSED = `{${TIME},"levelname":"WARNING","name":"egress","message":"refused CONNECT other.example.com:443: name-not-listed","http.client_ip":"10.244.0.187","http.method":"CONNECT","http.url":"other.example.com:443","http.status_code":403}`;
const PASSED = `{${TIME},"levelname":"INFO","name":"egress","message":"CONNECT api.github.com:443: 4810 bytes in 62 ms","http.client_ip":"10.244.0.187","http.method":"CONNECT","http.url":"api.github.com:443","http.status_code":200}`;

const TABLES = '[deploy.network.egress]\nsets = ["github"]\n[deploy.monitoring]\n';

const scene = new Scene({ tables: TABLES });
let documents: Document[];

beforeAll(async () => {
  const proxy = new ContainerLog(scene.pods, 'openhands-egress-7bfbd447c4-rrd46', 'squid', 'openhands-system');
  proxy.print(`2026/11/28 00:41:32| Starting Squid Cache\n${REFUSED}\n${PASSED}\n${REFUSED}`);
  scene.log.print('{"levelname": "WARNING", "name": "egress", "message": "a sandbox says so"}');
  await scene.begin();
  documents = await scene.documents(5);
});
afterAll(() => scene.end());

test('what the egress proxy refused is a document with who asked for what', () => {
  expect(documents.find(({ message }) => String(message).startsWith('refused'))).toMatchObject({
    message: 'refused CONNECT other.example.com:443: name-not-listed',
    log: { level: 'WARNING', logger: 'egress' },
    client: { address: '10.244.0.187' },
    http: { request: { method: 'CONNECT' }, response: { status_code: 403 } },
    url: { original: 'other.example.com:443' },
    event: { dataset: 'openhands.egress' },
    service: { name: 'openhands-egress' },
    kubernetes: { namespace: 'openhands-system', container: { name: 'squid' } },
  });
});

test('so is what it let through, and what it says of itself', () => {
  const messages = documents.filter(({ service }) => (service as Document).name === 'openhands-egress');

  expect(messages.map(({ message }) => message).sort()).toEqual([
    '2026/11/28 00:41:32| Starting Squid Cache',
    'CONNECT api.github.com:443: 4810 bytes in 62 ms',
    'refused CONNECT other.example.com:443: name-not-listed',
    'refused CONNECT other.example.com:443: name-not-listed',
  ]);
});

test('a sandbox does not speak for the proxy', () => {
  expect(documents.find(({ message }) => message === 'a sandbox says so')).toMatchObject({
    event: { dataset: 'openhands.agent_server' },
    service: { name: 'openhands-runtime' },
  });
});

test('Prometheus is told how many were refused, and a sandbox adds none', async () => {
  expect(await scene.collector.accepted('file_log/egress_refused')).toBe(2);
  expect(await scene.collector.accepted('file_log/egress')).toBe(2);
});
