import { command } from './command';
import { stepsIn } from './in-order';
import { kubectl } from './kubectl';
import { Manifests } from './manifests';

const NAMESPACE = 'e2e-clean-up';

const manifests = Manifests.ofTestProfile('clean-up.toml');
const later = Manifests.ofTestProfile('clean-up-later.toml');
const step = stepsIn(NAMESPACE);

const FORMER = 'deployment,service,ingress,pvc';

const namesOfFormer = async () =>
  (await kubectl('get', FORMER, '--namespace', NAMESPACE, '-o=name')).stdout
    .split('\n')
    .filter((it) => it.includes('-former'));

const diff = () => command('diff', later.folder);

afterAll(async () => {
  await manifests.cleanUp();
  await later.cleanUp();
});

step('a session that no file has any more stays in the cluster', async () => {
  await manifests.apply();
  expect(await namesOfFormer()).toHaveLength(5);
});

step('the command that diff prints deletes it, but for its volume', async () => {
  const { output } = await diff();
  const line = output.split('\n').find((it) => it.startsWith('  kubectl delete '));
  await kubectl(...line!.trim().split(' ').slice(1));
  expect(await namesOfFormer()).toEqual(['persistentvolumeclaim/openhands-runtime-former-pvc']);
});

step('the volume is named, and there is nothing else to delete', async () => {
  expect(await diff()).toEqual({
    status: 0,
    output: expect.stringMatching(
      /^In no file either, .*\n {2}PersistentVolumeClaim\/openhands-runtime-former-pvc in e2e-clean-up\n\n0 of /m,
    ),
  });
});
