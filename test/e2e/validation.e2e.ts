import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { shippedProfiles } from '../../config/load';
import { Manifests } from './manifests';
import { create, namespace, remove } from './objects';

const FOLDER = join(__dirname, 'profiles');

const manifests = [
  ...shippedProfiles().map((name) => [name, Manifests.ofProfile(name)] as const),
  ...readdirSync(FOLDER).map((file) => [file, Manifests.ofProfile(join(FOLDER, file))] as const),
];

/** What staging and production take for granted: Velero lives there. */
const VELERO = namespace('velero');

describe('the API server knows and accepts every field, without a warning, of the profile', () => {
  beforeAll(async () => {
    await create(VELERO);
  });

  // All at once: each of them waits for the deletion of a namespace.
  afterAll(() => Promise.all([...manifests.map(([, it]) => it.cleanUp()), remove(VELERO)]));

  test.each(manifests)('%s', async (_, it) => {
    expect(await it.check()).toMatchObject({ stderr: '' });
  });
});
