import { stepsIn } from './in-order';
import { create, namespace, sessionKeys } from './objects';
import { clientNamespace, sandbox, Scenario, verify } from './verify-scenario';

describe('verify, of a sandbox that is ready', () => {
  const scenario = new Scenario('verify-ready');
  const step = stepsIn(scenario.namespace);

  beforeAll(async () => {
    await create(namespace(scenario.namespace), sessionKeys(scenario.namespace, 'demo'));
    await scenario.apply([...sandbox(scenario.namespace, { canvas: true }), clientNamespace(scenario.namespace)]);
    await verify(scenario.folder, ['--timeout', '180s']);
  });
  afterAll(() => scenario.cleanUp());

  step('takes less than 15 s', async () => {
    const started = performance.now();
    const { status, output } = await verify(scenario.folder, []);
    const seconds = (performance.now() - started) / 1000;
    process.stderr.write(`    verified in ${seconds.toFixed(1)} s\n`);

    expect(output).toMatch(/^verified: 2 workloads/m);
    expect(status).toBe(0);
    expect(seconds).toBeLessThan(15);
  });
});
