import type { BrowserContext } from 'playwright-core';
import { agentServer } from './agent-server';
import { Browser } from './browser';
import { CanvasPage } from './canvas-page';
import { selfSigned } from './certificate';
import { command } from './command';
import { stepsIn } from './in-order';
import { KindIngressController } from './kind-ingress-controller';
import { kubectl } from './kubectl';
import { Manifests } from './manifests';
import { create, type Manifest } from './objects';
import { Sandbox } from './sandbox';
import { sentence } from './sentence';
import { StandInModel } from './stand-in-model';
import { FILE } from './stand-in-model-program';
import type { Target } from './port-forward';

interface Scenario {
  readonly profile: string;
  readonly namespace: string;
  readonly sessions: readonly [string, ...string[]];
  /** Where a person opens a session's page. */
  readonly address: (session: string) => string;
  /** What leads there, by the port of the address. */
  readonly controller: Readonly<Record<number, Target>>;
  /** An ingress controller that is made for the test. @default the cluster's own */
  readonly own?: KindIngressController;
  /** What the profile takes for granted in its namespace. */
  readonly given: readonly Manifest[];
}

const traefik = { namespace: 'traefik', resource: 'deployment/traefik' };
const kindController = new KindIngressController('e2e-canvas-traefik');
const hosts = ['alice.canvas.localhost', 'bob.canvas.localhost'];

const SCENARIOS: readonly Scenario[] = [
  {
    profile: 'canvas.toml',
    namespace: 'e2e-canvas',
    sessions: ['alice', 'bob'],
    address: (session) => `https://${session}.canvas.localhost/`,
    controller: { 443: { ...traefik, port: 443 } },
    given: [selfSigned(hosts, 'e2e-tls', 'e2e-canvas').secret],
  },
  {
    profile: 'canvas-local.toml',
    namespace: 'e2e-canvas-local',
    sessions: ['demo'],
    address: (session) => `http://${session}.canvas-local.localhost/`,
    controller: { 80: kindController.http },
    own: kindController,
    given: [],
  },
];

/** Where a picture of the first conversation is put, if it is asked for: `SCREENSHOT=docs/canvas.png npm run e2e -- canvas`. */
const SCREENSHOT = process.env.SCREENSHOT;

/** A session's key, as the page asks for it. */
async function keyOf(namespace: string, session: string): Promise<string> {
  const template = `-o=go-template={{ index .data "${session}.api-key" | base64decode }}`;
  return (await kubectl('get', 'secret', 'openhands-session-keys', `--namespace=${namespace}`, template)).stdout;
}

describe.each(SCENARIOS)('in the browser, by $profile', ({ profile, namespace, sessions, address, ...scenario }) => {
  const manifests = Manifests.ofTestProfile(profile);
  const model = new StandInModel(`${namespace}-model`);
  const [session] = sessions;
  const sandboxes = sessions.map(
    (it) => new Sandbox({ namespace, session: it, workload: 'Deployment', program: agentServer }),
  );
  const [sandbox] = sandboxes as [Sandbox];
  const inOrder = stepsIn(namespace);
  let browser: Browser;
  let person: BrowserContext;
  let canvas: CanvasPage | undefined;

  /** A step that says what the page shows when it fails. */
  const step = (name: string, act: () => Promise<void>) =>
    inOrder(name, () =>
      act().catch(async (error: Error) => {
        throw canvas ? sentence(`${error.message}\nThe page shows:\n${await canvas.text()}`) : error;
      }),
    );

  afterAll(async () => {
    await browser?.close();
    await manifests.cleanUp();
    await model.stop();
    await scenario.own?.stop();
  });

  step('the manifests are applied, and the keys are made', async () => {
    await Promise.all([model.start(), scenario.own?.start()]);
    await manifests.apply();
    if (scenario.given.length > 0) await create(...scenario.given);

    expect(await command('keys', manifests.folder)).toMatchObject({ status: 0 });
  });

  step('the page answers before the sandbox is Ready', async () => {
    const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(1);
    const started = performance.now();
    const times: string[] = [];
    const pages = sessions.map((it) =>
      kubectl('rollout', 'status', `deployment/openhands-canvas-${it}`, `--namespace=${namespace}`, '--timeout=180s'),
    );
    await Promise.all([
      Promise.all(pages).then(() => times.push(`page ${seconds(started)} s`)),
      Promise.all(sandboxes.map((it) => it.ready())).then(() => times.push(`sandbox ${seconds(started)} s`)),
    ]);
    process.stderr.write(`    ${profile}: Ready after the keys were made: ${times.join(', ')}\n`);

    expect(times[0]).toMatch(/^page/);
  });

  step('a wrong key is refused', async () => {
    browser = await Browser.start(scenario.controller);
    person = await browser.newPerson();
    canvas = await CanvasPage.open(person, address(session));
    await canvas.enterKey('a-wrong-key');

    await canvas.keyIsRefused();
  });

  step('the key that was made is accepted', async () => {
    await canvas!.enterKey(await keyOf(namespace, session));

    await canvas!.keyIsAccepted();
  });

  step('a person sets up a model and asks the agent, which runs a command', async () => {
    await canvas!.setUp({ model: model.model, baseUrl: model.baseUrl, key: 'a-key-for-the-model' });
    await canvas!.sayHello('Make a file, please.');

    expect(await canvas!.answer('message 1')).toContain('exit code 0');
    await canvas!.lastCommandIs(`echo "message 1" >> ${FILE}`);
  });

  step('the file that it made is in the file view', async () => {
    await canvas!.fileHolds(FILE, 'message 1');
    if (SCREENSHOT && scenario.own) await canvas!.screenshot(SCREENSHOT);
  });

  step('after the Pod was deleted the conversation and the file are there, and it goes on', async () => {
    const conversation = canvas!.address;
    const first = await sandbox.podUid();
    await sandbox.deletePod();
    await sandbox.ready();
    await canvas!.reachesSandbox();
    await canvas!.openAgain(conversation, 'message 1');

    expect(await sandbox.podUid()).not.toBe(first);
    await canvas!.say('Another line, please.');
    await canvas!.answer('message 2');
    await canvas!.fileHolds(FILE, 'message 2');
  });

  for (const other of sessions.slice(1)) {
    step(`the key of ${session} does not open the page of ${other}`, async () => {
      canvas = await CanvasPage.open(await browser.newPerson(), address(other));
      await canvas.enterKey(await keyOf(namespace, session));
      await canvas.keyIsRefused();
      await canvas.enterKey(await keyOf(namespace, other));

      await canvas.keyIsAccepted();
    });
  }
});
