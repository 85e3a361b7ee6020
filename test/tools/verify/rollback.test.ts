import { isRolledBack, lastApplyOf, namesOf } from '../../../tools/verify/apply-time';
import { exitStatus, type Result, type Rollback } from '../../../tools/verify/result';
import { previousOfDeployment, previousOfStatefulSet } from '../../../tools/verify/revisions';
import type { Rendered } from '../../render';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();

/** An object with when it was created, and by whom it was changed later. */
const object = (name: string, created: number, ...writes: [manager: string, second: number][]): Rendered => ({
  kind: 'Deployment',
  metadata: {
    name,
    uid: `uid-of-${name}`,
    creationTimestamp: at(created),
    managedFields: writes.map(([manager, second]) => ({ manager, time: at(second) })),
  },
});

const KUBECTL = 'kubectl-client-side-apply';

describe('the last apply', () => {
  test('is the uninterrupted row of changes that ends with the newest', () => {
    const { created, changed } = lastApplyOf([
      object('untouched', 0, [KUBECTL, 0]),
      object('changed', 0, [KUBECTL, 100]),
      object('new', 103, [KUBECTL, 103]),
      object('last', 107, [KUBECTL, 107]),
    ]);
    expect(namesOf(changed)).toEqual(['Deployment/changed']);
    expect(namesOf(created)).toEqual(['Deployment/new', 'Deployment/last']);
  });

  test('may have been the first, which created everything', () => {
    const { created, changed } = lastApplyOf([object('a', 100, [KUBECTL, 100]), object('b', 100), object('c', 103)]);

    expect(namesOf(created)).toEqual(['Deployment/a', 'Deployment/b', 'Deployment/c']);
    expect(changed).toEqual([]);
  });

  test('ends where nothing was written for more than five seconds', () => {
    const { created } = lastApplyOf([object('before', 0), object('first', 6), object('last', 11)]);

    expect(namesOf(created)).toEqual(['Deployment/first', 'Deployment/last']);
  });

  test('has no objects where the cluster has none', () => {
    expect(lastApplyOf([])).toEqual({ created: [], changed: [] });
  });

  test.each([
    'kubectl',
    'kubectl-create',
    'kubectl-client-side-apply',
    'helm',
    'argocd-controller',
    'kustomize-controller',
    'helm-controller',
  ])('is what %s writes', (manager) => {
    expect(namesOf(lastApplyOf([object('a', 0), object('b', 0, [manager, 100])]).changed)).toEqual(['Deployment/b']);
  });

  test.each(['kubectl-edit', 'kubectl-rollout', 'kube-controller-manager', 'my-kubectl'])(
    'is not what %s writes',
    (manager) => {
      expect(lastApplyOf([object('a', 0), object('b', 0, [manager, 100])]).changed).toEqual([]);
    },
  );

  test('is not what controllers write, even of the same object', () => {
    const { changed } = lastApplyOf([
      object('applied', 0, [KUBECTL, 50]),
      object('scaled', 0, [KUBECTL, 0], ['kube-controller-manager', 100]),
    ]);
    expect(namesOf(changed)).toEqual(['Deployment/applied']);
  });
});

test('what was rolled back already is not rolled back again, until it is applied again', () => {
  expect(isRolledBack(object('a', 0, [KUBECTL, 10]))).toBe(false);
  expect(isRolledBack(object('a', 0, [KUBECTL, 10], ['openhands-verify', 20]))).toBe(true);
  expect(isRolledBack(object('a', 0, ['openhands-verify', 20], [KUBECTL, 30]))).toBe(false);
  expect(isRolledBack({ metadata: { creationTimestamp: at(0) } })).toBe(false);
});

describe('the previous revision', () => {
  const owner = { metadata: { uid: 'me', annotations: { 'deployment.kubernetes.io/revision': '5' } } };
  const replicaSet = (revision: number, uid = 'me') => ({
    metadata: {
      annotations: { 'deployment.kubernetes.io/revision': `${revision}` },
      ownerReferences: [{ uid }],
    },
    spec: { template: { metadata: { labels: { app: 'a', 'pod-template-hash': 'h' } }, spec: { revision } } },
  });

  test('of a Deployment is the newest of its own ReplicaSets below the current', () => {
    const previous = previousOfDeployment(owner, [replicaSet(5), replicaSet(2), replicaSet(3), replicaSet(4, 'other')]);

    expect(previous?.number).toBe(3);
    expect(previous?.patch).toEqual([
      { op: 'replace', path: '/spec/template', value: { metadata: { labels: { app: 'a' } }, spec: { revision: 3 } } },
    ]);
  });

  test('of a Deployment is its own where others own it, too, and one that has no number is the oldest', () => {
    const old = { ...replicaSet(0), metadata: { ownerReferences: [{ uid: 'other' }, { uid: 'me' }] } };

    expect(previousOfDeployment(owner, [old])?.number).toBe(0);
    expect(previousOfDeployment(owner, [old, replicaSet(1)])?.number).toBe(1);
  });

  test('of a StatefulSet is the one before the newest', () => {
    const revision = (number: number) => ({
      revision: number,
      data: { spec: { template: { $patch: 'replace', number } } },
      metadata: { ownerReferences: [{ uid: 'me' }] },
    });
    const others = { ...revision(9), metadata: { ownerReferences: [{ uid: 'other' }] } };
    const nobodys = { ...revision(8), metadata: {} };

    expect(previousOfStatefulSet(owner, [revision(1), others, revision(3), nobodys, revision(2)])).toMatchObject({
      number: 2,
      template: { number: 2 },
      patch: { spec: { template: { $patch: 'replace', number: 2 } } },
    });
  });

  test('does not exist of what was only just created', () => {
    expect(previousOfDeployment(owner, [replicaSet(5)])).toBeUndefined();
    expect(previousOfDeployment({ metadata: { uid: 'me' } }, [replicaSet(5)])).toBeUndefined();
    expect(previousOfStatefulSet(owner, [])).toBeUndefined();
  });
});

describe('the exit status', () => {
  const result = (failure?: Result['failure']): Result => ({ title: 'a', failure, notes: [], retries: 0, time: 0 });
  const failed = result({ step: 'ready', cause: 'x' });
  const rollback = (over: Partial<Rollback>): Rollback => ({
    restored: [],
    failed: [],
    created: [],
    changed: [],
    ...over,
  });

  test('is 0 when everything is verified', () => expect(exitStatus([result(), result()], undefined)).toBe(0));

  test('is 1 when something failed', () => expect(exitStatus([result(), failed], undefined)).toBe(1));

  test('is 3 when what failed is rolled back', () =>
    expect(exitStatus([failed], rollback({ restored: ['a'] }))).toBe(3));

  test('is 1 when there was nothing to go back to, or that failed', () => {
    expect(exitStatus([failed], rollback({}))).toBe(1);
    expect(exitStatus([failed], rollback({ restored: ['a'], failed: ['b'] }))).toBe(1);
  });
});
