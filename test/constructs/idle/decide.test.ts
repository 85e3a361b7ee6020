import {
  candidateOf,
  fromConversations,
  fromLook,
  fromOutput,
  idleSeconds,
  look,
  unfinished,
  type Candidate,
} from '../../../constructs/idle/program/decide';
import type { Rendered } from '../../render';

const NOW = Date.parse('2026-06-01T12:00:00Z');
const HOUR_AGO = '2026-06-01T11:00:00Z';
const LATER = '2026-06-01T12:00:01Z';

const KEY = {
  name: 'OH_SESSION_API_KEYS_0',
  valueFrom: { secretKeyRef: { name: 'openhands-session-keys', key: 'demo.api-key' } },
};

const sandbox = (): Rendered => ({
  metadata: { name: 'demo', uid: 'sandbox-uid', resourceVersion: '1' },
  spec: {
    operatingMode: 'Running',
    podTemplate: {
      metadata: { labels: { app: 'openhands-runtime' } },
      spec: { containers: [{ name: 'runtime', env: [structuredClone(KEY)] }] },
    },
  },
});

const pod = (): Rendered => ({
  metadata: {
    name: 'demo',
    uid: 'pod-uid',
    ownerReferences: [{ kind: 'Sandbox', name: 'demo', uid: 'sandbox-uid', controller: true }],
  },
  status: {
    podIP: '10.0.0.1',
    startTime: HOUR_AGO,
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'runtime', state: { running: { startedAt: HOUR_AGO } } }],
  },
});

const claim = (creationTimestamp: string): Rendered => ({
  metadata: { name: 'mine', uid: 'claim-uid', creationTimestamp },
});

const ownedBy = (kind: string) => [{ kind, name: 'mine', uid: 'claim-uid', controller: true }];

/** What is to be done with a sandbox that was changed. */
function candidate(change: (sandbox: Rendered, pod: Rendered) => void = () => undefined, claims: Rendered[] = []) {
  const [changed, itsPod] = [sandbox(), pod()];
  change(changed, itsPod);
  return candidateOf(changed, { pods: [itsPod], claims }, NOW);
}

describe('a sandbox', () => {
  test('is asked at its Pod’s address, with its own key', () => {
    expect(candidate()).toEqual({
      address: '10.0.0.1',
      since: Date.parse(HOUR_AGO),
      started: Date.parse(HOUR_AGO),
      key: { entry: 'demo.api-key', isOptional: false },
    });
  });

  test.each<[string, (it: Rendered, pod: Rendered) => void]>([
    ['is suspended', (it) => (it.spec.operatingMode = 'Suspended')],
    ['is about to go', (it) => (it.metadata.deletionTimestamp = HOUR_AGO)],
    ['waits in a pool', (it) => (it.metadata.ownerReferences = ownedBy('SandboxWarmPool'))],
    ['is somebody else’s', (it) => (it.metadata.ownerReferences = ownedBy('Team'))],
    ['does not run OpenHands', (it) => (it.spec.podTemplate.metadata.labels.app = 'another')],
  ])('that %s is none of its business', (_, change) => {
    expect(candidate(change)).toBeUndefined();
  });

  test.each<[string, (it: Rendered, pod: Rendered) => void]>([
    ['is not Ready', (_, it) => (it.status.conditions[0].status = 'False')],
    ['has no address', (_, it) => delete it.status.podIP],
    ['is about to go', (_, it) => (it.metadata.deletionTimestamp = HOUR_AGO)],
    ['is the Pod of another', (_, it) => (it.metadata.ownerReferences[0].uid = 'another')],
    ['has nobody above it', (_, it) => delete it.metadata.ownerReferences],
  ])('whose Pod %s goes on running', (_, change) => {
    expect(candidate(change)).toEqual({ decision: 'keep', because: 'its Pod is not Ready' });
  });

  test.each<[string, (it: Rendered, pod: Rendered) => void]>([
    ['it started in the future', (_, it) => (it.status.startTime = LATER)],
    ['its program did', (_, it) => (it.status.containerStatuses[0].state.running.startedAt = LATER)],
    ['nobody knows when it started', (_, it) => delete it.status.startTime],
    ['nobody knows when its program did', (_, it) => delete it.status.containerStatuses],
    ['it started at no time', (_, it) => (it.status.startTime = 'yesterday')],
    [
      'its key is in another Secret',
      (it) => (it.spec.podTemplate.spec.containers[0].env[0].valueFrom.secretKeyRef.name = 'another'),
    ],
    [
      'its key is not from a Secret',
      (it) => (it.spec.podTemplate.spec.containers[0].env[0].valueFrom = { fieldRef: { fieldPath: 'metadata.name' } }),
    ],
    ['its claim is gone', (it) => (it.metadata.ownerReferences = ownedBy('SandboxClaim'))],
  ])('is unknown when %s', (_, change) => {
    expect(candidate(change)).toMatchObject({ decision: 'unknown' });
  });

  const CLAIMED = (it: Rendered) => (it.metadata.ownerReferences = ownedBy('SandboxClaim'));

  test('that was claimed is somebody’s since then, however long it has waited', () => {
    const claimed = '2026-06-01T11:59:00Z';

    expect(candidate(CLAIMED, [claim(claimed)])).toMatchObject({ since: Date.parse(claimed) });
  });

  test('that was claimed in the future is unknown', () => {
    expect(candidate(CLAIMED, [claim(LATER)])).toMatchObject({ decision: 'unknown' });
  });

  test('whose program was started anew is used since then', () => {
    const again = '2026-06-01T11:58:00Z';
    const since = candidate((_, it) => (it.status.containerStatuses[0].state.running.startedAt = again));

    expect(since).toMatchObject({ since: Date.parse(again) });
  });

  const env = (...variables: object[]) => candidate((it) => (it.spec.podTemplate.spec.containers[0].env = variables));

  test('of an app server’s conversation is asked with the key that it brought, which comes last', () => {
    expect(env(KEY, { name: KEY.name, value: 'own' })).toMatchObject({ key: { value: 'own' } });
  });

  test.each([[[]], [[{ name: KEY.name, value: '' }]]])('without a key is asked without one: %j', (variables) => {
    expect((env(...variables) as Candidate).key).toBeUndefined();
  });
});

describe('idle_time', () => {
  const HOUR: Candidate = {
    address: '',
    since: Date.parse(HOUR_AGO),
    started: Date.parse(HOUR_AGO),
    key: undefined,
  };
  const idle = (info: unknown, over: Partial<Candidate> = {}) => idleSeconds(info, { ...HOUR, ...over }, NOW);

  test('is for how long nobody has used it', () => {
    expect(idle({ uptime: 3000, idle_time: 2000 })).toBe(2000);
  });

  test('is no longer than it has been somebody’s', () => {
    expect(idle({ uptime: 3000, idle_time: 3000 }, { since: NOW - 60_000 })).toBe(60);
  });

  test.each([
    ['nothing', undefined],
    ['a text', 'idle'],
    ['no idle_time', { uptime: 3000 }],
    ['no uptime', { idle_time: 2000 }],
    ['a text for a number', { uptime: 3000, idle_time: '2000' }],
    ['a number below 0', { uptime: 3000, idle_time: -1 }],
    ['no number', { uptime: 3000, idle_time: NaN }],
    ['idle for longer than it has run', { uptime: 100, idle_time: 2000 }],
    ['running for longer than its Pod', { uptime: 4000, idle_time: 2000 }],
  ])('that is %s is unknown', (_, info) => {
    expect(idle(info)).toMatchObject({ decision: 'unknown' });
  });
});

describe('conversations', () => {
  test('that run keep a sandbox', () => {
    expect(fromConversations(2)).toEqual({ decision: 'keep', because: '2 of its conversations run' });
  });

  test('that do not run do not', () => {
    expect(fromConversations(0)).toBeUndefined();
  });

  test.each([null, undefined, '0', -1, 0.5, { count: 0 }])('that are not counted make it unknown: %j', (count) => {
    expect(fromConversations(count)).toMatchObject({ decision: 'unknown' });
  });
});

describe('commands', () => {
  const command = (id: string, timestamp: string, timeout: unknown) => ({ id, timestamp, timeout });

  test('may run until their time is over, and a minute', () => {
    const items = [
      command('over', HOUR_AGO, 3000),
      command('long', HOUR_AGO, 7200),
      command('just', '2026-06-01T11:54:30Z', 300),
    ];

    expect(unfinished({ items, next_page_id: null }, NOW)).toEqual({ ids: ['long', 'just'] });
  });

  test('may be on a next page', () => {
    expect(unfinished({ items: [], next_page_id: 'next' }, NOW)).toEqual({ ids: [], next: 'next' });
  });

  test.each([
    ['no list', {}],
    ['a command without a time', { items: [{ id: 'a', timeout: 3 }] }],
    ['a command without a limit', { items: [command('a', HOUR_AGO, null)] }],
    ['a command of the future', { items: [command('a', '2026-06-01T13:00:00Z', 3)] }],
  ])('are unknown with %s', (_, page) => {
    expect(unfinished(page, NOW)).toMatchObject({ decision: 'unknown' });
  });

  test('have ended when their last output has an exit code', () => {
    expect(fromOutput({ items: [{ exit_code: 0 }] })).toBeUndefined();
    expect(fromOutput({ items: [{ exit_code: -1 }] })).toBeUndefined();
  });

  test.each([[[]], [[{ exit_code: null }]]])('run as long as it has none: %j', (items) => {
    expect(fromOutput({ items })).toEqual({ decision: 'keep', because: 'a command runs in it' });
  });

  test('are unknown without a list of their output', () => {
    expect(fromOutput('no')).toMatchObject({ decision: 'unknown' });
  });
});

describe('the look into a sandbox', () => {
  /** A line of /proc/PID/stat: its name may be anything; the ticks are its own and those of children that ended. */
  const stat = (name: string, own: number, children = 0) =>
    `7 (${name}) S 1 7 7 0 -1 4194304 100 0 0 0 ${own} 0 ${children} 0 20 0 1 0 100 1000 10\n`;
  const result = (before: string, after: string, ...open: number[]) => ({
    exit_code: 0,
    stdout: `${before}=\n${after}=\n${open.join('\n')}\n`,
  });
  const quiet = stat('node', 100);

  test('asks for connections to the editor’s port, in hexadecimal digits', () => {
    expect(look(8001)).toContain("':1F41 [0-9A-F]+:[0-9A-F]+ 01 '");
  });

  test('sees that nothing happens', () => {
    expect(fromLook(result(quiet, quiet, 0, 0))).toBeUndefined();
    expect(fromLook(result(quiet, stat('node', 110), 0))).toBeUndefined();
  });

  test('sees an open editor, over either family', () => {
    const expected = { decision: 'keep', because: 'somebody has its editor open' };

    expect(fromLook(result(quiet, quiet, 1, 0))).toEqual(expected);
    expect(fromLook(result(quiet, quiet, 0, 2))).toEqual(expected);
  });

  test.each([
    ['a process', stat('node', 130)],
    ['children that have ended', stat('sh', 100, 40)],
    ['a process of a strange name', quiet + stat('a) b (c', 90)],
  ])('sees that %s computes', (_, after) => {
    expect(fromLook(result(quiet, after, 0))).toEqual({ decision: 'keep', because: 'something computes in it' });
  });

  test.each([
    ['a failure', { ...result(quiet, quiet, 0), exit_code: 1 }],
    ['no exit code', { stdout: result(quiet, quiet, 0).stdout }],
    ['nothing', { exit_code: 0, stdout: null }],
    ['no connections', result(quiet, quiet)],
    ['no processes', result('', '', 0)],
    ['no numbers', result(quiet, quiet.replace('0 100 0 0 0 20', '0 a 0 0 0 20'), 0)],
  ])('is unknown after %s', (_, answer) => {
    expect(fromLook(answer)).toMatchObject({ decision: 'unknown' });
  });
});
