import { find, objectsOfToml, type Rendered } from '../render';

const IMAGE = 'ghcr.io/openhands/agent-server';

/** A shipped profile with another image of the sandboxes. */
const withVersion = (profile: string, version: string): Rendered[] =>
  objectsOfToml(`[sandbox]\nruntime_container_image = "${IMAGE}:${version}"\n[deploy]\nextends = "${profile}"`);

// The API server refuses a change of these.
const FIXED: readonly [profile: string, kind: string, fixed: (spec: Rendered) => unknown][] = [
  [
    'production',
    'StatefulSet',
    ({ selector, serviceName, volumeClaimTemplates }) => [selector, serviceName, volumeClaimTemplates],
  ],
  ['staging', 'Deployment', ({ selector }) => selector],
  ['local', 'PersistentVolumeClaim', (spec) => spec],
  ['agent-sandbox', 'Sandbox', ({ volumeClaimTemplates }) => volumeClaimTemplates],
];

test.each(FIXED)(
  'in %s an upgrade of the image leaves alone what cannot be changed of a %s',
  (profile, kind, fixed) => {
    const fixedOf = (version: string) =>
      withVersion(profile, version)
        .filter((it) => it.kind === kind)
        .map(({ spec }) => fixed(spec));

    expect(fixedOf('1.58.2-python')).not.toEqual([]);
    expect(fixedOf('1.59.0-python')).toEqual(fixedOf('1.58.2-python'));
  },
);

test.each(FIXED)('in %s a label on everything leaves alone what cannot be changed of a %s', (profile, kind, fixed) => {
  const labelled = `[deploy]\nextends = "${profile}"\n[deploy.metadata]\nlabels = { team = "a" }\nannotations = { team = "a" }`;
  const fixedOf = (toml: string) =>
    objectsOfToml(toml)
      .filter((it) => it.kind === kind)
      .map(({ spec }) => fixed(spec));

  expect(fixedOf(labelled)).not.toEqual([]);
  expect(fixedOf(labelled)).toEqual(fixedOf(`[deploy]\nextends = "${profile}"`));
});

test("the claim of a session's Sandbox has no labels, as it had none: adding some would be refused", () => {
  const { volumeClaimTemplates } = find(withVersion('agent-sandbox', '1.58.2-python'), 'Sandbox').spec;

  expect(volumeClaimTemplates[0].metadata).toEqual({ name: 'workspace-volume' });
});
