import { setTimeout } from 'node:timers/promises';

/**
 * Ask until the answer is the wanted one: policies and endpoints take a moment to be known everywhere. The longer it
 * takes, the less often: who asks takes CPU from what is waited for.
 */
export async function eventually<T>(ask: () => Promise<T>, wanted: T, seconds = 90): Promise<T> {
  const start = performance.now();
  for (;;) {
    const answer = await ask();
    const passed = performance.now() - start;
    if (answer === wanted || passed > seconds * 1000) return answer;
    await setTimeout(Math.min(250 + passed / 10, 1500));
  }
}
