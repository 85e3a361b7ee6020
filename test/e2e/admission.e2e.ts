import { join } from 'node:path';
import { objectsOf, find, type Rendered } from '../render';
import { BREAKS } from '../admission/breaks';
import { eventually } from './eventually';
import { create, discard, dryRun, type Manifest } from './objects';

const objects = objectsOf(join(__dirname, 'profiles/admission.toml'));

/** What the API server needs to know before it judges a Pod; no Pod runs. */
const KINDS = ['ServiceAccount', 'PriorityClass', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'];

const runtimeClass = (name: string): Manifest => ({
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name },
  handler: 'runc',
});

// No Pod Security: the policies alone have to refuse.
const namespace: Manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'e2e-admission' } };

const around: Manifest[] = [
  ...objects.filter(({ kind, metadata }) => KINDS.includes(kind) && metadata.namespace !== 'e2e-admission-logging'),
  runtimeClass('e2e-admission'),
  runtimeClass('e2e-other'),
].filter(({ kind, metadata }: Rendered) => kind !== 'ServiceAccount' || metadata.name !== 'default');

const demo = (name: string): Rendered => {
  const { spec, metadata } = find(objects, 'Deployment', 'openhands-runtime-demo').spec.template;
  return structuredClone({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name, namespace: 'e2e-admission' },
    spec,
  });
};

const judged = BREAKS.filter(({ isInvalid }) => !isInvalid);
const broken = judged.map(({ change }, index) => {
  const pod = demo(`broken-${index}`);
  change(pod);
  return pod;
});

/** What the API server says to some Pods, by their names. */
async function refusals(pods: readonly Manifest[]): Promise<Map<string, string>> {
  const said = await dryRun(...pods).then(
    () => '',
    (error: Error) => error.message,
  );
  const lines = said.matchAll(/pods "([\w-]+)" is forbidden: (.*)|Pod "([\w-]+)" is invalid: (.*)/g);
  return new Map([...lines].map(([, a, forbidden, b, invalid]) => [(a ?? b)!, (forbidden ?? invalid)!]));
}

describe('the admission policy of the sandboxes’ Pods', () => {
  let said: Map<string, string>;

  beforeAll(async () => {
    await create(namespace);
    await create(...around);
    const isInForce = async () => (await refusals(broken)).size === broken.length;
    await eventually(isInForce, true, 60);
    said = await refusals([...broken, demo('whole')]);
  });

  afterAll(() => discard(...around, namespace));

  test('admits what the profile renders', () => {
    expect(said.get('whole')).toBeUndefined();
  });

  test.each(judged.map((it, index) => ({ ...it, name: `broken-${index}` })))('refuses $what', ({ name, message }) => {
    expect(said.get(name)).toMatch(/^ValidatingAdmissionPolicy /);
    expect(said.get(name)).toContain(`denied request: ${message}`);
  });
});
