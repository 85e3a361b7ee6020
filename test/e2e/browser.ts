import { chromium, type Browser as Chromium, type BrowserContext } from 'playwright-core';
import { forwardPort, type Forward, type Target } from './port-forward';

/** Debian's. */
const EXECUTABLE = process.env.CHROMIUM || '/usr/bin/chromium';

/** How long the page may take for one thing, in ms: it shares a small machine with the whole cluster. */
const PATIENCE = 90_000;

/** A real browser outside the cluster, for which every name leads to an ingress controller. */
export class Browser {
  private constructor(
    private readonly chromium: Chromium,
    private readonly forwards: readonly Forward[],
  ) {}

  /** @param controller the controller's ports, each by the port in an address that leads there */
  static async start(controller: Readonly<Record<number, Target>>): Promise<Browser> {
    const forwards: Forward[] = [];
    try {
      const rules: string[] = [];
      for (const [port, target] of Object.entries(controller)) {
        const forward = await forwardPort(target);
        forwards.push(forward);
        rules.push(`MAP *:${port} ${forward.address}`);
      }
      const args = [`--host-resolver-rules=${[...rules, 'MAP * ~NOTFOUND'].join(', ')}`];
      return new Browser(await chromium.launch({ executablePath: EXECUTABLE, args }), forwards);
    } catch (error) {
      await Promise.all(forwards.map((it) => it.stop()));
      throw error;
    }
  }

  /** A person who has never been here: nothing is stored. The test's own certificate is as good as another. */
  async newPerson(): Promise<BrowserContext> {
    const viewport = { width: 1280, height: 720 };
    const context = await this.chromium.newContext({ viewport, ignoreHTTPSErrors: true });
    context.setDefaultTimeout(PATIENCE);
    return context;
  }

  async close(): Promise<void> {
    await this.chromium.close();
    await Promise.all(this.forwards.map((it) => it.stop()));
  }
}
