import { diagnose } from './diagnosis';
import { sentence } from './sentence';

/** A `test`. */
export type Step = (name: string, act: () => Promise<void>) => void;

/**
 * Tests that build on each other. The first that fails shows what the namespace looks like while it is still there, and
 * those after it are not tried.
 */
export function stepsIn(namespace: string): Step {
  let failed: string | undefined;
  return (name, act) =>
    test(name, async () => {
      if (failed) throw sentence(`not tried, because this failed: ${failed}`);
      try {
        await act();
      } catch (error) {
        failed = name;
        await diagnose(namespace);
        throw error;
      }
    });
}
