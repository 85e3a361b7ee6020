import { setTimeout } from 'node:timers/promises';
import { numbers, scenes } from './scene';

const { begin, print, stored } = scenes();

describe('Elasticsearch that is away', () => {
  test.each([
    ['for a minute refuses connections', 'down', 60],
    ['answers 503', 503, 20],
    ['answers 429', 429, 20],
  ] as const)('and %s loses and doubles nothing', async (_, kind, seconds) => {
    const scene = await begin();
    const { elasticsearch } = scene;
    print(0, 10);
    await scene.documents(10);
    if (kind === 'down') await elasticsearch.stop();
    else elasticsearch.mood = kind;
    for (let second = 0; second < seconds; second += 1) {
      print(10 + second, 1);
      await setTimeout(1000);
    }
    elasticsearch.mood = 'well';
    if (kind === 'down') await elasticsearch.start();
    const count = 10 + seconds;

    expect(await stored(count)).toEqual(numbers(count));
    expect(elasticsearch.actions).toBe(count);
  });
});
