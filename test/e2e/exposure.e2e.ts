import { agentServer } from './agent-server';
import { selfSigned } from './certificate';
import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { Manifests } from './manifests';
import { API_KEY, create, sessionKeys } from './objects';
import { Sandbox } from './sandbox';
import { visit, type Visit } from './visitor';

/** The status of the answer, or 0 where none came about. */
const statusOf = (address: Visit) => () =>
  visit(address).then(
    ({ status }) => status,
    () => 0,
  );

describe.each([
  ['an Ingress', 'exposure'],
  ['an Ingress with TLS', 'exposure-tls'],
  ['an HTTPRoute with TLS', 'exposure-route'],
])('by %s', (title, file) => {
  const namespace = `e2e-${file}`;
  // Its own names: the ingress controller has other tests' Ingresses, too.
  const editor = `demo.${file}.localhost`;
  const api = `demo-api.${file}.localhost`;
  const manifests = Manifests.ofTestProfile(`${file}.toml`);
  const step = stepsIn(namespace);
  const sandbox = new Sandbox({ namespace, session: 'demo', workload: 'Deployment', program: agentServer });
  const { certificate, secret } = selfSigned([editor, api], 'e2e-tls', namespace);
  const secure = title.includes('TLS') ? { certificate } : {};

  afterAll(() => manifests.cleanUp());

  step('a sandbox comes up with its key', async () => {
    await manifests.apply();
    await create(sessionKeys(namespace, 'demo'), secret);
    await sandbox.ready();
    await sandbox.serve(8001);
  });

  step(`http${title.includes('TLS') ? 's' : ''}://${editor} reaches the editor`, async () => {
    expect(await eventually(statusOf({ host: editor, ...secure }), 200)).toBe(200);
  });

  step(`${api} reaches the API with the key`, async () => {
    const address = { host: api, path: '/api/conversations/count', ...secure };

    expect(await eventually(statusOf({ ...address, headers: { 'X-Session-API-Key': API_KEY } }), 200)).toBe(200);
  });

  step(`${api} asks for the key`, async () => {
    expect(await eventually(statusOf({ host: api, path: '/api/conversations/count', ...secure }), 401)).toBe(401);
  });

  step('another host reaches nothing', async () => {
    expect(await eventually(statusOf({ host: `other.${file}.localhost` }), 404)).toBe(404);
  });

  if (title.includes('HTTPRoute')) {
    step('plain HTTP is sent to HTTPS', async () => {
      expect(await eventually(statusOf({ host: editor }), 301)).toBe(301);
      expect((await visit({ host: editor })).headers).toMatchObject({ location: `https://${editor}/` });
    });
  }
});
