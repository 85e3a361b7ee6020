import { createServer } from 'node:http';
import { actionExecutionServer, agentServer, checkHealth, type Program } from '../../../tools/verify/programs';
import { answering, withServer, type Asked } from './server';

/** What comes of asking a server that gives these answers, and what was asked. */
async function ask<T>(
  client: (api: { url: string; key?: string }) => Program,
  act: (program: Program) => Promise<T>,
  ...answers: Parameters<typeof answering>[0]
) {
  const asked: Asked[] = [];
  const result = await withServer(answering(answers, asked), (url) => act(client({ url, key: 'a-key' })));
  return { result, asked };
}

const json = (body: object) => JSON.stringify(body);
const bodyOf = ({ body }: Asked) => JSON.parse(body) as unknown;

describe('the health', () => {
  const check = (answers: Parameters<typeof answering>[0], key?: string) => {
    const asked: Asked[] = [];
    return withServer(answering(answers, asked), async (url) => {
      await checkHealth({ url, key }, ['/alive', '/ready']);
      return asked;
    });
  };

  test('is asked for on each path, without a key where there is none', async () => {
    const asked = await check([]);

    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /alive', 'GET /ready']);
    expect(asked[0]!.headers).not.toHaveProperty('x-session-api-key');
  });

  test('that is not well is told with the answer, on one line and not whole', async () => {
    await expect(check(['', { status: 503, text: `not\n  yet ${'x'.repeat(300)}` }])).rejects.toThrow(
      new RegExp(`^GET /ready: HTTP 503 not yet x{192}$`),
    );
  });

  test('of a server that is gone is told with why', async () => {
    const gone = await withServer(createServer(), async (url) => url);

    await expect(checkHealth({ url: gone }, ['/alive'])).rejects.toThrow(/^GET \/alive: connect ECONNREFUSED/);
  });
});

describe('the agent-server', () => {
  test('runs a command, with the key', async () => {
    const answer = json({ exit_code: 3, stdout: 'one\ntwo\n' });
    const { result, asked } = await ask(agentServer, (it) => it.run('ls'), answer);

    expect(result).toEqual({ exitCode: 3, stdout: 'one\ntwo' });
    expect(asked[0]).toMatchObject({
      method: 'POST',
      path: '/api/bash/execute_bash_command',
      headers: { 'x-session-api-key': 'a-key', 'content-type': 'application/json' },
    });
    expect(bodyOf(asked[0]!)).toEqual({ command: 'ls', timeout: 30 });
  });

  test('runs a command that says nothing', async () => {
    const { result } = await ask(agentServer, (it) => it.run('true'), json({ exit_code: 0, stdout: null }));

    expect(result).toEqual({ exitCode: 0, stdout: '' });
  });

  test('keeps a file, whatever its path has in it', async () => {
    const { asked } = await ask(agentServer, (it) => it.write('/work/a b', 'hello'));

    expect(asked[0]).toMatchObject({ method: 'POST', path: '/api/file/upload?path=%2Fwork%2Fa%20b' });
    expect(asked[0]!.body).toMatch(/name="file".*\r\n\r\nhello\r\n/s);
  });

  test('gives a file back', async () => {
    const { result, asked } = await ask(agentServer, (it) => it.read('/work/a b'), 'hello');

    expect(result).toBe('hello');
    expect(asked[0]).toMatchObject({ method: 'GET', path: '/api/file/download?path=%2Fwork%2Fa%20b' });
  });

  test('that has no such file is told without the query', async () => {
    await expect(ask(agentServer, (it) => it.read('/work/a'), { status: 404, text: 'File not found' })).rejects.toThrow(
      /^GET \/api\/file\/download: HTTP 404 File not found$/,
    );
  });
});

describe('the action execution server', () => {
  /** A terminal that has run the command, and says what its shell printed. */
  const terminal = (print: (mark: string) => string) => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        const { command } = (JSON.parse(body) as { action: { args: { command: string } } }).action.args;
        asked.push(command);
        response.end(json({ observation: 'run', content: print(/"(ended-[^=]*)=/.exec(command)![1]!) }));
      });
    });
    return { asked, run: () => withServer(server, (url) => actionExecutionServer({ url }).run('ls')) };
  };

  test('runs a command, which says itself how it ended', async () => {
    const { asked, run } = terminal((mark) => `one\ntwo\n${mark}=3\n$ `);

    expect(await run()).toEqual({ exitCode: 3, stdout: 'one\ntwo' });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatch(/^ls; echo "ended-[0-9a-f-]{36}=\$\?"$/);
  });

  test('is asked again when its terminal was read too soon', async () => {
    const early = ['', 'one'];
    const { asked, run } = terminal((mark) => early.shift() ?? `one\n${mark}=0`);

    expect(await run()).toEqual({ exitCode: 0, stdout: 'one' });
    expect(new Set(asked).size).toBe(3);
  });

  test('that never tells how a command ended is asked five times', async () => {
    const { asked, run } = terminal(() => 'one');

    await expect(run()).rejects.toThrow('it does not tell what became of the command ls');
    expect(asked).toHaveLength(5);
  });

  test('keeps a file and gives it back', async () => {
    const answer = (content: string) => json({ observation: 'ok', content });
    const { result, asked } = await ask(
      actionExecutionServer,
      async (it) => {
        await it.write('/work/a', 'hello');
        return it.read('/work/a');
      },
      answer(''),
      answer('hello'),
    );

    expect(result).toBe('hello');
    expect(asked.map(({ method, path, headers }) => [method, path, headers['x-session-api-key']])).toEqual(
      Array(2).fill(['POST', '/execute_action', 'a-key']),
    );
    expect(asked.map(bodyOf)).toEqual([
      { action: { action: 'write', args: { path: '/work/a', content: 'hello' }, timeout: 30 } },
      { action: { action: 'read', args: { path: '/work/a' }, timeout: 30 } },
    ]);
  });

  test('tells what it could not do', async () => {
    const answer = json({ observation: 'error', content: `File\n not found ${'x'.repeat(300)}` });

    await expect(ask(actionExecutionServer, (it) => it.read('/work/a'), answer)).rejects.toThrow(
      /^read: File not found x{184}$/,
    );
  });
});
