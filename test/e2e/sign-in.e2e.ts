import { createHmac } from 'node:crypto';
import type { BrowserContext, Cookie } from 'playwright-core';
import { agentServer } from './agent-server';
import { Browser } from './browser';
import { CanvasPage } from './canvas-page';
import { selfSigned } from './certificate';
import { command } from './command';
import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests } from './manifests';
import { create, discard, namespace } from './objects';
import { Peer } from './peer';
import { Sandbox } from './sandbox';
import { sentence } from './sentence';
import { SignInPage } from './sign-in-page';
import { StandInIssuer } from './stand-in-issuer';
import { visit, type Answer } from './visitor';

const NAMESPACE = 'e2e-sign-in';
const ELSEWHERE = 'e2e-sign-in-elsewhere';

type Session = 'alice' | 'bob';
const hostOf = (session: Session) => `${session}.sign-in.localhost`;
const addressOf = (session: Session) => `https://${hostOf(session)}/`;
const callbackOf = (session: Session) => `${addressOf(session)}oauth2/callback`;
const cookieName = (session: Session) => `__Host-openhands-sign-in-${session}`;

const CLIENT = { id: 'openhands', secret: 'the-secret-of-openhands' };
const ANOTHER = { id: 'another', secret: 'the-secret-of-another' };
const ALICE = 'alice@example.com';
const BOB = 'bob@example.com';

/** Answers 200 to whoever shows the session's key. */
const API = '/api/conversations/count';
const WEB_SOCKET = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': Buffer.from('sixteen-bytes---').toString('base64'),
};
const SOCKET = '/sockets/bash-events';

/** As oauth2-proxy signs: value, seconds since 1970, and a signature over both and the cookie's name. */
function signed(secret: string, name: string, value: string, seconds: number): string {
  const digest = createHmac('sha256', secret).update(`${name}${value}${seconds}`).digest('base64');
  return `${value}|${seconds}|${digest.replaceAll('+', '-').replaceAll('/', '_')}`;
}

describe('signing in', () => {
  const manifests = Manifests.ofTestProfile('sign-in.toml');
  const issuer = new StandInIssuer({
    namespace: 'e2e-sign-in-issuer',
    clients: [
      { ...CLIENT, redirects: [callbackOf('alice'), callbackOf('bob')] },
      { ...ANOTHER, redirects: [callbackOf('alice')] },
    ],
    groups: { [BOB]: ['platform'], [ALICE]: ['guests'] },
  });
  const { certificate, secret: tls } = selfSigned([hostOf('alice'), hostOf('bob')], 'e2e-tls', NAMESPACE);
  const stranger = new Peer({ namespace: ELSEWHERE, name: 'stranger' });
  const sandbox = new Sandbox({ namespace: NAMESPACE, session: 'alice', workload: 'Deployment', program: agentServer });
  const step = stepsIn(NAMESPACE);
  let browser: Browser;
  let alice: BrowserContext;
  let canvas: CanvasPage;
  let key: string;
  let cookieSecret: string;
  /** Alice's, of her own session. */
  let cookie: Cookie;

  const secretEntry = async (name: string, entry: string) => {
    const template = `-o=go-template={{ index .data "${entry}" | base64decode }}`;
    return (await kubectl('get', 'secret', name, `--namespace=${NAMESPACE}`, template)).stdout;
  };

  /** Ask without a browser, through the ingress controller. A controller that is just being told is asked again. */
  const ask = (session: Session, path: string, headers: Record<string, string> = {}): Promise<Answer> =>
    visit({ host: hostOf(session), path, headers, certificate });
  const statusOf = async (...which: Parameters<typeof ask>): Promise<number> =>
    ask(...which).then(
      ({ status }) => status,
      () => 0,
    );
  const withCookie = (value: string, session: Session = 'alice') => ({ Cookie: `${cookieName(session)}=${value}` });

  /** The page, the API and a WebSocket: what each answers. */
  const answersTo = async (session: Session, headers: Record<string, string>): Promise<number[]> => [
    await statusOf(session, '/canvas/', headers),
    await statusOf(session, API, { 'X-Session-API-Key': key, ...headers }),
    await statusOf(session, SOCKET, { 'X-Session-API-Key': key, ...WEB_SOCKET, ...headers }),
  ];
  /** 403 is the status of the page that asks to sign in. */
  const NOT_SIGNED_IN = [403, 401, 401];
  const FORBIDDEN = [403, 403, 403];
  const LET_IN = [200, 200, 101];

  /** Ask until the answers are these: policies, endpoints and certificates take a moment to be known everywhere. */
  const expectAnswers = async (session: Session, headers: Record<string, string>, wanted: readonly number[]) => {
    const got = await eventually(
      async () => JSON.stringify(await answersTo(session, headers)),
      JSON.stringify(wanted),
      120,
    );
    expect(JSON.parse(got)).toEqual(wanted);
  };

  const rolledOut = (...names: string[]) =>
    Promise.all(
      names.map((it) => kubectl('rollout', 'status', `deployment/${it}`, `--namespace=${NAMESPACE}`, '--timeout=180s')),
    );

  afterAll(async () => {
    await browser?.close();
    await manifests.cleanUp();
    await issuer.stop();
    await discard(namespace(ELSEWHERE));
  });

  step(
    'an issuer and two sessions come up, with a Secret made by hand and those that `npm run keys` makes',
    async () => {
      await Promise.all([issuer.start(), create(namespace(ELSEWHERE)).then(() => stranger.start())]);
      await manifests.apply();
      await create(tls, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'openhands-sign-in', namespace: NAMESPACE },
        stringData: { 'client-id': CLIENT.id, 'client-secret': CLIENT.secret, 'ca.crt': issuer.certificate },
      });
      expect(await command('keys', manifests.folder)).toMatchObject({ status: 0 });
      await rolledOut(
        'openhands-sign-in-alice',
        'openhands-sign-in-bob',
        'openhands-canvas-alice',
        'openhands-canvas-bob',
      );
      await sandbox.ready();
      key = await secretEntry('openhands-session-keys', 'alice.api-key');
      cookieSecret = await secretEntry('openhands-sign-in-cookie', 'cookie-secret');
    },
  );

  step('whoever is not signed in gets no page, no API and no web socket, not even with the key', async () => {
    await expectAnswers('alice', {}, NOT_SIGNED_IN);
  });

  step('headers that pretend change nothing', async () => {
    await expectAnswers(
      'alice',
      {
        'X-Forwarded-User': ALICE,
        'X-Forwarded-Email': ALICE,
        'X-Forwarded-Groups': 'platform',
        'X-Auth-Request-Email': ALICE,
        'X-Forwarded-Uri': '/oauth2/ping',
        'X-Real-IP': '127.0.0.1',
        Authorization: `Basic ${Buffer.from(`${ALICE}:any`).toString('base64')}`,
      },
      NOT_SIGNED_IN,
    );
  });

  step('alice signs in to her session, and its page does not ask her for a key', async () => {
    browser = await Browser.start({
      443: { namespace: 'traefik', resource: 'deployment/traefik', port: 443 },
      ...issuer.forward,
    });
    alice = await browser.newPerson();
    const way = await SignInPage.open(alice, addressOf('alice'));
    await way.signInAs(ALICE);
    canvas = await CanvasPage.on(way.page);

    await canvas.keyIsAccepted().catch(async (error: Error) => {
      throw sentence(`${error.message}\nThe page at ${way.page.url()} shows:\n${await canvas.text()}`);
    });
    expect(new URL(way.page.url()).host).toBe(hostOf('alice'));
  });

  step('her cookie is of this host alone, over https, out of the reach of scripts, and short-lived', async () => {
    const cookies = await alice.cookies(addressOf('alice'));
    cookie = cookies.find(({ name }) => name === cookieName('alice'))!;

    expect(cookie).toMatchObject({ domain: hostOf('alice'), path: '/', secure: true, httpOnly: true, sameSite: 'Lax' });
    expect(cookie.expires - Date.now() / 1000).toBeLessThanOrEqual(3600);
  });

  step('with it, the page, the API and the web socket answer, and the API only with the key', async () => {
    await expectAnswers('alice', withCookie(cookie.value), LET_IN);
    expect(await statusOf('alice', API, withCookie(cookie.value))).toBe(401);
  });

  step('she is refused at bob’s session', async () => {
    const way = await SignInPage.open(alice, addressOf('bob'));
    await way.signInAgain();

    await way.isForbidden();
    expect((await alice.cookies(addressOf('bob'))).map(({ name }) => name)).not.toContain(cookieName('bob'));
    await way.page.close();
  });

  step('her cookie is none at bob’s session, under its own name or under bob’s', async () => {
    await expectAnswers('bob', withCookie(cookie.value, 'alice'), NOT_SIGNED_IN);
    await expectAnswers('bob', withCookie(cookie.value, 'bob'), NOT_SIGNED_IN);
  });

  step('a forged cookie is refused, and one that has expired', async () => {
    const [value, seconds] = cookie.value.split('|') as [string, string];
    const made = (secret: string, at: number) => withCookie(signed(secret, cookieName('alice'), value, at));
    const now = Number(seconds);

    // Made the same way with the right secret and time, it is the very cookie.
    expect(signed(cookieSecret, cookieName('alice'), value, now)).toBe(cookie.value);
    await expectAnswers('alice', made('another secret of 32 characters..', now), NOT_SIGNED_IN);
    await expectAnswers('alice', made(cookieSecret, now - 3700), NOT_SIGNED_IN);
    await expectAnswers('alice', made(cookieSecret, now), LET_IN);
  });

  step('what the issuer gives to another client does not sign anybody in', async () => {
    const { headers } = await ask('alice', '/oauth2/start');
    const address = new URL(headers.location!);
    // The browser asks for the other client in the place of ours, with everything else as it was.
    address.searchParams.set('client_id', ANOTHER.id);
    const person = await browser.newPerson();
    await person.addCookies(
      headers['set-cookie']!.map((it) => {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(it)!;
        return { name: name!, value: value!, url: addressOf('alice') };
      }),
    );
    const way = await SignInPage.open(person, address.href);
    await way.identify(ALICE);

    await way.isRefused();
    expect(new URL(way.page.url()).pathname).toBe('/oauth2/callback');
    expect((await person.cookies(addressOf('alice'))).map(({ name }) => name)).not.toContain(cookieName('alice'));
    await person.close();
  });

  step('people are sent back to the session’s own address, whatever a request claims', async () => {
    const claims = { 'X-Forwarded-Host': 'elsewhere.example', 'X-Forwarded-Proto': 'http', 'X-Forwarded-Uri': '/x' };
    const { status, headers } = await ask('alice', '/oauth2/start?rd=https://elsewhere.example/', claims);
    const asked = new URL(headers.location!).searchParams;

    expect(status).toBe(302);
    expect(asked.get('redirect_uri')).toBe(callbackOf('alice'));
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(decodeURIComponent(asked.get('state')!)).toMatch(/:\/$/);
  });

  step('the issuer sends nobody back to another host', async () => {
    const person = await browser.newPerson();
    const page = await person.newPage();
    const query = new URLSearchParams({
      client_id: CLIENT.id,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: 'https://elsewhere.example/oauth2/callback',
    });
    await page.goto(`${issuer.issuer}/auth?${query.toString()}`);

    expect(await page.textContent('body')).toContain('invalid_redirect_uri');
    await person.close();
  });

  step('no other Pod reaches the Canvas behind it, the ingress controller’s neither', async () => {
    const service = ['service', 'openhands-canvas-alice', `--namespace=${NAMESPACE}`];
    const address = (await kubectl('get', ...service, '-o=jsonpath={.spec.clusterIP}')).stdout;
    expect(await eventually(() => stranger.reaches(address, 8000), false)).toBe(false);

    const policy = `networkpolicy/openhands-canvas-alice`;
    const controllers = await kubectl('get', policy, `--namespace=${NAMESPACE}`, '-o=jsonpath={.spec.ingress[*].from}');
    expect(JSON.parse(controllers.stdout)).toEqual([
      { podSelector: { matchLabels: { app: 'openhands-sign-in', session: 'alice' } } },
    ]);
  });

  step('she signs out, and is out', async () => {
    const page = await alice.newPage();
    await page.goto(`${addressOf('alice')}oauth2/sign_out?rd=https://elsewhere.example/`);
    await (await SignInPage.open(alice, addressOf('alice'))).asksToSignIn();

    expect(new URL(page.url()).host).toBe(hostOf('alice'));
    expect((await alice.cookies(addressOf('alice'))).map(({ name }) => name)).not.toContain(cookieName('alice'));
  });

  step('bob signs in by his group', async () => {
    const bob = await browser.newPerson();
    const way = await SignInPage.open(bob, addressOf('bob'));
    await way.signInAs(BOB);
    await way.page.waitForURL(/\/canvas\//);

    expect((await bob.cookies(addressOf('bob'))).map(({ name }) => name)).toContain(cookieName('bob'));
  });

  step('an owner who is taken off the list is refused with the cookie that is still good', async () => {
    const patch = JSON.stringify({ data: { emails: `${BOB}\n` } });
    await kubectl('patch', 'configmap', 'openhands-sign-in-alice', `--namespace=${NAMESPACE}`, `--patch=${patch}`);
    await kubectl('rollout', 'restart', 'deployment/openhands-sign-in-alice', `--namespace=${NAMESPACE}`);
    await rolledOut('openhands-sign-in-alice');

    await expectAnswers('alice', withCookie(cookie.value), FORBIDDEN);
  });

  step('without the Canvas’s policy the stranger reaches it, so it was the policy', async () => {
    const service = ['service', 'openhands-canvas-alice', `--namespace=${NAMESPACE}`];
    const address = (await kubectl('get', ...service, '-o=jsonpath={.spec.clusterIP}')).stdout;
    await kubectl('delete', 'networkpolicy', '--all', `--namespace=${NAMESPACE}`);

    expect(await eventually(() => stranger.reaches(address, 8000), true, 60)).toBe(true);
  });
});
