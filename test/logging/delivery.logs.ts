import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { eventually } from '../e2e/eventually';
import { ContainerLog } from './node-files';
import { messagesOf, numbers, record, scenes } from './scene';

const { begin, print, stored } = scenes();

describe('Elasticsearch that is away', () => {
  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'loses nothing when the collector ends by %s meanwhile',
    async (signal) => {
      const { elasticsearch, collector } = await begin();
      await elasticsearch.stop();
      print(0, 100);
      // Read and in the queue.
      await setTimeout(8000);
      await collector.stop(signal);
      print(100, 100);
      await elasticsearch.start();
      await collector.start();

      expect(await stored(200)).toEqual(numbers(200));
      expect(elasticsearch.actions).toBe(200);
    },
  );

  test('is not asked too much of the disk: the queue is bounded, and what it does not hold is read later', async () => {
    const { elasticsearch, folder, log } = await begin('queue_size = "16Mi"');
    await elasticsearch.stop();
    const long = 'x'.repeat(10_000);
    const lines = numbers(6000).map((it) => JSON.stringify({ name: long, message: it }));
    log.print(lines.join('\n'));
    await setTimeout(20_000);
    const storage = join(folder, 'storage');
    const bytes = readdirSync(storage).reduce((sum, file) => sum + statSync(join(storage, file)).size, 0);
    await elasticsearch.start();

    expect(bytes / 2 ** 20).toBeGreaterThan(12);
    expect(bytes / 2 ** 20).toBeLessThan(40);
    expect(await stored(6000, 120)).toEqual(numbers(6000));
  });
});

test('what a killed collector leaves of its socket does not keep the next from starting', async () => {
  const { collector, folder } = await begin();
  await collector.stop('SIGKILL');
  expect(existsSync(join(folder, 'storage', 'tempdb-queue.sock'))).toBe(true);
  await collector.start();
  print(0, 10);

  expect(await stored(10)).toEqual(numbers(10));
});

test('a request whose answer is lost is sent again, and stored once', async () => {
  const { elasticsearch } = await begin();
  elasticsearch.mood = 'silent';
  print(0, 10);
  await eventually(async () => elasticsearch.actions >= 20, true);
  elasticsearch.mood = 'well';
  print(10, 1);

  expect(await stored(11)).toEqual(numbers(11));
});

test('with a wrong password nothing is stored, and nothing is lost once it is right', async () => {
  const { elasticsearch, collector } = await begin();
  await collector.stop();
  collector.setPassword('wrong');
  await collector.start();
  print(0, 10);
  await eventually(async () => elasticsearch.answers.includes(401), true);
  expect(elasticsearch.documents).toEqual([]);
  collector.setPassword("a new one, and Elasticsearch's");
  elasticsearch.password = "a new one, and Elasticsearch's";

  expect(await stored(10)).toEqual(numbers(10));
});

test('an Elasticsearch that nobody has signed for is told nothing', async () => {
  const { elasticsearch, collector, folder } = await begin();
  await collector.stop();
  await elasticsearch.restartAs(folder, 'localhost');
  await collector.start();
  print(0, 10);
  await setTimeout(10_000);

  expect(elasticsearch.answers).toEqual([]);
});

test('a file that the kubelet renames is read to its end, and the next from its start', async () => {
  const scene = await begin();
  const { collector } = scene;
  print(0, 10);
  await scene.documents(10);
  await collector.stop();
  print(10, 10);
  scene.log.rotate();
  print(20, 10);
  await collector.start();

  expect(await stored(30)).toEqual(numbers(30));
});

test("only the sandboxes' containers of the namespace are read", async () => {
  const scene = await begin();
  for (const [container, namespace] of [
    ['sidecar', 'openhands'],
    ['runtime', 'openhands-staging'],
    ['runtime', 'other'],
  ] as const) {
    new ContainerLog(scene.pods, `${namespace}-${container}`, container, namespace).print(record('another'));
  }
  print(0, 10);
  await scene.documents(10);
  await setTimeout(5000);

  expect(messagesOf(scene.elasticsearch.documents)).toEqual(numbers(10));
});
