/** A command that has ended. */
export interface Finished {
  readonly exitCode: number;
  /** What it printed, without the last line's end. */
  readonly stdout: string;
}

/** A client of what runs inside a sandbox. `url` is where its API is reached. */
export interface Program {
  readonly port: number;
  /** Run a command; it may run more than once. */
  run(url: string, command: string): Promise<Finished>;
  writeFile(url: string, path: string, text: string): Promise<void>;
  readFile(url: string, path: string): Promise<string>;
}

/** Ask an API, with a limit that is shorter than a test's. @throws Error with the API's own words */
export async function ask(url: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(60_000) });
  if (!response.ok) throw new Error(`${init?.method ?? 'GET'} ${url}: ${response.status} ${await response.text()}`);
  return response;
}

export const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});
