/** Asks a sandbox. What it answers was perhaps written by an agent, so every answer is bounded. */
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import {
  fromConversations,
  fromLook,
  fromOutput,
  idleSeconds,
  isVerdict,
  keep,
  look,
  unfinished,
  unknown,
  type Candidate,
  type Key,
  type Verdict,
} from './decide.ts';
import { fetchPatiently } from './patience.ts';

export interface SandboxSettings {
  /** Seconds. */
  readonly suspendAfter: number;
  readonly apiPort: number;
  readonly editorPort: number;
  /** Where the keys are, a file each. */
  readonly keysFolder: string;
}

const ANSWER_MS = 5_000;
const ANSWER_BYTES = 2 ** 20;

/** Pages of a hundred commands each, of the last day: who runs more is looked at again tomorrow. */
const PAGES = 10;
const DAY_MS = 86_400_000;

/** An answer as JSON. @throws Error with what is wrong with it */
export async function fetchJson(url: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetchPatiently(url, () => ({ ...init, signal: AbortSignal.timeout(ANSWER_MS) }));
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > ANSWER_BYTES) throw new Error(`an answer of more than ${ANSWER_BYTES} bytes`);
    parts.push(part);
  }
  if (response.status !== 200) throw new Error(`the answer ${response.status}`);
  return JSON.parse(Buffer.concat(parts).toString());
}

/** @throws Error when there is no such key */
async function keyHeader(key: Key, folder: string): Promise<Record<string, string>> {
  if (key === undefined) return {};
  if ('value' in key) return { 'X-Session-API-Key': key.value };
  // An entry is a file's name, and no way to another.
  if (!/^[-._a-zA-Z0-9]+$/.test(key.entry) || key.entry.startsWith('..')) throw new Error('a key of a strange name');
  try {
    return { 'X-Session-API-Key': (await readFile(join(folder, key.entry), 'utf8')).trim() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    // A sandbox that may start without a key has perhaps none, and lets everybody in.
    if (key.isOptional) return {};
    throw new Error(`there is no key ${key.entry}: npm run keys copies it`, { cause: error });
  }
}

/** What a sandbox says of itself, one question after the other: the first that shows that it is used ends it. */
export async function verdictOf(candidate: Candidate, settings: SandboxSettings): Promise<Verdict> {
  const { address, key } = candidate;
  const base = `http://${isIPv6(address) ? `[${address}]` : address}:${settings.apiPort}`;
  try {
    const idle = idleSeconds(await fetchJson(`${base}/server_info`), candidate, Date.now());
    if (isVerdict(idle)) return idle;
    if (idle < settings.suspendAfter) return keep(`it was used ${Math.floor(idle)} s ago`);
    const headers = { ...(await keyHeader(key, settings.keysFolder)), 'Content-Type': 'application/json' };
    const ask = (path: string, init?: RequestInit) => fetchJson(base + path, { ...init, headers });
    const body = JSON.stringify({ command: look(settings.editorPort), timeout: 4 });
    return (
      (await fromRuns(ask)) ??
      // It counts as use, so it is the last question, and asked of none that is used.
      fromLook(await ask('/api/bash/execute_bash_command', { method: 'POST', body })) ??
      // That took a second, in which a run may have begun.
      (await fromRuns(ask)) ?? { decision: 'suspend', because: `nobody has used it for ${Math.floor(idle)} s` }
    );
  } catch (error) {
    return unknown(`it could not be asked: ${(error as Error).message}`);
  }
}

type Ask = (path: string, init?: RequestInit) => Promise<unknown>;

/** Conversations and commands that run, however silent they are. */
async function fromRuns(ask: Ask): Promise<Verdict | undefined> {
  return fromConversations(await ask('/api/conversations/count?status=running')) ?? (await fromCommands(ask));
}

async function fromCommands(ask: Ask): Promise<Verdict | undefined> {
  const search = '/api/bash/bash_events/search?sort_order=TIMESTAMP_DESC';
  const yesterday = new Date(Date.now() - DAY_MS).toISOString();
  let from = '';
  for (let page = 0; page < PAGES; page++) {
    const list = `${search}&kind__eq=BashCommand&limit=100&timestamp__gte=${yesterday}${from}`;
    const found = unfinished(await ask(list), Date.now());
    if (isVerdict(found)) return found;
    for (const id of found.ids) {
      const output = `${search}&kind__eq=BashOutput&limit=1&command_id__eq=${encodeURIComponent(id)}`;
      const verdict = fromOutput(await ask(output));
      if (verdict) return verdict;
    }
    if (found.next === undefined) return undefined;
    from = `&page_id=${encodeURIComponent(found.next)}`;
  }
  return unknown(`more than ${PAGES * 100} commands were run in it within a day`);
}
