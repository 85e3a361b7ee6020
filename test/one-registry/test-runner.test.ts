import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest as config } from '../../package.json';
import { inFolder } from '../render';

const ROOT = join(__dirname, '../..');

/** Two test files, and what both import. The longer runs first. */
const FILES = {
  'first.test.ts': `
    import { shared } from './shared';

    interface Word {
      readonly of: 'TypeScript';
    }

    test('is wrong', () => {
      const word: Word = { of: 'TypeScript' };
      expect(word.of).toBe('JavaScript');
    });

    test('takes too long', () => new Promise(() => undefined), 10);

    test('expects too little', () => expect.assertions(1));

    test('loses an error', async () => {
      void Promise.reject(new Error('lost'));
      await new Promise(setImmediate);
    });

    test('wants a module of its own', () => jest.mock('./shared'));

    test('changes what it can', () => {
      process.env.LEFT = 'behind';
      process.exitCode = 7;
      Object.assign(globalThis, { left: 'behind' });
      jest.useFakeTimers();
      jest.spyOn(shared, 'answer').mockReturnValue(0);
      expect(shared.answer()).toBe(0);
    });
  `,
  'second.test.ts': `
    import { shared } from './shared';

    test('meets nothing that another file changed', () => {
      const { LEFT } = process.env;
      expect([LEFT, process.exitCode, 'left' in globalThis, 'clock' in setTimeout]).toEqual([, , false, false]);
      expect(shared.answer()).toBe(42);
    });

    test('has the modules that another file loaded', () => {
      expect(shared.loaded).toBe(1);
    });
  `,
  'shared.ts': `
    export const shared = { loaded: 0, answer: (): number => 42 };
    shared.loaded += 1;
  `,
};

interface Result {
  readonly title: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

/** Run the files one after the other in one process. @returns its exit status, and each test by its name */
function run() {
  return inFolder((folder) => {
    for (const [name, source] of Object.entries(FILES)) writeFileSync(join(folder, name), source);
    const files = JSON.stringify({ ...config, rootDir: ROOT, roots: [folder] });
    const args = ['jest', '--runInBand', '--json', '--config', files];
    const { status, stdout } = spawnSync('npx', args, { cwd: ROOT, encoding: 'utf8' });
    const { testResults } = JSON.parse(stdout) as { testResults: readonly { assertionResults: readonly Result[] }[] };
    const results = testResults.flatMap(({ assertionResults }) => assertionResults);
    return { status, results: new Map(results.map((it) => [it.title, it])) };
  });
}

describe('test files of one registry of modules', () => {
  const { status, results } = run();
  const passed = (title: string) => expect(results.get(title)).toMatchObject({ status: 'passed' });
  const failed = (title: string, message: string) =>
    expect(results.get(title)).toMatchObject({ status: 'failed', failureMessages: [expect.stringContaining(message)] });

  test('load a module once', () => passed('has the modules that another file loaded'));

  test('leave globals, the process, timers and spies as they were', () => {
    passed('changes what it can');
    passed('meets nothing that another file changed');
  });

  test('fail with the line of the TypeScript', () => {
    failed('is wrong', 'first.test.ts:10:23');
    expect(status).toBe(1);
  });

  test.each([
    ['takes too long', 'Exceeded timeout of 10 ms'],
    ['expects too little', 'Expected one assertion to be called but received zero'],
    ['loses an error', 'Error: lost'],
    ['wants a module of its own', 'jest.mock is not a function'],
  ])('fail as Jest has them fail: one that %s', (title, message) => failed(title, message));
});
