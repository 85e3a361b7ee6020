/** The plugin that enforces NetworkPolicies takes a moment to know a new Pod, which reaches nobody until then. */
const KNOWN_AFTER_MS = 15_000;
const PAUSE_MS = 500;

/**
 * fetch, and again while this Pod may be too new to reach anybody. Only for what may be asked twice.
 *
 * @throws Error with why the connection failed
 */
export async function fetchPatiently(url: string, init: () => RequestInit): Promise<Response> {
  for (;;) {
    try {
      return await fetch(url, { ...init(), redirect: 'error' });
    } catch (error) {
      // Since the start of this process.
      if (performance.now() > KNOWN_AFTER_MS) {
        // What fetch itself says is no more than that it failed.
        throw (error as Error).cause ?? error;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
