import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubectl, type Output } from './kubectl';

/** A Kubernetes object, as JSON. */
export type Manifest = Record<string, unknown>;

/** Run kubectl on a JSON that stands in the test itself. */
async function withJson(verb: string[], content: Manifest): Promise<Output> {
  const folder = mkdtempSync(join(tmpdir(), 'openhands-e2e-'));
  const file = join(folder, 'objects.json');
  try {
    writeFileSync(file, JSON.stringify(content));
    return await kubectl(...verb, '-f', file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const withFile = (verb: string[], objects: readonly Manifest[]) =>
  withJson(verb, { apiVersion: 'v1', kind: 'List', items: objects });

/** @throws Error with what the API server said */
export const create = (...objects: Manifest[]): Promise<Output> => withFile(['create'], objects);

/** As a file of a user's. @throws Error with what the API server said */
export const apply = (...objects: Manifest[]): Promise<Output> => withFile(['apply'], objects);

/** To create as another user. */
export const createAs = (user: string, ...objects: Manifest[]): Promise<Output> =>
  withFile(['create', `--as=${user}`], objects);

/** Ask whether the API server would make them. @throws Error with what it said */
export const dryRun = (...objects: Manifest[]): Promise<Output> => withFile(['create', '--dry-run=server'], objects);

/** Ask a Pod to go, as a drain does. @throws Error with what the API server said */
export const evict = (namespace: string, name: string): Promise<Output> =>
  withJson(['create', '--raw', `/api/v1/namespaces/${namespace}/pods/${name}/eviction`], {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace },
  });

/** Delete, and wait until they are gone. */
export const remove = (...objects: Manifest[]): Promise<Output> =>
  withFile(['delete', '--ignore-not-found', '--timeout=240s'], objects);

/** Delete at the end of a file: Pods take up to a minute to end, and nothing here depends on it. */
export const discard = (...objects: Manifest[]): Promise<Output> =>
  withFile(['delete', '--ignore-not-found', '--wait=false'], objects);

export const namespace = (name: string, labels: Record<string, string> = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

/** The keys of sessions and pools, as the agent-server reads them: every key is {@link API_KEY}. */
export const sessionKeys = (namespace: string, ...owners: string[]): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'openhands-session-keys', namespace },
  stringData: Object.fromEntries(
    owners.flatMap((owner) => [
      [`${owner}.api-key`, API_KEY],
      [`${owner}.secret-key`, 'MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE='],
    ]),
  ),
});

/** A session key for tests. */
export const API_KEY = 'a-key-for-tests';

/** A StorageClass of the test cluster's provisioner whose volumes are `local`, where its own are paths of the node. */
export const localVolumes = (name: string): Manifest => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name, annotations: { defaultVolumeType: 'local' } },
  provisioner: 'rancher.io/local-path',
  volumeBindingMode: 'WaitForFirstConsumer',
});
