import { find, objectsOfToml } from '../../render';

const profile = (standard: string) =>
  `[kubernetes]\nnamespace = "sandboxes"\n[deploy.security]\npod_security_standard = "${standard}"`;

test('kubernetes.namespace is made', () => {
  expect(find(objectsOfToml(profile('baseline')), 'Namespace').metadata.name).toBe('sandboxes');
});

test('the namespace default is there already', () => {
  const kinds = objectsOfToml('[kubernetes]\nnamespace = "default"').map(({ kind }) => kind);

  expect(kinds).not.toContain('Namespace');
});

describe.each(['privileged', 'baseline', 'restricted'])('the namespace of a profile of standard %s', (standard) => {
  const { labels } = find(objectsOfToml(profile(standard)), 'Namespace').metadata;

  test.each(['enforce', 'audit', 'warn'])('is labelled %s with it', (mode) => {
    expect(labels[`pod-security.kubernetes.io/${mode}`]).toBe(standard);
  });

  test.each(['enforce', 'audit', 'warn'])('is labelled %s with a pinned version of it', (mode) => {
    expect(labels[`pod-security.kubernetes.io/${mode}-version`]).toMatch(/^v1\.\d+$/);
  });
});
