import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Candidate } from '../../../constructs/idle/program/decide';
import { verdictOf } from '../../../constructs/idle/program/sandbox-api';
import { IDLE, standIn, type Answers } from './stand-in-sandbox';

const keysFolder = mkdtempSync(join(tmpdir(), 'openhands-keys-'));
writeFileSync(join(keysFolder, 'demo.api-key'), 'the key\n');
afterAll(() => rmSync(keysFolder, { recursive: true }));

// Its Pod is no longer too new to reach anybody.
beforeAll(() => jest.spyOn(performance, 'now').mockReturnValue(1e6));
afterAll(() => jest.restoreAllMocks());

const ENTRY = { entry: 'demo.api-key', isOptional: false };

const candidate = (key: Candidate['key']): Candidate => {
  const since = Date.now() - 5_000_000;
  return { address: '127.0.0.1', since, started: since, key };
};

/** What is decided of a sandbox with these answers. */
async function verdict(answers: Answers = {}, key: Candidate['key'] = ENTRY, itsKey = 'the key') {
  const sandbox = await standIn(answers, itsKey);
  try {
    const settings = { suspendAfter: 1800, apiPort: sandbox.port, editorPort: 8001, keysFolder };
    return { ...(await verdictOf(candidate(key), settings)), asked: sandbox.asked };
  } finally {
    sandbox.stop();
  }
}

test('a sandbox that nobody uses is suspended', async () => {
  expect(await verdict()).toMatchObject({ decision: 'suspend', because: 'nobody has used it for 3600 s' });
});

test('one that was used a moment ago is asked nothing else', async () => {
  const { decision, asked } = await verdict({ '/server_info': { uptime: 4000, idle_time: 1799 } });

  expect(decision).toBe('keep');
  expect(asked).toEqual(['/server_info']);
});

test('one with a conversation that runs is kept, however silent it is, and no command is run in it', async () => {
  const { because, asked } = await verdict({ '/api/conversations/count': 1 });

  expect(because).toBe('1 of its conversations run');
  expect(asked).not.toContain('/api/bash/execute_bash_command');
});

test('one with a command that runs is kept', async () => {
  const timestamp = new Date(Date.now() - 3_000_000).toISOString();
  const search: Answers[string] = (request, response) => {
    const isOutput = request.url!.includes('kind__eq=BashOutput');
    response.end(JSON.stringify({ items: isOutput ? [] : [{ id: 'a', timestamp, timeout: 86_400 }] }));
  };

  expect(await verdict({ '/api/bash/bash_events/search': search })).toMatchObject({
    decision: 'keep',
    because: 'a command runs in it',
  });
});

test('one in which a run began while it was looked at is kept', async () => {
  let count = 0;
  const counted: Answers[string] = (_, response) => void response.end(String(count++));

  expect(await verdict({ '/api/conversations/count': counted })).toMatchObject({ decision: 'keep' });
});

test('one of more commands than are looked at is unknown', async () => {
  const page = { items: [], next_page_id: 'next' };

  expect(await verdict({ '/api/bash/bash_events/search': page })).toMatchObject({ decision: 'unknown' });
});

test.each<[string, Answers]>([
  ['that is no JSON', { '/server_info': (_, response) => void response.end('<html>') }],
  [
    'that leads elsewhere',
    {
      '/server_info': (_, response) => void response.writeHead(302, { Location: '/elsewhere' }).end(),
      '/elsewhere': (_, response) => void response.end(JSON.stringify(IDLE['/server_info'])),
    },
  ],
  ['that is an error', { '/api/conversations/count': (_, response) => void response.writeHead(500).end('0') }],
  ['that breaks off', { '/server_info': (_, response) => void response.destroy() }],
  ['of more than a mebibyte', { '/server_info': { uptime: 4000, idle_time: 3600, more: 'x'.repeat(2 ** 20) } }],
])('an answer %s makes it unknown', async (_, answers) => {
  expect(await verdict(answers)).toMatchObject({ decision: 'unknown' });
});

test('a sandbox that does not answer is unknown', async () => {
  const gone = await standIn();
  gone.stop();
  const settings = { suspendAfter: 1800, apiPort: gone.port, editorPort: 8001, keysFolder };

  expect(await verdictOf(candidate(ENTRY), settings)).toMatchObject({
    decision: 'unknown',
    because: expect.stringContaining('ECONNREFUSED'),
  });
});

describe('a key', () => {
  test('that a claim brought is shown', async () => {
    expect(await verdict({}, { value: 'own' }, 'own')).toMatchObject({ decision: 'suspend' });
  });

  test('that is not there makes a sandbox unknown, and no question is asked without it', async () => {
    const { decision, because, asked } = await verdict({}, { entry: 'another.api-key', isOptional: false });

    expect(decision).toBe('unknown');
    expect(because).toContain('there is no key another.api-key: npm run keys copies it');
    expect(asked).toEqual(['/server_info']);
  });

  test.each<[string, Candidate['key']]>([
    ['that is refused', { value: 'another' }],
    ['that is not there, and wanted all the same', { entry: 'another.api-key', isOptional: true }],
    ['that would be another file', { entry: '../demo.api-key', isOptional: false }],
    ['that is a folder', { entry: '..', isOptional: false }],
  ])('%s makes a sandbox unknown', async (_, key) => {
    expect(await verdict({}, key)).toMatchObject({ decision: 'unknown' });
  });
});
