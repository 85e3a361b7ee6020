import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { shippedProfiles } from '../../config/load';
import { Manifests } from './manifests';

const FOLDER = join(__dirname, 'profiles');

const manifests = [
  ...shippedProfiles().map((name) => [name, Manifests.ofProfile(name)] as const),
  ...readdirSync(FOLDER).map((file) => [file, Manifests.ofProfile(join(FOLDER, file))] as const),
];

describe('the API server knows and accepts every field, without a warning, of the profile', () => {
  afterAll(() => Promise.all(manifests.map(([, it]) => it.cleanUp())));

  test.each(manifests)('%s', async (_, it) => {
    expect(await it.check()).toMatchObject({ stderr: '' });
  });
});
