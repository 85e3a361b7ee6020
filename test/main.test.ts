import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdk8s';
import { loadProfile } from '../config/load';
import { compose } from '../main';
import { filesOf, inFolder } from './render';

const ROOT = join(__dirname, '..');

/** The charts of a config.toml that is written here, in the order in which they are made. */
const chartsOf = (toml: string): string[] =>
  inFolder((folder) => {
    const file = join(folder, 'config.toml');
    writeFileSync(file, toml);
    const app = new App();
    compose(app, loadProfile(file).profile);
    return app.charts.map(({ node }) => node.id);
  });

describe('the files of a profile', () => {
  test('are applied in this order: namespace, policies, sessions, pool, dev box', () => {
    const toml = '[kubernetes]\nnamespace = "sandboxes"\n[deploy.pool]\n[deploy.devbox]';

    expect(chartsOf(toml)).toEqual(['0-namespaces', '1-policies', '2-sessions', '3-pool', '6-devbox']);
  });

  test('are named after their charts', () => {
    expect(Object.keys(filesOf('local'))).toEqual([
      '0-namespaces.k8s.yaml',
      '1-policies.k8s.yaml',
      '2-sessions.k8s.yaml',
      '6-devbox.k8s.yaml',
    ]);
  });

  test.each([
    ['in the namespace default', '', '0-namespaces'],
    ['without sessions', '[deploy]\nsessions = []', '2-sessions'],
    ['without a pool', '', '3-pool'],
    ['with a handler of logs alone', '[deploy.logging]', '4-observability'],
    ['with a table of recovery alone', '[deploy.recovery]', '5-recovery'],
    ['without a dev box', '', '6-devbox'],
  ])('%s there is no chart %s', (_, toml, chart) => {
    expect(chartsOf(toml)).not.toContain(chart);
  });

  test.each(Object.keys(filesOf('local')))('%s is not empty', (file) => {
    expect(filesOf('local')[file]).toMatch(/^apiVersion: /);
  });
});

/** Run main.ts as `cdk8s synth` does. */
const run = (outdir: string, env: Record<string, string> = {}, launcher = ['run.js']) => {
  const { PATH, HOME } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...launcher, 'main.ts'], {
    cwd: ROOT,
    env: { PATH, HOME, CDK8S_OUTDIR: outdir, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

describe('main.ts', () => {
  test('writes the profile local when none is named, and says nothing', () => {
    inFolder((outdir) => {
      expect(run(outdir)).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(
        Object.fromEntries(readdirSync(outdir).map((file) => [file, readFileSync(join(outdir, file), 'utf8')])),
      ).toEqual(filesOf('local'));
    });
  });

  test('writes the same for a debugger, without run.js', () => {
    inFolder((outdir) => {
      expect(run(outdir, {}, ['--import', 'tsx'])).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(readdirSync(outdir)).toEqual(Object.keys(filesOf('local')));
    });
  });

  test('says on stderr which override took effect', () => {
    inFolder((outdir) => {
      const { status, stdout, stderr } = run(outdir, { KUBERNETES_INGRESS_DOMAIN: 'example.com' });

      expect({ status, stdout, stderr }).toEqual({
        status: 0,
        stdout: '',
        stderr: 'KUBERNETES_INGRESS_DOMAIN overrides kubernetes.ingress_domain\n',
      });
      expect(readFileSync(join(outdir, '2-sessions.k8s.yaml'), 'utf8')).toContain('host: demo.example.com');
    });
  });

  test('says which object only a server-side apply can apply, and writes it', () => {
    inFolder((folder) => {
      const file = join(folder, 'config.toml');
      const outdir = join(folder, 'dist');
      const notes = Array.from({ length: 30 }, (_, index) => `NOTES_${index} = "${'many words '.repeat(800)}"\n`);
      const variables = `[sandbox.runtime_startup_env_vars]\n${notes.join('')}`;
      writeFileSync(file, `[deploy]\nextends = "local"\n${variables}`);
      const { status, stderr } = run(outdir, { PROFILE: file });

      expect(status).toBe(0);
      expect(stderr).toMatch(
        /^Deployment\/openhands-runtime-demo in openhands has \d+ bytes as JSON: only kubectl apply .*\n$/,
      );
      expect(readdirSync(outdir)).toContain('2-sessions.k8s.yaml');
    });
  });

  test('refuses a bad profile: every problem on a line of stderr, status 1, and nothing written', () => {
    inFolder((folder) => {
      const file = join(folder, 'config.toml');
      const outdir = join(folder, 'dist');
      writeFileSync(file, '[kubernetes]\nnamespace = "Sandboxes"\npriviledged = true\n');

      expect(run(outdir, { PROFILE: file })).toEqual({
        status: 1,
        stdout: '',
        stderr: [
          `${file}:2: kubernetes.namespace: must be a DNS label (lower-case letters, digits and -, at most 63), got "Sandboxes"`,
          `${file}:3: kubernetes.priviledged: unknown key, did you mean privileged?`,
          '',
        ].join('\n'),
      });
      expect(existsSync(outdir)).toBe(false);
    });
  });

  test('refuses a profile that is not there by one line, without a stack trace', () => {
    inFolder((outdir) => {
      expect(run(outdir, { PROFILE: 'stagin' })).toEqual({
        status: 1,
        stdout: '',
        stderr: 'no profile is called "stagin", did you mean staging?\n',
      });
      expect(readdirSync(outdir)).toEqual([]);
    });
  });

  describe('of several profiles', () => {
    const MINE = '[deploy]\nextends = "local"\n[kubernetes]\nnamespace = "mine"\n';

    /** Run it on files in a folder, and list what it wrote. */
    const runOn = (files: Record<string, string>, profile: string) =>
      inFolder((folder) => {
        for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
        const outdir = join(folder, 'dist');
        const { status, stderr } = run(outdir, { PROFILE: profile.replaceAll('<folder>', folder) });
        const written = existsSync(outdir) ? readdirSync(outdir, { recursive: true }).map(String).sort() : [];
        return { status, stderr: stderr.replaceAll(folder, '<folder>'), written };
      });

    test('writes each into a folder of its own, as it writes one alone', () => {
      inFolder((outdir) => {
        expect(run(outdir, { PROFILE: 'staging,local' })).toEqual({ status: 0, stdout: '', stderr: '' });
        expect(readdirSync(outdir).sort()).toEqual(['local', 'staging']);
        const folder = join(outdir, 'local');
        expect(
          Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')])),
        ).toEqual(filesOf('local'));
      });
    });

    test('writes none when one is refused, and says what is wrong with all of them', () => {
      const files = { 'a.toml': MINE, 'b.toml': '[kubernetes]\nnamspace = "b"', 'c.toml': '[deploy]\npoool = 1' };

      expect(runOn(files, '<folder>')).toEqual({
        status: 1,
        stderr: [
          '<folder>/b.toml:2: kubernetes.namspace: unknown key, did you mean namespace?',
          '<folder>/c.toml:2: deploy.poool: unknown key, did you mean pool?',
          '',
        ].join('\n'),
        written: [],
      });
    });

    test('says of what the policy refuses whose it is, and of a patch its own line alone', () => {
      const target = 'target = { kind = "Deployment", name = "openhands-runtime-demo" }';
      const patched = `[[deploy.patches]]\n${target}\nmerge = { metadata.labels."app.kubernetes.io/component" = "" }`;
      const files = {
        'a.toml': MINE + patched,
        'b.toml': `${MINE.replace('mine', 'yours')}[[deploy.patches]]\n${target}\nmerge = { spec.replicas = 1 }`,
      };

      const { status, stderr, written } = runOn(files, '<folder>');

      expect({ status, written }).toEqual({ status: 1, written: [] });
      expect(stderr.trim().split('\n')).toEqual([
        expect.stringMatching(/^<folder>\/a.toml: recommended-labels: Deployment\/openhands-runtime-demo lacks /),
        expect.stringMatching(/^<folder>\/b.toml:5: deploy.patches\[0\]: must change something/),
      ]);
    });

    test('refuses two that write the same objects differently, with both names', () => {
      const files = { 'a.toml': MINE, 'b.toml': `${MINE}pvc_storage_size = "3Gi"` };

      expect(runOn(files, '<folder>/*.toml')).toEqual({
        status: 1,
        stderr: expect.stringMatching(/^a and b: must not write the same object differently, got \S+ in mine[^\n]*\n$/),
        written: [],
      });
    });

    test('says once what all of them say', () => {
      inFolder((outdir) => {
        const { stderr } = run(outdir, { PROFILE: 'local,agent-sandbox', SANDBOX_TIMEOUT: '100' });

        expect(stderr).toBe('SANDBOX_TIMEOUT overrides sandbox.timeout\n');
      });
    });
  });
});
