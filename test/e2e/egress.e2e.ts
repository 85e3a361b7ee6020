import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { agentServerWithKey } from './agent-server';
import { Client } from './conversations';
import { EgressHost } from './egress-host';
import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests } from './manifests';
import { API_KEY, create, sessionKeys } from './objects';
import { Peer } from './peer';
import { withPortForward } from './port-forward';
import { Sandbox } from './sandbox';
import { StandInModel } from './stand-in-model';

const NAMESPACE = 'e2e-egress';
const PROXY = '10.96.0.61:3128';
const CERTIFICATE = '/tmp/host.crt';

const host = new EgressHost('e2e-egress-hosts', {
  headless: ['packages', 'unlisted'],
  below: 'below',
  inside: 'inside',
  api: 'api',
});
const PACKAGES = host.host('packages');
const model = new StandInModel('e2e-egress-model');
const program = agentServerWithKey(API_KEY);
const sandbox = new Sandbox({ namespace: NAMESPACE, session: 'demo', workload: 'Deployment', program });
const stranger = new Peer({ namespace: 'e2e-egress-model', name: 'stranger' });

/** A command's output, when it succeeds. */
async function says(command: string): Promise<string> {
  const { exitCode, stdout } = await sandbox.run(`{ ${command}; } 2>&1`);
  return exitCode === 0 ? stdout : `exit code ${exitCode}: ${stdout}`;
}

/** What the proxy answers to a CONNECT: 200 when it lets it through. */
const connect = (url: string, more = '') =>
  says(`curl -sk -m 20 -o /dev/null -w '%{http_connect}' ${more} ${url} || true`);

/** The proxy's log, a line a request. */
async function log(): Promise<string[]> {
  const { stdout } = await kubectl('logs', 'deployment/openhands-egress', `--namespace=${NAMESPACE}-system`);
  return stdout.split('\n').filter((it) => it.startsWith('{'));
}

/** Whether the log has a refusal, with its reason and the sandbox's address. */
async function hasLogged(message: string): Promise<boolean> {
  const address = await sandbox.podAddress();
  return (await log())
    .map((it) => JSON.parse(it) as Record<string, unknown>)
    .some((it) => it.message === message && it.levelname === 'WARNING' && it['http.client_ip'] === address);
}

describe('a sandbox whose profile lists names', () => {
  const manifests = Manifests.ofTestProfile('egress.toml');
  const step = stepsIn(NAMESPACE);

  afterAll(async () => {
    await manifests.cleanUp();
    await host.stop();
    await model.stop();
  });

  step('starts, with the proxy and hosts around it', async () => {
    await Promise.all([host.start(), model.start()]);
    await create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'by-name', namespace: 'e2e-egress-model' },
      spec: { clusterIP: 'None', selector: { app: 'stand-in-model' }, ports: [{ port: 8080 }] },
    });
    await manifests.apply();
    await create(sessionKeys(NAMESPACE, 'demo'), {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'llm', namespace: NAMESPACE },
      stringData: { 'api-key': 'key-of-the-model' },
    });
    const proxy = ['rollout', 'status', 'deployment/openhands-egress', `--namespace=${NAMESPACE}-system`];
    await Promise.all([stranger.start(), sandbox.ready(), kubectl(...proxy, '--timeout=120s')]);
    await sandbox.writeFile(CERTIFICATE, host.certificate);
  });

  describe('reaches a name that is listed', () => {
    step('by curl', async () => {
      const curl = `curl -sS -m 20 --cacert ${CERTIFICATE} https://${PACKAGES}:8443/`;

      expect(await eventually(() => says(curl), 'hello from the host', 90)).toBe('hello from the host');
    });

    step('by curl over plain HTTP, on a port other than 443', async () => {
      expect(await says(`curl -sS -m 20 http://${PACKAGES}:8080/`)).toBe('hello from the host');
    });

    step('by pip', async () => {
      const pip = 'python3 $(ls -d /usr/share/python-wheels/pip-*.whl)/pip';
      const install = `${pip} install -q --no-cache-dir --target /tmp/pip --cert ${CERTIFICATE} -i https://${PACKAGES}:8443/simple greeting`;

      expect(await says(`${install} && PYTHONPATH=/tmp/pip python3 -c 'import greeting; print(greeting.TEXT)'`)).toBe(
        'hello from the index',
      );
    });

    step('by git', async () => {
      const clone = `git -c http.sslCAInfo=${CERTIFICATE} clone -q https://${PACKAGES}:8443/greeting.git /tmp/clone`;

      expect(await says(`${clone} && cat /tmp/clone/greeting.txt`)).toBe('hello from the forge');
    });

    step('by npm and by Node.js, which the image does not have', async () => {
      const folder = dirname(dirname(process.execPath));
      const files = execFileSync('tar', ['-C', folder, '-chz', 'bin/node', 'lib/node_modules/npm'], {
        maxBuffer: 2 ** 30,
      });
      const into = ['exec', '-i', `deployment/${sandbox.name}`, `--namespace=${NAMESPACE}`, '-c', 'runtime', '--'];
      execFileSync('kubectl', [...into, 'tar', '-C', '/tmp', '-xz'], { input: files });
      const npm = `PATH=/tmp/bin:$PATH NPM_CONFIG_CAFILE=${CERTIFICATE} node /tmp/lib/node_modules/npm/bin/npm-cli.js`;
      const install = `cd /tmp && mkdir -p npm && cd npm && ${npm} install --silent --cache /tmp/npm-cache --registry https://${PACKAGES}:8443/ greeting`;

      expect(await says(`${install} >/dev/null && /tmp/bin/node -p "require('greeting')"`)).toBe(
        'hello from the registry',
      );
    });

    step('below a wildcard, and not what stands after it', async () => {
      expect(await connect(`https://${host.host('host.below')}:8443/`)).toBe('200');
      expect(await connect(`https://${host.host('below')}:8443/`)).toBe('403');
      expect(
        await eventually(() => hasLogged(`refused CONNECT ${host.host('below')}:8443: name-not-listed`), true),
      ).toBe(true);
    });

    step('and its agent-server asks the model so', async () => {
      const target = { namespace: NAMESPACE, resource: `svc/${sandbox.name}-svc`, port: program.port };
      const asClient = <T>(use: (client: Client) => Promise<T>) =>
        withPortForward(target, (url) => use(new Client(url)));
      const key = () => asClient(async (client) => (await client.llm()).api_key);
      expect(await eventually(key, 'key-of-the-model', 60)).toBe('key-of-the-model');
      const id = await asClient((client) => client.start('hello'));

      const answered = async () => (await asClient((client) => client.answer(id))).includes('message 1');
      expect(await eventually(answered, true, 90)).toBe(true);
      expect((await model.keys()).at(-1)).toBe('key-of-the-model');
      const asked = `POST http://by-name.e2e-egress-model.svc.cluster.local:8080/v1/chat/completions`;
      expect(await eventually(async () => (await log()).some((it) => it.includes(asked)), true)).toBe(true);
    });
  });

  describe('is refused', () => {
    const refused: readonly (readonly [what: string, url: string, message: string, more?: string])[] = [
      [
        'a name that is not listed',
        `https://${host.host('unlisted')}:8443/`,
        `${host.host('unlisted')}:8443: name-not-listed`,
      ],
      ['a name of the internet that is not listed', 'https://example.com/', 'example.com:443: name-not-listed'],
      ['the address of a cloud’s metadata', 'https://169.254.169.254/', '169.254.169.254:443: address'],
      ['the API server, by its address', 'https://10.96.0.1/', '10.96.0.1:443: address'],
      [
        'the API server, by a listed name that leads to it',
        `https://${host.host('api')}/`,
        `${host.host('api')}:443: private-address`,
      ],
      [
        'a Service’s address behind a listed name',
        `https://${host.host('inside')}:8443/`,
        `${host.host('inside')}:8443: private-address`,
      ],
      ['another port', `https://${PACKAGES}:22/`, `${PACKAGES}:22: port-not-listed`],
      ['an IPv6 address', 'https://[2001:db8::1]/', '%5B2001:db8::1%5D:443: address', '-g'],
      ['an IPv4 address in an IPv6 one', 'https://[::ffff:10.96.0.1]/', '10.96.0.1:443: address', '-g'],
      ['the proxy itself', 'https://localhost/', 'localhost:443: name-not-listed', '--noproxy ""'],
    ];

    for (const [what, url, message, more] of refused) {
      step(`${what}, and the log says so`, async () => {
        expect(await connect(url, more)).toBe('403');
        expect(await eventually(() => hasLogged(`refused CONNECT ${message}`), true)).toBe(true);
      });
    }

    step('with a sentence that a person understands', async () => {
      expect(await says(`curl -sS -m 20 http://${host.host('unlisted')}:8080/`)).toBe(
        `${host.host('unlisted')} is not one of the names that sandboxes here may reach: deploy.network.egress of the sandboxes' profile lists them.`,
      );
      expect(
        await says(`curl -svk -m 20 https://${host.host('unlisted')}:8443/ 2>&1 | grep -o 'X-Squid-Error: .*' || true`),
      ).toMatch(/^X-Squid-Error: EGRESS_NAME/);
    });

    step('anything but CONNECT on port 443', async () => {
      expect(await says(`curl -sS -m 20 http://${PACKAGES}:443/`)).toContain(
        'Port 443 is reached by CONNECT alone, got GET',
      );
      expect(await eventually(() => hasLogged(`refused GET http://${PACKAGES}:443/: not-by-connect`), true)).toBe(true);
    });

    step('the pages of the proxy', async () => {
      expect(await says(`curl -sS -m 20 http://${PROXY}/squid-internal-mgr/info`)).toContain("the proxy's own page");
    });
  });

  describe('reaches nothing without the proxy', () => {
    const directly = (target: string) =>
      sandbox.run(`timeout 3 bash -c '</dev/tcp/${target}'`).then(({ exitCode }) => exitCode === 0);

    step('neither the host’s address', async () => {
      expect(await directly(`${await host.address()}/8443`)).toBe(false);
    });

    step('nor the API server', async () => {
      expect(await directly('10.96.0.1/443')).toBe(false);
    });

    step('nor a name server', async () => {
      const { stdout } = await kubectl(
        'get',
        'service',
        'kube-dns',
        '--namespace=kube-system',
        '-o=jsonpath={.spec.clusterIP}',
      );
      const question = String.raw`import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(3); s.sendto(bytes.fromhex("0001010000010000000000000a6b756265726e657465730764656661756c740373766307636c7573746572056c6f63616c0000010001"), ("${stdout}", 53)); print(len(s.recv(512)))`;

      expect(await says(`python3 -c '${question}' 2>&1 | tail -n 1`)).toBe('TimeoutError: timed out');
      expect(await directly(`${stdout}/53`)).toBe(false);
    });

    step('nor a name, about which it is told at once', async () => {
      const started = performance.now();

      expect((await sandbox.run(`getent hosts ${PACKAGES}`)).exitCode).not.toBe(0);
      expect(performance.now() - started).toBeLessThan(5_000);
    });
  });

  step('nobody else reaches the proxy', async () => {
    const [address, port] = PROXY.split(':') as [string, string];

    expect(await eventually(() => stranger.reaches(address, Number(port)), false)).toBe(false);
  });

  step('and without its policies it reaches the host directly, so that it was they', async () => {
    await kubectl('delete', 'networkpolicy', '--all', `--namespace=${NAMESPACE}`);
    const url = `https://${await host.address()}:8443/`;

    expect(await eventually(() => says(`curl -sSk -m 10 --noproxy '*' ${url}`), 'hello from the host', 90)).toBe(
      'hello from the host',
    );
  });
});
