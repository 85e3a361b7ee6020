import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SET_LLM } from '../../../constructs/sandbox/llm-program';

interface Llm {
  readonly model: string;
  readonly base_url: string | null;
  readonly api_key?: string | null;
  readonly temperature?: number;
}

/** As much of the agent-server's API as the program uses. */
class AgentServer {
  profiles: Record<string, Llm> = {};
  active: string | null = null;
  /** An LLM was set without a profile. */
  hasOwnLlm = false;
  /** Answers of /ready before it is. */
  notReady = 0;
  /** The session key of every request. */
  readonly keys: (string | undefined)[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      void (async () => {
        const parts: Buffer[] = [];
        for await (const part of request) parts.push(part as Buffer);
        this.keys.push(request.headers['x-session-api-key'] as string | undefined);
        const answer = this.answer(`${request.method} ${request.url}`, Buffer.concat(parts).toString());
        response.writeHead(answer === undefined ? 503 : 200).end(JSON.stringify(answer ?? {}));
      })();
    });
  }

  private answer(asked: string, body: string): unknown {
    const name = /profiles\/([^/]+)/.exec(asked)?.[1] ?? '';
    if (asked === 'GET /ready') return this.notReady-- > 0 ? undefined : { status: 'ready' };
    if (asked === 'GET /api/settings') return { llm_api_key_is_set: this.hasOwnLlm };
    if (asked === 'GET /api/profiles') {
      const profiles = Object.entries(this.profiles).map(([name, { model, base_url }]) => ({ name, model, base_url }));
      return { profiles, active_profile: this.active };
    }
    if (asked.startsWith('GET')) return { config: { ...this.profiles[name], api_key: null } };
    if (asked.endsWith('/activate')) this.active = name;
    else this.profiles[name] = (JSON.parse(body) as { llm: Llm }).llm;
    return {};
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
  }
}

const URL = 'https://models.example.com/v1';
const LLM = { model: 'openai/one', base_url: URL };

describe('the program that gives an agent-server its LLM', () => {
  let home: string;
  let server: AgentServer;

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'openhands-llm-'));
    mkdirSync(join(home, '.openhands'));
    server = new AgentServer();
    await server.listen();
  });
  afterEach(() => {
    server.close();
    rmSync(home, { recursive: true });
  });

  /** As a start of the sandbox does. @returns what it said last */
  async function start(key: string | undefined, model = 'openai/one', url = URL): Promise<string> {
    const file = join(home, 'key');
    if (key !== undefined) writeFileSync(file, `${key}\n`);
    // -I and -S: nothing that is installed here, only what Python brings, which also starts sooner.
    const args = ['-I', '-S', '-c', SET_LLM, String(server.port), model, url, ...(key === undefined ? [] : [file])];
    const env = {
      ...process.env,
      HOME: home,
      OH_SESSION_API_KEYS_0: 'the session key',
      http_proxy: 'http://127.0.0.1:1',
    };
    const { stderr } = await promisify(execFile)('python3', args, { env, timeout: 20_000 });
    return (JSON.parse(stderr.trim().split('\n').at(-1)!) as { message: string }).message;
  }

  test('makes the profile and activates it', async () => {
    expect(await start('one')).toBe('LLM profile default is set and active: openai/one');

    expect(server.profiles).toEqual({ default: { ...LLM, api_key: 'one' } });
    expect(server.active).toBe('default');
  });

  test('waits for a server that is not ready', async () => {
    server.notReady = 1;

    expect(await start('one')).toMatch('is set and active');
  });

  test('shows the session key with every request', async () => {
    await start('one');

    expect(new Set(server.keys)).toEqual(new Set(['the session key']));
  });

  test('sets a model that asks for no key and is where LiteLLM knows it to be', async () => {
    await start(undefined, 'ollama/small', '');

    expect(server.profiles.default).toEqual({ model: 'ollama/small', base_url: null, api_key: null });
  });

  test('brings a rotated key at the next start', async () => {
    await start('one');
    await start('two');

    expect(server.profiles.default).toMatchObject({ api_key: 'two' });
  });

  test('brings another model of the config at the next start', async () => {
    await start('one');
    await start('one', 'openai/two');

    expect(server.profiles.default).toMatchObject({ model: 'openai/two' });
  });

  test('leaves what somebody else set beside them', async () => {
    await start('one');
    server.profiles.default = { ...server.profiles.default!, temperature: 0.5 };
    await start('two');

    expect(server.profiles.default).toEqual({ ...LLM, api_key: 'two', temperature: 0.5 });
  });

  test('leaves a profile whose model somebody changed', async () => {
    await start('one');
    const changed = { ...LLM, model: 'openai/mine', api_key: 'mine' };
    server.profiles.default = changed;

    expect(await start('two')).toBe('LLM profile default was changed by somebody: it is left as it is');
    expect(server.profiles.default).toEqual(changed);
  });

  test('leaves a profile of that name that somebody made before', async () => {
    const theirs = { ...LLM, model: 'openai/mine', api_key: 'mine' };
    server.profiles.default = theirs;
    await start('one');

    expect(server.profiles.default).toEqual(theirs);
  });

  test('does not make a profile again that somebody deleted', async () => {
    await start('one');
    server.profiles = {};

    expect(await start('two')).toBe('LLM profile default was deleted: it is not made again');
    expect(server.profiles).toEqual({});
  });

  test('leaves another profile active, and still brings it the key', async () => {
    await start('one');
    server.active = 'mine';
    await start('two');

    expect(server.active).toBe('mine');
    expect(server.profiles.default).toMatchObject({ api_key: 'two' });
  });

  test('leaves an LLM active that somebody set without a profile', async () => {
    server.hasOwnLlm = true;
    await start('one');

    expect(server.active).toBeNull();
  });

  test('goes on after a start that was cut off between the profile and its note', async () => {
    server.profiles.default = { ...LLM, api_key: 'one' };
    await start('two');

    expect(server.profiles.default).toMatchObject({ api_key: 'two' });
  });

  test('says what went wrong, and never the key', async () => {
    rmSync(join(home, '.openhands'), { recursive: true });

    const said = await start('a-key');
    expect(said).toMatch(/^no LLM is set: FileNotFoundError/);
    expect(said).not.toContain('a-key');
  });
});
