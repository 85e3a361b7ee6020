import { randomUUID } from 'node:crypto';

/** A command that has ended. */
export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
}

/** A client of what runs inside a sandbox. */
export interface Program {
  run(command: string): Promise<Finished>;
  write(path: string, text: string): Promise<void>;
  read(path: string): Promise<string>;
}

export interface ApiProps {
  /** Where the API is, without a slash at its end. */
  readonly url: string;
  /** @default no key is sent */
  readonly key?: string;
}

/** One request's limit, in ms. */
const LIMIT = 45_000;

/** @throws Error in one line: what was asked, and the answer */
async function ask({ url, key }: ApiProps, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...(init.headers as Record<string, string>), ...(key && { 'X-Session-API-Key': key }) };
  const what = `${init.method ?? 'GET'} ${path.split('?')[0]}`;
  let response: Response;
  try {
    response = await fetch(url + path, { ...init, headers, signal: AbortSignal.timeout(LIMIT) });
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error };
    throw new Error(`${what}: ${cause?.message || message}`, { cause: error });
  }
  if (response.ok) return response;
  const text = (await response.text()).replace(/\s+/g, ' ').slice(0, 200);
  throw new Error(`${what}: HTTP ${response.status} ${text}`);
}

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

/** The program's own word that it is well. */
export async function checkHealth(api: ApiProps, paths: readonly string[]): Promise<void> {
  for (const path of paths) await (await ask(api, path)).text();
}

/** Today's OpenHands. */
export const agentServer = (api: ApiProps): Program => ({
  async run(command) {
    const response = await ask(api, '/api/bash/execute_bash_command', json({ command, timeout: 30 }));
    const { exit_code, stdout } = (await response.json()) as { exit_code: number; stdout: string | null };
    return { exitCode: exit_code, stdout: (stdout ?? '').trimEnd() };
  },

  async write(path, text) {
    const body = new FormData();
    body.append('file', new Blob([text]), 'file');
    await (await ask(api, `/api/file/upload?path=${encodeURIComponent(path)}`, { method: 'POST', body })).text();
  },

  async read(path) {
    return (await ask(api, `/api/file/download?path=${encodeURIComponent(path)}`)).text();
  },
});

async function act(api: ApiProps, action: string, args: Record<string, string>): Promise<string> {
  const response = await ask(api, '/execute_action', json({ action: { action, args, timeout: 30 } }));
  const { observation, content } = (await response.json()) as { observation: string; content: string };
  if (observation === 'error') throw new Error(`${action}: ${content.slice(0, 200).replace(/\s+/g, ' ')}`);
  return content;
}

/** OpenHands up to 1.6. */
export const actionExecutionServer = (api: ApiProps): Program => ({
  async run(command) {
    // Its shell is a terminal that may be read too soon: the command itself says how and that it ended.
    for (let attempt = 0; attempt < 5; attempt++) {
      const mark = `ended-${randomUUID()}`;
      const [stdout, exitCode] = (await act(api, 'run', { command: `${command}; echo "${mark}=$?"` })).split(
        `${mark}=`,
      );
      if (exitCode !== undefined) return { exitCode: parseInt(exitCode), stdout: stdout!.trimEnd() };
    }
    throw new Error(`it does not tell what became of the command ${command}`);
  },

  async write(path, content) {
    await act(api, 'write', { path, content });
  },

  async read(path) {
    return act(api, 'read', { path });
  },
});
