import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { objectsOfToml, podOf, type Rendered } from '../../render';

const AGENT_SERVER = '[deploy]\ncontract = "agent-server"\n';
const specOf = (toml: string): Rendered => podOf(objectsOfToml(toml)).spec;
const homeOf = (toml: string): Rendered => specOf(toml).initContainers[0];

test('the folder is made before the program starts, by the program’s own image and user', () => {
  const { containers, initContainers, securityContext } = specOf(AGENT_SERVER);

  expect(initContainers[0]).toMatchObject({ name: 'home', image: containers[0].image });
  expect(securityContext.runAsUser).toBe(10001);
  expect(initContainers[0].securityContext).not.toHaveProperty('runAsUser');
});

test('it sees the workspace and not the home, which would hide the image’s', () => {
  expect(homeOf(AGENT_SERVER).volumeMounts).toEqual([{ name: 'workspace-volume', mountPath: '/workspace' }]);
});

test('it asks for no more than the program, so that the Pod asks for no more', () => {
  expect(homeOf(AGENT_SERVER).resources).toEqual(specOf(AGENT_SERVER).containers[0].resources);
});

test('it is held to what the program is held to', () => {
  expect(homeOf(AGENT_SERVER).securityContext).toEqual(specOf(AGENT_SERVER).containers[0].securityContext);
});

test('where a volume of the profile is the home, there is nothing to make', () => {
  expect(specOf(`[sandbox]\nvolumes = "mine:/home/openhands"\n${AGENT_SERVER}`)).not.toHaveProperty('initContainers');
});

test('the action execution server has none', () => {
  expect(specOf('')).not.toHaveProperty('initContainers');
});

describe('the folder', () => {
  let root: string;
  /** The image's home. */
  let image: string;
  let folder: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'openhands-home-'));
    [image, folder] = [join(root, 'image'), join(root, '.home')];
    mkdirSync(join(image, '.cache'), { recursive: true });
    writeFileSync(join(image, '.bashrc'), 'of the image');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** As the container does. */
  const make = () => {
    const [shell, option, script, name] = homeOf(AGENT_SERVER).command;
    execFileSync(shell, [option, script, name, folder, image]);
  };
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');

  test('begins with what the image has in the home', () => {
    make();

    expect(read('.bashrc')).toBe('of the image');
  });

  test('is left as it is at every later start', () => {
    make();
    writeFileSync(join(folder, '.bashrc'), 'of a person');
    rmSync(join(folder, '.gitignore'));
    make();

    expect(read('.bashrc')).toBe('of a person');
    expect(existsSync(join(folder, '.gitignore'))).toBe(false);
  });

  test('is made by the next start when one was cut off', () => {
    mkdirSync(`${folder}.new`);
    writeFileSync(join(`${folder}.new`, '.bashrc'), 'of the');
    make();

    expect(read('.bashrc')).toBe('of the image');
    expect(existsSync(`${folder}.new`)).toBe(false);
  });

  test('is empty for an image that has no such home', () => {
    rmSync(image, { recursive: true });
    make();

    expect(statSync(folder).isDirectory()).toBe(true);
  });

  test('has the place where the caches are mounted, empty, for a server that lets root make none', () => {
    writeFileSync(join(image, '.cache/large'), 'of the image');
    make();

    expect(existsSync(join(folder, '.cache/large'))).toBe(false);
    expect(statSync(join(folder, '.cache')).mode & 0o777).toBe(0o711);
  });

  test('shows others nothing of what is in it', () => {
    make();

    expect(statSync(folder).mode & 0o777).toBe(0o711);
  });

  test('is left out by git where the workspace is a repository', () => {
    make();
    const git = (...args: string[]) => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' });
    git('init', '--quiet');

    expect(git('status', '--porcelain', '--untracked-files=all')).not.toContain('.home');
  });
});
