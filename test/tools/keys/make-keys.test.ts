import { ApiError } from '../../../tools/cluster/api-error';
import { makeKeys } from '../../../tools/keys/make-keys';
import type { KeySecret } from '../../../tools/keys/key-secrets';
import { ClusterOfSecrets } from './cluster-of-secrets';

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } };
const REFERENCE = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'openhands-session-keys', namespace: 'team' },
};
const WANTED: KeySecret = {
  reference: REFERENCE,
  entries: ['demo.api-key', 'demo.secret-key'],
  encoding: 'hex',
  isOptional: false,
};

const secretWith = (data: Record<string, string>, metadata = {}) => ({
  ...REFERENCE,
  metadata: { ...REFERENCE.metadata, ...metadata },
  data,
});

const dataIn = async (cluster: ClusterOfSecrets) => (await cluster.get(REFERENCE)).data;

const decoded = (value: string) => Buffer.from(value, 'base64').toString();

test('what encrypts cookies is 32 random bytes, as oauth2-proxy reads them: base64 without padding', async () => {
  const cluster = new ClusterOfSecrets(NAMESPACE);

  await makeKeys(cluster, { ...WANTED, entries: ['cookie-secret'], encoding: 'base64url' }, false);

  const { 'cookie-secret': value } = await dataIn(cluster);
  expect(Buffer.from(decoded(value), 'base64url')).toHaveLength(32);
  expect(decoded(value)).toMatch(/^[-\w]{43}$/);
});

test('a Secret that is not there is made, with 32 random bytes for each entry', async () => {
  const cluster = new ClusterOfSecrets(NAMESPACE);

  expect(await makeKeys(cluster, WANTED, false)).toEqual({ secret: WANTED, made: WANTED.entries });

  const values = Object.values<string>(await dataIn(cluster)).map(decoded);
  expect(values).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/^[0-9a-f]{64}$/)]);
  expect(values[0]).not.toBe(values[1]);
});

test('it carries the labels of our objects', async () => {
  const cluster = new ClusterOfSecrets(NAMESPACE);

  await makeKeys(cluster, WANTED, false);

  expect((await cluster.get(REFERENCE)).metadata.labels).toMatchObject({
    'app.kubernetes.io/component': 'secrets',
    'app.kubernetes.io/part-of': 'openhands',
  });
});

test('an entry that is there is not changed, whosoever it is', async () => {
  const cluster = new ClusterOfSecrets(NAMESPACE, secretWith({ 'demo.api-key': 'bWluZQ==', other: 'eA==' }));

  expect((await makeKeys(cluster, WANTED, false)).made).toEqual(['demo.secret-key']);

  expect(await dataIn(cluster)).toMatchObject({ 'demo.api-key': 'bWluZQ==', other: 'eA==' });
});

test('a Secret without any entry is filled', async () => {
  const cluster = new ClusterOfSecrets(NAMESPACE, { ...REFERENCE });

  expect((await makeKeys(cluster, WANTED, false)).made).toEqual(WANTED.entries);
});

test('a second run makes nothing', async () => {
  const cluster = new ClusterOfSecrets(NAMESPACE);
  await makeKeys(cluster, WANTED, false);
  const first = await dataIn(cluster);

  expect((await makeKeys(cluster, WANTED, false)).made).toEqual([]);

  expect(await dataIn(cluster)).toEqual(first);
});

test('a dry run says what is missing and makes nothing', async () => {
  const cluster = new ClusterOfSecrets(NAMESPACE, secretWith({ 'demo.api-key': 'bWluZQ==' }));

  expect((await makeKeys(cluster, WANTED, true)).made).toEqual(['demo.secret-key']);

  expect(await dataIn(cluster)).toEqual({ 'demo.api-key': 'bWluZQ==' });
});

describe('two runs at the same time', () => {
  const other: KeySecret = { ...WANTED, entries: ['demo.api-key', 'pool.api-key'] };

  test.each([
    ['make the Secret', []],
    ['add to it', [secretWith({ mine: 'eA==' })]],
  ])('%s without losing a key of either', async (_, secrets) => {
    const cluster = new ClusterOfSecrets(NAMESPACE, ...secrets);
    let faster: Record<string, string> = {};
    cluster.beforeWrite = async () => {
      await makeKeys(cluster, other, false);
      faster = await dataIn(cluster);
    };

    const { made } = await makeKeys(cluster, WANTED, false);

    expect(made).toEqual(['demo.secret-key']);
    expect(await dataIn(cluster)).toEqual({ ...faster, 'demo.secret-key': expect.any(String) });
  });

  test('give up when the Secret changes at every try', async () => {
    const cluster = new ClusterOfSecrets(NAMESPACE, secretWith({}));
    cluster.patch = () => Promise.reject(new ApiError(409, 'the object has been modified'));

    expect(await makeKeys(cluster, WANTED, false)).toMatchObject({
      made: [],
      problem: expect.stringMatching(/try again/),
    });
  });
});

describe('a Secret is left alone', () => {
  test('that the manifests have filled from a store', async () => {
    const cluster = new ClusterOfSecrets(NAMESPACE);

    expect(
      await makeKeys(cluster, { ...WANTED, madeBy: 'ExternalSecret/openhands-session-keys' }, false),
    ).toMatchObject({ made: [], problem: 'ExternalSecret/openhands-session-keys fills it from its store' });
    expect(await cluster.get(REFERENCE)).toBeUndefined();
  });

  test('that an ExternalSecret of the cluster owns', async () => {
    const owner = { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', name: 'keys' };
    const cluster = new ClusterOfSecrets(NAMESPACE, secretWith({}, { ownerReferences: [owner] }));

    expect(await makeKeys(cluster, WANTED, false)).toMatchObject({
      made: [],
      problem: 'ExternalSecret/keys owns it: make its entries there',
    });
    expect(await dataIn(cluster)).toEqual({});
  });

  test('whose namespace is not there', async () => {
    const { problem } = await makeKeys(new ClusterOfSecrets(), WANTED, false);

    expect(problem).toBe('there is no namespace team: kubectl apply -f makes it');
  });

  test('that the API server refuses, in its own words', async () => {
    const cluster = new ClusterOfSecrets(NAMESPACE);
    cluster.create = () => Promise.reject(new ApiError(403, 'secrets is forbidden: User "eve" cannot create resource'));

    expect((await makeKeys(cluster, WANTED, false)).problem).toMatch(/^secrets is forbidden: User "eve"/);
  });
});

describe('a copy', () => {
  const SYSTEM = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-system' } };
  const COPY: KeySecret = {
    reference: { ...REFERENCE, metadata: { name: 'openhands-idle-keys', namespace: 'team-system' } },
    entries: ['demo.api-key'],
    encoding: 'hex',
    isOptional: false,
    copyOf: REFERENCE,
  };
  const ORIGINAL = secretWith({ 'demo.api-key': 'bWluZQ==', 'demo.secret-key': 'eA==' });

  test('is made of the entries that it wants, and of no other', async () => {
    const cluster = new ClusterOfSecrets(SYSTEM, ORIGINAL);

    expect((await makeKeys(cluster, COPY, false)).made).toEqual(['demo.api-key']);
    expect((await cluster.get(COPY.reference)).data).toEqual({ 'demo.api-key': 'bWluZQ==' });
  });

  test('follows a key that was changed, and is left alone otherwise', async () => {
    const old = { ...COPY.reference, data: { 'demo.api-key': 'b2xk' } };
    const cluster = new ClusterOfSecrets(SYSTEM, ORIGINAL, old);

    expect((await makeKeys(cluster, COPY, false)).made).toEqual(['demo.api-key']);
    expect((await cluster.get(COPY.reference)).data).toEqual({ 'demo.api-key': 'bWluZQ==' });
    expect((await makeKeys(cluster, COPY, false)).made).toEqual([]);
  });

  test('of what is not there is refused, and said by a dry run', async () => {
    const cluster = new ClusterOfSecrets(SYSTEM);

    expect((await makeKeys(cluster, COPY, false)).problem).toBe(
      'Secret/openhands-session-keys in team lacks entries that it copies',
    );
    expect((await makeKeys(cluster, COPY, true)).made).toEqual(['demo.api-key']);
  });
});
