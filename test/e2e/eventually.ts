import { setTimeout } from 'node:timers/promises';

/** Ask until the answer is the wanted one: policies and endpoints take a moment to be known everywhere. */
export async function eventually<T>(ask: () => Promise<T>, wanted: T, seconds = 90): Promise<T> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer === wanted || performance.now() > end) return answer;
    await setTimeout(500);
  }
}
