import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Scene } from './scene';

let scene: Scene;
let file: string;

beforeAll(async () => {
  scene = new Scene({
    settings: 'collector = "Sidecar"',
    env: {
      POD_NAMESPACE: 'openhands',
      POD_NAME: Scene.POD,
      POD_UID: '0b0e3a3c-6f2d-4a6e-9a61-1f4f6f2f9d11',
      NODE_NAME: 'node-1',
      SESSION: 'demo',
      POOL: '',
    },
  });
  mkdirSync(join(scene.folder, 'workspace', 'logs'), { recursive: true });
  file = join(scene.folder, 'workspace', 'logs', 'app.log');
  write('2026-01-02 03:04:05,678', 'first');
  await scene.begin();
});
afterAll(() => scene.end());

const write = (asctime: string, message: string) =>
  appendFileSync(
    file,
    `${JSON.stringify({ asctime, levelname: 'INFO', name: 'openhands.x', filename: 'x.py', lineno: 1, message })}\n`,
  );

test("a record of the handler's file has the Pod that it is read in, and the program's own time", async () => {
  expect(await scene.documents(1)).toEqual([
    {
      '@timestamp': '2026-01-02T03:04:05.678Z',
      message: 'first',
      log: { level: 'INFO', logger: 'openhands.x', origin: { file: { name: 'x.py', line: 1 } } },
      ecs: { version: '8.17.0' },
      event: { dataset: 'openhands.agent_server' },
      service: { name: 'openhands-runtime' },
      openhands: { session: 'demo' },
      kubernetes: {
        namespace: 'openhands',
        pod: { name: Scene.POD, uid: '0b0e3a3c-6f2d-4a6e-9a61-1f4f6f2f9d11' },
        node: { name: 'node-1' },
        container: { name: 'runtime' },
      },
    },
  ]);
});

test('a new day is a new file, and neither is read twice', async () => {
  write('2026-01-02 23:59:59,999', 'second');
  await scene.collector.stop();
  write('2026-01-02 23:59:59,999', 'third');
  renameSync(file, `${file}.2026-01-02`);
  write('2026-01-03 00:00:00,000', 'fourth');
  await scene.collector.start();
  const documents = await scene.documents(4);

  expect(documents.map(({ message }) => message)).toHaveLength(4);
  expect(documents.map(({ message }) => message)).toEqual(
    expect.arrayContaining(['first', 'second', 'third', 'fourth']),
  );
});

test('what is said twice in a millisecond is there twice', async () => {
  write('2026-01-03 00:00:01,000', 'again');
  write('2026-01-03 00:00:01,000', 'again');
  const documents = await scene.documents(6);

  expect(documents.filter(({ message }) => message === 'again')).toHaveLength(2);
});

test('what is no record, or has no time, has the time at which it was read', async () => {
  appendFileSync(file, '{"message": "timeless"}\n');
  await scene.documents(7);
  const [document] = scene.elasticsearch.documents.filter(({ message }) => message === 'timeless');
  const age = Date.now() - Date.parse(document!['@timestamp'] as string);

  expect(age).toBeGreaterThanOrEqual(0);
  expect(age).toBeLessThan(60_000);
});

test('a link out of the folder is not followed, to the password or anywhere', async () => {
  const { folder, elasticsearch } = scene;
  const before = elasticsearch.documents.length;
  mkdirSync(join(folder, 'workspace', 'logs', 'app.log.folder'));
  for (const place of ['secret', 'workspace/app.log', 'workspace/logs/app.log.folder/app.log']) {
    writeFileSync(join(folder, place), `a secret in ${place}, long enough to be read\n`);
    symlinkSync(join(folder, place), `${file}.${place.replaceAll('/', '-')}`);
  }
  symlinkSync(join('..', '..', 'secret'), `${file}.relative`);
  await setTimeout(5000);
  write('2026-01-03 00:00:02,000', 'after the links');
  await scene.documents(before + 1);
  await setTimeout(8000);

  expect(elasticsearch.documents).toHaveLength(before + 1);
  expect(JSON.stringify(elasticsearch.documents)).not.toContain('secret');
});

test('a file that becomes a link is not followed either', async () => {
  const { folder, elasticsearch } = scene;
  const before = elasticsearch.documents.length;
  const other = `${file}.other`;
  writeFileSync(other, '{"message": "a file of its own"}\n');
  await scene.documents(before + 1);
  writeFileSync(join(folder, 'longer'), '{"message": "a file of its own"}\n{"message": "a secret"}\n');
  rmSync(other);
  symlinkSync(join(folder, 'longer'), other);
  await setTimeout(8000);

  expect(elasticsearch.documents).toHaveLength(before + 1);
});
