import { reportOf } from '../../../tools/keys/report';
import type { Outcome } from '../../../tools/keys/make-keys';

const outcome = (over: Partial<Outcome> = {}, isOptional = false): Outcome => ({
  secret: {
    reference: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'openhands-session-keys', namespace: 'team' } },
    entries: ['demo.api-key', 'demo.secret-key'],
    encoding: 'hex',
    isOptional,
  },
  made: ['demo.api-key'],
  ...over,
});

test('says what was made and how to read it', () => {
  expect(reportOf([outcome()], { isDryRun: false })).toEqual([
    'Secret/openhands-session-keys in team: made demo.api-key',
    '',
    'To read one:',
    `  kubectl -n team get secret openhands-session-keys -o go-template='{{ index .data "demo.api-key" | base64decode }}{{ "\\n" }}'`,
  ]);
});

test('the command to read it names the context that was named', () => {
  expect(reportOf([outcome()], { isDryRun: false, context: 'kind' }).at(-1)).toMatch(/^ {2}kubectl --context kind -n/);
});

test('says that nothing was missing', () => {
  expect(reportOf([outcome({ made: [] })], { isDryRun: false })[0]).toBe(
    'Secret/openhands-session-keys in team: all 2 entries are there',
  );
});

test('a dry run says what it would make, and no more', () => {
  expect(reportOf([outcome()], { isDryRun: true })).toEqual([
    'Secret/openhands-session-keys in team: would make demo.api-key',
  ]);
});

test('says why a Secret was left alone, and not how to read what it may lack', () => {
  expect(reportOf([outcome({ made: [], problem: 'no' })], { isDryRun: false })).toEqual([
    'FAILED Secret/openhands-session-keys in team: no',
  ]);
});

test('says that a sandbox which started without the key goes on without it', () => {
  expect(reportOf([outcome({}, true)], { isDryRun: false })).toContain(
    'A sandbox that runs already gets them when its Pod is made anew (in team).',
  );
});

test('says of a copy that it was copied, and not how to read it', () => {
  const reference = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'openhands-idle-keys', namespace: 'team-system' },
  };
  const { secret } = outcome();
  const copy = outcome({ secret: { ...secret, reference, copyOf: secret.reference } }, true);

  expect(reportOf([copy], { isDryRun: false })).toEqual([
    'Secret/openhands-idle-keys in team-system: copied demo.api-key',
  ]);
});
