import { command } from './command';
import { eventually } from './eventually';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests } from './manifests';

const NAMESPACE = 'e2e-diff';
const CLAIM = 'openhands-runtime-demo-pvc';

const manifests = Manifests.ofTestProfile('diff.toml');
const larger = Manifests.ofTestProfile('diff-larger.toml');
const step = stepsIn(NAMESPACE);

/** Whether the class of the cluster's volumes lets them grow. */
async function mayGrow(): Promise<boolean> {
  const { stdout: name } = await kubectl(
    ...['get', 'pvc', CLAIM, `--namespace=${NAMESPACE}`, '-o=jsonpath={.spec.storageClassName}'],
  );
  return (await kubectl('get', 'storageclass', name, '-o=jsonpath={.allowVolumeExpansion}')).stdout === 'true';
}

afterAll(async () => {
  await manifests.cleanUp();
  await larger.cleanUp();
});

step('once it is applied, nothing would change', async () => {
  await manifests.apply();
  const phase = async () =>
    (await kubectl('get', 'pvc', CLAIM, `--namespace=${NAMESPACE}`, '-o=jsonpath={.status.phase}')).stdout;
  expect(await eventually(phase, 'Bound', 180)).toBe('Bound');

  const status = async () => (await command('diff', manifests.folder)).status;
  expect(await eventually(status, 0)).toBe(0);
});

step('a larger claim is held against its StorageClass, not against the LimitRange that grows before it', async () => {
  const { status, output } = await command('diff', larger.folder);

  expect(status).toBe(1);
  expect(output).toContain('LimitRange/openhands-runtime in e2e-diff changed');
  expect(output).not.toContain('maximum storage usage');
  expect(output).toMatch(
    (await mayGrow())
      ? /pvc in e2e-diff changed\n {2}in place: The volume grows/
      : /pvc in e2e-diff changed\n {2}refused by the API server: StorageClass \S+ lets no volume grow/,
  );
});
