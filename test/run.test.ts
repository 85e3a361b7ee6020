import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inFolder } from './render';

const execute = promisify(execFile);

const RUN = join(__dirname, '../run.js');

/** Run a program that is written here. */
function run(folder: string, source: string, ...args: string[]) {
  writeFileSync(join(folder, 'program.ts'), source);
  const { status, stdout, stderr } = spawnSync(process.execPath, [RUN, 'program.ts', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('run.js', () => {
  test('gives a program its arguments, its exit status and the folder in which its source is', () => {
    inFolder((folder) => {
      const source = 'console.log(__dirname, process.argv.slice(2), require.main === module); process.exitCode = 3;';

      expect(run(folder, source, 'a', '--b')).toEqual({
        status: 3,
        stdout: `${folder} [ 'a', '--b' ] true\n`,
        stderr: '',
      });
    });
  });

  test('does not run a program that another one imports', () => {
    inFolder((folder) => {
      writeFileSync(
        join(folder, 'other.ts'),
        "export const two = 2;\nif (require.main === module) console.log('ran');",
      );

      expect(run(folder, "import { two } from './other';\nconsole.log(two, require.main === module);").stdout).toBe(
        '2 true\n',
      );
    });
  });

  test('runs what the source is now, the first time and again', () => {
    inFolder((folder) => {
      const outputs = ['one', 'one', 'two'].map((word) => run(folder, `console.log('${word}' as string);`).stdout);

      expect(outputs).toEqual(['one\n', 'one\n', 'two\n']);
    });
  });

  test('names the line of the source where an error was thrown', () => {
    inFolder((folder) => {
      const { status, stderr } = run(
        folder,
        'interface Gone { a: 1 }\n\nconst a: Gone = { a: 1 };\nthrow new Error(`${a.a}`);',
      );

      expect(status).toBe(1);
      expect(stderr).toContain(`${join(folder, 'program.ts')}:4:7`);
    });
  });

  test('says what is wrong with a source that is no TypeScript, and runs nothing', () => {
    inFolder((folder) => {
      const { status, stdout, stderr } = run(folder, "console.log('ran');\nconst = 1;");

      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toContain('program.ts:2:6');
    });
  });

  test('can be started several times at once, before the file is there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'openhands-run-'));
    const program = join(folder, 'program.ts');
    writeFileSync(program, `console.log('${'x'.repeat(100_000)}'.length);`);

    const outputs = await Promise.all([1, 2, 3].map(() => execute(process.execPath, [RUN, program])));

    expect(outputs).toEqual([1, 2, 3].map(() => ({ stdout: '100000\n', stderr: '' })));
    rmSync(folder, { recursive: true });
  });
});
