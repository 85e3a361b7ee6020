import { objectsOfToml } from '../../render';

const accountsOf = (toml: string) => objectsOfToml(toml).filter(({ kind }) => kind === 'ServiceAccount');

test.each([
  ['a namespace of ours', '[kubernetes]\nnamespace = "sandboxes"', ['openhands-runtime', 'default']],
  // Other people's Pods may run there with that account's token.
  ['the namespace default', '', ['openhands-runtime']],
])('in %s no token for %j', (_, toml, names) => {
  expect(accountsOf(toml).map(({ metadata }) => metadata.name)).toEqual(names);
  expect(accountsOf(toml).map((it) => it.automountServiceAccountToken)).toEqual(names.map(() => false));
});
