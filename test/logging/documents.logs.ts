import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Document } from './elasticsearch';
import { POD_UID } from './node-files';
import { Scene } from './scene';

/** What a real sandbox has printed, in the words of a real node. */
const sample = (name: string) => readFileSync(join(__dirname, 'samples', `${name}.log`), 'utf8');

/** What every document of the sandbox has. */
const COMMON = ['@timestamp', 'ecs', 'kubernetes', 'service'];

/** A document's own part. */
function own(document: Document): Document {
  const { event, ...rest } = Object.fromEntries(Object.entries(document).filter(([key]) => !COMMON.includes(key)));
  const { dataset: _, ...particular } = event as Document;
  return { ...rest, ...(Object.keys(particular).length > 0 && { event: particular }) };
}

let scene: Scene;
let documents: Document[];

const startingWith = (text: string) => documents.filter(({ message }) => String(message).startsWith(text)).map(own);

const TRACEBACK = `Traceback (most recent call last):
  File "/app/main.py", line 3, in <module>
    run()
openhands.agent_server.Refused: no disk
  is left`;

const CHAINED = `${TRACEBACK}

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/main.py", line 5, in <module>
KeyError: 'x'`;

describe('the agent-server', () => {
  beforeAll(async () => {
    scene = new Scene();
    scene.log.copy(sample('agent-server'));
    scene.log.print(TRACEBACK);
    scene.log.print(`first\nsecond\nException in thread Thread-1 (run):\n${TRACEBACK}`);
    scene.log.print(`third
${CHAINED}`);
    scene.log.printCut('{"levelname": "INFO", "name": "cut", "mes', 'sage": "in ', 'three"}');
    scene.log.print('{"levelname": "INFO", "name": "a", "message": "more", "conversation": {"id": 7}, "text": "x"}');
    scene.log.print('{"a": 1}\n{ no json\n');
    await scene.begin();
    documents = await scene.documents(17);
  });
  afterAll(() => scene.end());

  test('has a document for each record', () => {
    expect(documents).toHaveLength(17);
  });

  test('a record is this document', () => {
    expect(documents.find(({ message }) => String(message).startsWith('Binding to'))).toEqual({
      '@timestamp': '2026-11-25T02:58:56.93189607Z',
      message: expect.stringMatching(/^Binding to all interfaces .* loopback address with --host\.$/),
      log: { level: 'WARNING', logger: '__main__', origin: { file: { name: '__main__.py', line: 309 } } },
      stream: 'stderr',
      ecs: { version: '8.17.0' },
      event: { dataset: 'openhands.agent_server' },
      service: { name: 'openhands-runtime' },
      kubernetes: {
        namespace: 'openhands',
        pod: { name: Scene.POD, uid: POD_UID },
        container: { name: 'runtime' },
      },
    });
  });

  test('a request has its parts', () => {
    expect(startingWith('10.244.0.1:42800')).toEqual([
      {
        message: '10.244.0.1:42800 - "GET /health HTTP/1.1" 200',
        log: { level: 'INFO', logger: 'uvicorn.access' },
        client: { address: '10.244.0.1:42800' },
        http: { request: { method: 'GET' }, response: { status_code: 200 }, version: '1.1' },
        url: { original: '/health' },
        stream: 'stderr',
      },
    ]);
  });

  test('what it prints on its start are lines of their own', () => {
    expect(startingWith('API docs')).toEqual([
      { message: 'API docs will be available at http://0.0.0.0:8000/docs', stream: 'stdout' },
    ]);
    expect(startingWith('DEBUG mode')).toEqual([{ message: 'DEBUG mode: DISABLED', stream: 'stdout' }]);
  });

  test('what uvicorn says twice is there once', () => {
    expect(startingWith('Started server process')).toEqual([
      {
        message: 'Started server process [6]',
        log: { level: 'INFO', logger: 'uvicorn.error', origin: { file: { name: 'server.py', line: 103 } } },
        stream: 'stderr',
      },
    ]);
  });

  test('an exception that is logged has its traceback', () => {
    expect(startingWith('Error preloading')).toEqual([
      expect.objectContaining({
        message: 'Error preloading chromium',
        error: {
          type: 'Exception',
          message: expect.stringMatching(/^Chromium is required[^]*to use the browser tool\.$/),
          stack_trace: expect.stringMatching(/^Traceback \(most recent call last\):\n/),
        },
      }),
    ]);
  });

  test('a traceback that the interpreter prints is one document', () => {
    expect(startingWith('openhands.agent_server.Refused')).toEqual([
      {
        message: 'openhands.agent_server.Refused: no disk\n  is left',
        error: { type: 'openhands.agent_server.Refused', message: 'no disk\n  is left', stack_trace: TRACEBACK },
        stream: 'stderr',
      },
    ]);
  });

  test('a line before it stays a line, and its heading is its message', () => {
    expect(startingWith('first')).toEqual([{ message: 'first', stream: 'stderr' }]);
    expect(startingWith('Exception in thread')).toEqual([
      expect.objectContaining({
        message: 'Exception in thread Thread-1 (run):',
        error: expect.objectContaining({ type: 'openhands.agent_server.Refused' }),
      }),
    ]);
  });

  test('an exception while another is handled is one document, of the last one raised', () => {
    expect(startingWith('third')).toEqual([
      { message: 'third', error: { type: 'KeyError', message: "'x'", stack_trace: CHAINED }, stream: 'stderr' },
    ]);
  });

  test('a line that the container runtime cuts is whole again', () => {
    expect(startingWith('in three')).toEqual([
      { message: 'in three', log: { level: 'INFO', logger: 'cut' }, stream: 'stderr' },
    ]);
  });

  test('a key that has no field is kept in the line as it was', () => {
    expect(startingWith('more')).toEqual([
      {
        message: 'more',
        log: { level: 'INFO', logger: 'a' },
        event: { original: expect.stringContaining('"conversation": {"id": 7}') },
        stream: 'stderr',
      },
    ]);
  });

  test('what is no record is a message', () => {
    expect(startingWith('{ no json')).toEqual([{ message: '{ no json', stream: 'stderr' }]);
    expect(startingWith('{"a": 1}')).toEqual([
      { message: '{"a": 1}', event: { original: '{"a": 1}' }, stream: 'stderr' },
    ]);
  });
});

/** Records as Python's own logging writes them in the format. */
const PYTHON = `
import logging, multiprocessing, sys
logging.basicConfig(stream=sys.stdout, level='DEBUG',
    format='%(asctime)s %(name)-15s %(levelname)-8s %(processName)-10s %(message)s')
logging.getLogger('openhands').info('short')
logging.getLogger('openhands.runtime.action_execution_server').critical('  long\\n\\nand with more lines')
multiprocessing.current_process().name = 'P-1'
logging.getLogger('openhands').warning(' of a short process')
try:
    1 / 0
except ZeroDivisionError:
    logging.exception('failed')
try:
    try:
        raise ValueError('y')
    except ValueError as cause:
        raise KeyError('x') from cause
except KeyError:
    logging.exception('chained')
logging.getLogger('openhands').debug('Traceback of nothing')
`;

describe('the action execution server', () => {
  beforeAll(async () => {
    scene = new Scene({ contract: 'action-execution-server' });
    scene.log.copy(sample('action-execution-server'));
    scene.log.print(execFileSync('python3', ['-c', PYTHON], { encoding: 'utf8' }).trimEnd());
    scene.log.print('INFO:     Application startup complete.\nINFO:     10.0.0.1:5 - "GET /alive HTTP/1.1" 200 OK');
    scene.log.print(`ERROR:    Exception in ASGI application\n${TRACEBACK}`);
    scene.log.print('\x1b[32m12:34:56 - ACTION\x1b[0m\n\x1b[32m**CmdRunAction**\nls\x1b[0m');
    scene.log.print('12:34:56 - openhands:ERROR: a.py:3\nERROR\nnothing left');
    await scene.begin();
    documents = await scene.documents(18);
  });
  afterAll(() => scene.end());

  test('has a document for each record', () => {
    expect(documents).toHaveLength(18);
  });

  test('a record in the format is this document', () => {
    expect(documents.find(({ message }) => message === 'short')).toEqual({
      '@timestamp': expect.stringMatching(/^2026-01-02T03:04:05\.\d{1,9}Z$/),
      message: 'short',
      log: { level: 'INFO', logger: 'openhands' },
      process: { name: 'MainProcess' },
      stream: 'stderr',
      ecs: { version: '8.17.0' },
      event: { dataset: 'openhands.action_execution_server' },
      service: { name: 'openhands-runtime' },
      kubernetes: {
        namespace: 'openhands',
        pod: { name: Scene.POD, uid: POD_UID },
        container: { name: 'runtime' },
      },
    });
  });

  test.each([
    ['  long', '  long\n\nand with more lines', 'CRITICAL', 'openhands.runtime.action_execution_server', 'MainProcess'],
    [' of a', ' of a short process', 'WARNING', 'openhands', 'P-1'],
    ['Traceback of', 'Traceback of nothing', 'DEBUG', 'openhands', 'P-1'],
  ])(
    'a message that starts with "%s" is whole, whatever is wider than its column',
    (start, message, level, logger, name) => {
      expect(startingWith(start)).toEqual([{ message, log: { level, logger }, process: { name }, stream: 'stderr' }]);
    },
  );

  test('a traceback belongs to its record', () => {
    expect(startingWith('failed')).toEqual([
      {
        message: 'failed',
        log: { level: 'ERROR', logger: 'root' },
        process: { name: 'P-1' },
        error: {
          type: 'ZeroDivisionError',
          message: 'division by zero',
          stack_trace: expect.stringMatching(/^Traceback \(most recent call last\):\n {2}File [^]*: division by zero$/),
        },
        stream: 'stderr',
      },
    ]);
  });

  test('an exception with a cause is one document, of the last one raised', () => {
    expect(startingWith('chained')).toEqual([
      expect.objectContaining({
        error: {
          type: 'KeyError',
          message: "'x'",
          stack_trace: expect.stringMatching(/^Traceback[^]*ValueError: y[^]*direct cause[^]*KeyError: 'x'$/),
        },
      }),
    ]);
  });

  test("0.62's own records, whose colours are gone", () => {
    expect(startingWith('Starting Action')).toEqual([
      {
        message: 'Starting Action Execution Server',
        log: {
          level: 'WARNING',
          logger: 'openhands',
          origin: { file: { name: 'action_execution_server.py', line: 654 } },
        },
        stream: 'stderr',
      },
    ]);
    expect(startingWith('RECEIVED')).toEqual([
      expect.objectContaining({
        message:
          'RECEIVED ACTION: **CmdRunAction (source=None, is_input=False)**\nCOMMAND:\nalias git="git --no-pager"',
        log: expect.objectContaining({ level: 'DEBUG', logger: 'openhands' }),
      }),
    ]);
    expect(startingWith('ERROR\nnothing')).toEqual([
      expect.objectContaining({
        log: { level: 'ERROR', logger: 'openhands', origin: { file: { name: 'a.py', line: 3 } } },
      }),
    ]);
    expect(startingWith('**CmdRunAction')).toEqual([
      { message: '**CmdRunAction**\nls', event: { action: 'ACTION' }, stream: 'stderr' },
    ]);
  });

  test("its libraries' records", () => {
    expect(startingWith('DEBUG mode')).toEqual([
      { message: 'DEBUG mode enabled.', log: { level: 'DEBUG', logger: 'openhands' }, stream: 'stderr' },
    ]);
    expect(startingWith('Logger initialized')).toEqual([
      { message: 'Logger initialized', log: { level: 'DEBUG', logger: 'openhands_aci' }, stream: 'stderr' },
    ]);
    expect(startingWith('/openhands/poetry')).toEqual([
      { message: expect.stringMatching(/AuthlibDeprecationWarning: [^]*JsonWebToken$/), stream: 'stderr' },
    ]);
  });

  test("uvicorn's records", () => {
    expect(startingWith('Application')).toEqual([
      { message: 'Application startup complete.', log: { level: 'INFO', logger: 'uvicorn' }, stream: 'stderr' },
    ]);
    expect(startingWith('10.0.0.1:5')).toEqual([
      {
        message: '10.0.0.1:5 - "GET /alive HTTP/1.1" 200 OK',
        log: { level: 'INFO', logger: 'uvicorn.access' },
        client: { address: '10.0.0.1:5' },
        http: { request: { method: 'GET' }, response: { status_code: 200 }, version: '1.1' },
        url: { original: '/alive' },
        stream: 'stderr',
      },
    ]);
    expect(startingWith('Exception in ASGI')).toEqual([
      expect.objectContaining({ error: expect.objectContaining({ type: 'openhands.agent_server.Refused' }) }),
    ]);
  });
});
