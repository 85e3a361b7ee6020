import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const AUTHOR = ['-c', 'user.name=gitops', '-c', 'user.email=gitops@example.com'];

/** A git repository that is read over HTTP from this machine alone, by git's own program for that. */
export class Repository {
  private constructor(
    private readonly folder: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<Repository> {
    const folder = mkdtempSync(join(tmpdir(), 'openhands-gitops-'));
    await execute('git', ['init', '--quiet', '--initial-branch=main', folder]);
    const server = createServer((request, response) => backend(folder, request, response));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new Repository(folder, server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/.git`;
  }

  /** Let a folder of the repository be what another one is. */
  async commit(folder: string, content: string): Promise<void> {
    rmSync(join(this.folder, folder), { recursive: true, force: true });
    cpSync(content, join(this.folder, folder), { recursive: true });
    await execute('git', ['-C', this.folder, 'add', '--all']);
    await execute('git', ['-C', this.folder, ...AUTHOR, 'commit', '--quiet', '--allow-empty', '--message', folder]);
  }

  /** The SHA-1 of the last commit. */
  async head(): Promise<string> {
    return (await execute('git', ['-C', this.folder, 'rev-parse', 'HEAD'])).stdout.trim();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
    rmSync(this.folder, { recursive: true });
  }
}

/** https://git-scm.com/docs/git-http-backend: a CGI program. */
function backend(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url!, 'http://127.0.0.1');
  const { headers } = request;
  const child = spawn('git', ['http-backend'], {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: request.method,
      PATH_INFO: pathname,
      QUERY_STRING: searchParams.toString(),
      CONTENT_TYPE: headers['content-type'],
      HTTP_CONTENT_ENCODING: headers['content-encoding'],
      GIT_PROTOCOL: headers['git-protocol'] as string | undefined,
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(child.stdin);
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.on('close', () => {
    const output = Buffer.concat(parts);
    const end = output.indexOf('\r\n\r\n');
    const said = output
      .subarray(0, end)
      .toString()
      .split('\r\n')
      .map((line) => line.split(/: (.*)/s) as [string, string]);
    const status = said.find(([name]) => name === 'Status')?.[1] ?? '200';
    response.writeHead(
      parseInt(status),
      said.filter(([name]) => name !== 'Status'),
    );
    response.end(output.subarray(end + 4));
  });
}
