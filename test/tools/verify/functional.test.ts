import { lastingFolders } from '../../../tools/verify/functional';
import { objectsOfToml, podOf } from '../../render';

const foldersOf = (toml: string) => lastingFolders({ pod: podOf(objectsOfToml(toml)).spec });

describe('where verify looks for files that last', () => {
  test('the agent-server keeps its workspace and its home', () => {
    expect(foldersOf('[deploy]\ncontract = "agent-server"')).toEqual(['/workspace', '/home/openhands']);
  });

  test('the action execution server keeps its workspace', () => {
    expect(foldersOf('')).toEqual(['/workspace']);
  });

  test('a workspace somewhere else is looked at there', () => {
    expect(foldersOf('[core]\nworkspace_mount_path_in_sandbox = "/work"')).toEqual(['/work']);
  });

  test('a home that is a volume of the profile is not ours to write to', () => {
    const toml = '[sandbox]\nvolumes = "mine:/home/openhands"\n[deploy]\ncontract = "agent-server"';

    expect(foldersOf(toml)).toEqual(['/workspace']);
  });
});
