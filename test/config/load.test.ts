import fs from 'node:fs';
import { fromTomlSection, loadProfile, shippedProfiles } from '../../config/load';
import { load, problemsOf, refusals } from './config-file';

describe('a profile', () => {
  test.each(shippedProfiles())('%s is shipped and loads', (name) => {
    expect(loadProfile(name).profile.deploy.sessions.length).toBeGreaterThan(0);
  });

  test('is frozen through and through', () => {
    const { profile } = load('[llm.x]\nmodel = "y"');
    expect(Object.isFrozen(profile)).toBe(true);
    expect(Object.isFrozen(profile.sandbox.docker_runtime_kwargs.cap_add)).toBe(true);
    expect(Object.isFrozen(profile.openhands.llm)).toBe(true);
  });

  test.each([
    ['empty', ''],
    ['of comments', '# nothing\n\n'],
    ['with a byte order mark', '\uFEFF[kubernetes]\nnamespace = "default"\n'],
    ['with CRLF', '[kubernetes]\r\nnamespace = "default"\r\n'],
  ])('can be a file %s', (_, text) => {
    expect(load(text).profile.kubernetes.namespace).toBe('default');
  });

  test('that nobody ships is refused with the nearest name', () => {
    expect(problemsOf(() => loadProfile('locl'))).toEqual(['no profile is called "locl", did you mean local?']);
  });

  test('that is like none is refused with all names', () => {
    expect(problemsOf(() => loadProfile('constructor'))).toEqual([
      expect.stringMatching(
        /^no profile is called "constructor", expected a path or one of agent-sandbox, development, local,/,
      ),
    ]);
  });

  test.each(['./missing.toml', 'missing.toml', './config/profiles/local', 'a\0.toml'])('has no file %j', (path) => {
    expect(problemsOf(() => loadProfile(path))).toEqual([expect.stringMatching(/^no such file: /)]);
  });

  test.each(['./', './config', '/'])('is no folder such as %s', (path) => {
    expect(problemsOf(() => loadProfile(path))).toEqual([expect.stringMatching(/^cannot read \S+: EISDIR$/)]);
  });

  test('that may not be read is refused', () => {
    const read = jest.spyOn(fs, 'readFileSync').mockImplementation(() => {
      throw Object.assign(new Error('permission denied'), { code: 'EACCES' });
    });
    const problems = problemsOf(() => loadProfile('local'));
    read.mockRestore();
    expect(problems).toEqual(['cannot read config/profiles/local.toml: EACCES']);
  });

  test('that is no UTF-8 is refused', () => {
    expect(refusals({ 'config.toml': Buffer.from([0x61, 0x3d, 0x22, 0xff, 0x22]) })).toEqual([
      expect.stringMatching(/^cannot read config.toml: ERR_ENCODING/),
    ]);
  });
});

describe('extends', () => {
  const EXTENDS = '[deploy]\nextends = "parent.toml"\n';
  const family = (child: string, parent: string) => ({ 'config.toml': EXTENDS + child, 'parent.toml': parent });

  test("a shipped profile's name", () => {
    expect(load('[deploy]\nextends = "local"\n').profile.deploy.sessions).toEqual(['demo']);
  });

  test('tables merge, the child wins', () => {
    const parent = '[kubernetes]\nnamespace = "parent"\npvc_storage_size = "3Gi"\n[deploy.ingress]\nkind = "none"';
    const { profile } = load(family('[kubernetes]\nnamespace = "child"\n[deploy.ingress]\nclass_name = "x"', parent));
    expect(profile.kubernetes).toMatchObject({ namespace: 'child', pvc_storage_size: '3Gi' });
    expect(profile.deploy.ingress).toMatchObject({ kind: 'none', class_name: 'x' });
  });

  test('tables of variables merge key by key', () => {
    const variables = (text: string) => `[sandbox.runtime_startup_env_vars]\n${text}`;
    const { profile } = load(family(variables('B = "child"\nC = "3"'), variables('A = "1"\nB = "2"')));
    expect(profile.sandbox.runtime_startup_env_vars).toEqual({ A: '1', B: 'child', C: '3' });
  });

  test('lists replace', () => {
    const { profile } = load(family('sessions = ["c"]', '[deploy]\nsessions = ["a", "b"]'));
    expect(profile.deploy.sessions).toEqual(['c']);
  });

  test('a grandparent counts too, the nearest on top', () => {
    const { profile } = load({
      ...family('[sandbox]\ntimeout = 1', '[deploy]\nextends = "grand.toml"\n[sandbox]\ntimeout = 2\nclose_delay = 2'),
      'grand.toml': '[sandbox]\ntimeout = 3\nclose_delay = 3\nuser_id = 3',
    });
    expect(profile.sandbox).toMatchObject({ timeout: 1, close_delay: 2, user_id: 3 });
  });

  test.each(['devbox', 'ingress'])("%s = false takes the parent's table away", (table) => {
    const parent = '[deploy.devbox]\n[deploy.ingress]\nkind = "none"';
    const { deploy } = load(family(`${table} = false`, parent)).profile;
    expect({ devbox: deploy.devbox, ingress: deploy.ingress.kind }).toEqual(
      { devbox: { devbox: undefined, ingress: 'none' }, ingress: { devbox: {}, ingress: 'Ingress' } }[table],
    );
  });

  test("a table in a parent's table is taken away likewise", () => {
    const parent = '[deploy.recovery.descheduler]\n[deploy.recovery.backup]';
    const { recovery } = load(family('recovery.backup = false', parent)).profile.deploy;

    expect(recovery).toEqual({ descheduler: expect.anything(), backup: undefined, restore_from: {} });
  });

  test.each([
    ['devbx', 'unknown key, did you mean devbox?'],
    ['sessions', 'must be a list, got false'],
    ['contract', 'must be one of agent-server, action-execution-server, got false'],
    ['extends', 'must be a string, got false'],
  ])('%s = false takes nothing away: it is no table', (key, problem) => {
    expect(refusals(`[deploy]\n${key} = false`)).toEqual([`config.toml:2: deploy.${key}: ${problem}`]);
  });

  describe('patches', () => {
    const patch = (name: string) =>
      `[[deploy.patches]]\ntarget = { kind = "Deployment", name = "${name}" }\nmerge = { spec.replicas = 1 }`;
    const namesOf = (child: string, parent: string) =>
      load(family(child, parent)).profile.deploy.patches.map(({ target }) => target.name);

    test("follow the parent's, both in their order", () => {
      expect(namesOf(`${patch('c')}\n${patch('d')}`, `${patch('a')}\n${patch('b')}`)).toEqual(['a', 'b', 'c', 'd']);
    });

    test('of a parent stay where the child has none', () => {
      expect(namesOf('sessions = ["c"]', patch('a'))).toEqual(['a']);
    });

    test('of a grandparent come first', () => {
      const files = {
        ...family(patch('c'), `[deploy]\nextends = "grand.toml"\n${patch('b')}`),
        'grand.toml': patch('a'),
      };
      expect(load(files).profile.deploy.patches.map(({ target }) => target.name)).toEqual(['a', 'b', 'c']);
    });

    test('of a parent are taken away by patches = false', () => {
      expect(namesOf('patches = false', patch('a'))).toEqual([]);
    });

    test('are refused at their own lines, those of the parent too', () => {
      const broken = patch('a').replace('merge', 'merg');
      expect(refusals(family(broken, broken))).toEqual([
        'config.toml:5: deploy.patches[1].merg: unknown key, did you mean merge?',
        'parent.toml:3: deploy.patches[0].merg: unknown key, did you mean merge?',
      ]);
    });
  });

  test('a value is no table of the parent', () => {
    const refused = refusals(family('[sandbox]\nruntime_startup_env_vars = 5', '[sandbox.runtime_startup_env_vars]'));
    expect(refused).toEqual(['config.toml:4: sandbox.runtime_startup_env_vars: must be a table, got 5']);
  });

  test("a parent's problem is at the parent's line", () => {
    expect(refusals(family('', '\n[kubernetes]\nnamespace = "X"'))).toEqual([
      expect.stringMatching(/^parent.toml:3: kubernetes.namespace: must be a DNS label/),
    ]);
  });

  test("a parent's problem that the child puts right is none", () => {
    const { profile } = load(family('[kubernetes]\nnamespace = "x"', '[kubernetes]\nnamespace = "X"'));
    expect(profile.kubernetes.namespace).toBe('x');
  });

  test("a parent's syntax error names the parent", () => {
    expect(refusals(family('', '\n\nx = = 1'))).toEqual([expect.stringMatching(/^parent.toml:3: TOML syntax: /)]);
  });

  test('a missing parent is refused at the line that names it', () => {
    expect(refusals('[deploy]\n\nextends = "./missing.toml"')).toEqual([
      'config.toml:3: deploy.extends: no such file: missing.toml',
    ]);
  });

  test('a folder is no parent', () => {
    expect(refusals('[deploy]\nextends = "./"')).toEqual([
      expect.stringMatching(/^config.toml:2: deploy.extends: cannot read \S+: EISDIR$/),
    ]);
  });

  test.each(['', ' ', 'produktion', 'hasOwnProperty'])('%j is no profile', (name) => {
    expect(refusals(`[deploy]\nextends = ${JSON.stringify(name)}`)).toEqual([
      expect.stringContaining(`config.toml:2: deploy.extends: no profile is called ${JSON.stringify(name)}, `),
    ]);
  });

  test.each(['5', '["local"]', '{ a = 1 }', 'true'])('%s is no name', (value) => {
    expect(refusals(`[deploy]\nextends = ${value}`)).toEqual([
      expect.stringMatching(/^config.toml:2: deploy.extends: must be a string, got /),
    ]);
  });

  test('a profile cannot extend itself', () => {
    expect(refusals('[deploy]\nextends = "config.toml"')).toEqual([
      'config.toml:2: deploy.extends: a profile cannot extend itself: config.toml → config.toml',
    ]);
  });

  test('a circle is refused where it closes', () => {
    expect(refusals(family('', '[deploy]\nextends = "./config.toml"'))).toEqual([
      'parent.toml:2: deploy.extends: a profile cannot extend itself: config.toml → parent.toml → config.toml',
    ]);
  });

  test('a password in the path of a parent is not shown', () => {
    const refused = refusals('[deploy]\nextends = "https://user:hunter2@example.com/a.toml"');
    expect(refused).toEqual(['config.toml:2: deploy.extends: no such file: a value that is not shown here']);
  });
});

describe('a refusal', () => {
  test('tells every problem at once, in the order of the lines', () => {
    const text = '[sandbox]\ntimeout = "x"\ntimout = 1\n\n[kubernetes]\nnamespace = "X"\nresource_memory_limit = "1Mi"';
    expect(refusals(text)).toEqual([
      expect.stringMatching(/^config.toml:2: sandbox.timeout: /),
      expect.stringMatching(/^config.toml:3: sandbox.timout: /),
      expect.stringMatching(/^config.toml:6: kubernetes.namespace: /),
      expect.stringMatching(/^config.toml:7: kubernetes.resource_memory_limit: /),
    ]);
  });

  test('counts lines as numbers', () => {
    const lines = refusals(`[kubernetes]\n${'x = 1\n'.replace('x', 'a1')}${'\n'.repeat(10)}b2 = 1`);
    expect(lines).toEqual(['config.toml:2: kubernetes.a1: unknown key', 'config.toml:13: kubernetes.b2: unknown key']);
  });

  test.each(['kubernetes', 'sandbox', 'core', 'deploy', 'llm'])('%s must be a table', (table) => {
    expect(refusals(`\n${table} = 5`)).toEqual([`config.toml:2: ${table}: must be a table, got 5`]);
    expect(refusals(`[[${table}]]\nx = "hidden"`)).toEqual([`config.toml:1: ${table}: must be a table, got a list`]);
  });

  test.each([
    'kubernetes',
    'deploy',
    'llm.x',
    'kubernetes.namespace',
    'sandbox.timeout',
    'sandbox.docker_runtime_kwargs',
  ])('%s is no date', (path) => {
    expect(refusals(`${path} = 1979-05-27`)).toEqual([
      `config.toml:1: ${path}: must not be an unquoted date, which no field takes`,
    ]);
  });

  test.each([
    ['1.5', '1.5'],
    ['nan', 'NaN'],
    ['inf', 'Infinity'],
    ['-inf', '-Infinity'],
    ['99999999999999999999', '100000000000000000000'],
    ['07:32:00', undefined],
    ['"120"', '"120"'],
  ])('%s is no number of seconds', (value, got) => {
    const problem =
      got === undefined ? 'must not be an unquoted date' : `must be a whole number of seconds, got ${got}`;
    expect(refusals(`[sandbox]\ntimeout = ${value}`)).toEqual([
      expect.stringContaining(`config.toml:2: sandbox.timeout: ${problem}`),
    ]);
  });

  test.each([
    ['kubernets = 1', 'kubernets: unknown key, did you mean kubernetes?'],
    ['[kubernets]', 'kubernets: unknown key, did you mean kubernetes?'],
    ['[kubernets.a.b]', 'kubernets: unknown key, did you mean kubernetes?'],
    ['kubernetes.hasOwnProperty = 1', 'kubernetes.hasOwnProperty: unknown key'],
    ['[__proto__]', '__proto__: unknown key'],
    ['kubernetes."日本" = 1', 'kubernetes."日本": unknown key'],
    ['sandbox."a.b" = 1', 'sandbox."a.b": unknown key'],
    ['deploy."" = 1', 'deploy."": unknown key'],
  ])('%j is refused', (text, problem) => {
    expect(refusals(text)).toEqual([`config.toml:1: ${problem}`]);
  });

  test('shows a value in any language', () => {
    expect(refusals('[kubernetes]\nnamespace = "имя"')).toEqual([expect.stringMatching(/got "имя"$/)]);
  });

  test('of many problems takes no time', () => {
    const keys = Array.from({ length: 2000 }, (_, index) => `k${index} = 1`).join('\n');
    const start = performance.now();
    expect(refusals(`[sandbox]\n${keys}`)).toHaveLength(2000);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

test('one table by itself is checked without file and lines', () => {
  expect(problemsOf(() => fromTomlSection('sandbox', { timeout: 'x', volumes: '/a' }))).toEqual([
    'sandbox.timeout: must be a whole number of seconds, got "x"',
    'sandbox.volumes: must be source:/mount/path[:mode], got /a, got "/a"',
  ]);
});
