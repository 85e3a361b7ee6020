import { jsonReport, resultLine, summary } from '../../../tools/verify/report';
import type { Result, Rollback } from '../../../tools/verify/result';

const result = (over: Partial<Result> = {}): Result => ({
  title: 'Deployment/demo',
  notes: [],
  retries: 0,
  time: 12_000,
  ...over,
});

const failure = { step: 'ready', cause: 'image pull: a:1: not found' } as const;
const failed = result({ title: 'Deployment/broken', failure });

const rollback = (over: Partial<Rollback> = {}): Rollback => ({
  restored: [],
  failed: [],
  created: [],
  changed: [],
  ...over,
});

describe('the line of a result', () => {
  test.each<[string, Result]>([
    ['ok Deployment/demo (12 s)', result()],
    ['ok Deployment/demo (12 s, 1 retry)', result({ retries: 1 })],
    ['ok Deployment/demo (12 s, 2 retries)', result({ retries: 2 })],
    ['FAILED Deployment/broken: ready: image pull: a:1: not found (12 s)', failed],
  ])('is: %s', (line, of) => {
    expect(resultLine(of)).toBe(line);
  });
});

describe('the summary', () => {
  const objects = result({ title: 'objects' });

  test('counts workloads when all are verified: the objects are none', () => {
    expect(summary([objects, result(), result()], undefined, 65_000)).toEqual(['verified: 2 workloads in 1 min 5 s']);
    expect(summary([objects, result()], undefined, 5000)).toEqual(['verified: 1 workload in 5.0 s']);
  });

  test('tells notes first, then what failed, then how many', () => {
    const noted = result({ notes: ['no address', 'no class'] });

    expect(summary([objects, noted, failed], undefined, 65_000)).toEqual([
      'note Deployment/demo: no address',
      'note Deployment/demo: no class',
      resultLine(failed),
      'failed: 1 of 3 (1 min 5 s)',
    ]);
  });

  const toldOf = (over: Partial<Rollback>) => summary([failed], rollback(over), 0).slice(1, -1);

  test('tells what went back, what did not, and what is left to do', () => {
    const over = {
      restored: ['a'],
      failed: ['b: no'],
      created: ['Job/c', 'Job/d'],
      changed: ['Service/e', 'Service/f'],
    };

    expect(toldOf(over)).toEqual([
      'rolled back a',
      'NOT rolled back b: no',
      'created by this apply, and still there: Job/c, Job/d',
      'changed by this apply, without revisions: Service/e, Service/f: apply the earlier manifests again',
    ]);
  });

  test('says that there was nothing to go back to', () => {
    expect(toldOf({})).toEqual(['nothing to roll back: this apply changed no Deployment or StatefulSet']);
    expect(toldOf({ failed: ['b'] })).toEqual(['NOT rolled back b']);
  });
});

describe('the JSON document', () => {
  const verdict = { status: 0, results: [result()] };
  const broken = { status: 1, results: [failed], rollback: rollback({ restored: ['a'] }) };
  const documentOf = (...verdicts: Parameters<typeof jsonReport>[0]) => JSON.parse(jsonReport(verdicts)) as unknown;

  test('of one profile is its verdict', () => {
    expect(documentOf(verdict)).toEqual(verdict);
    expect(documentOf(broken)).toEqual(broken);
  });

  test('of several has each by its name, and the worst status', () => {
    expect(documentOf({ ...verdict, profile: 'staging' }, { ...broken, profile: 'production' })).toEqual({
      status: 1,
      profiles: { staging: verdict, production: broken },
    });
  });

  test('of one profile in a folder of its own has its name too', () => {
    expect(documentOf({ ...verdict, profile: 'staging' })).toEqual({ status: 0, profiles: { staging: verdict } });
  });
});
