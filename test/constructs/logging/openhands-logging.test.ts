import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { find, inFolder, objectsOfToml } from '../../render';

const MANAGED = '[deploy.access]\nmanagers = ["apps/openhands"]\n';

const configOf = (toml: string): string =>
  find(objectsOfToml(MANAGED + toml), 'ConfigMap', 'openhands-logging').data['logging.json'];

/** What Python's own logging writes with a configuration: what is on stderr, and what is in the file. */
function write(config: string, statements: string): { stderr: string; file: string } {
  return inFolder((folder) => {
    const file = join(folder, 'openhands.log');
    const program = `
import json, logging, logging.config, sys
sys.stderr = sys.stdout
logging.config.dictConfig(json.loads(sys.stdin.read()))
${statements}`;
    const input = config.replaceAll('/app/logs/openhands.log', file);
    const stderr = execFileSync('python3', ['-c', program], { input, encoding: 'utf8' });
    return { stderr, file: config.includes('/app/logs') ? readFileSync(file, 'utf8') : '' };
  });
}

const LINE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} openhands {7}INFO {5}MainProcess hello\n$/;

test('Python reads it, and writes records in the format', () => {
  const { stderr } = write(configOf('[deploy.logging]'), 'logging.getLogger("openhands").info("hello")');

  expect(stderr).toMatch(LINE);
});

test('with the handler file they are in a file too', () => {
  const config = configOf(
    '[deploy]\ncontract = "agent-server"\n[deploy.logging]\nhandlers = ["console", "file"]\nfile = { keep = 3 }',
  );
  const { stderr, file } = write(config, 'logging.getLogger("openhands").info("hello")');

  expect(stderr).toMatch(LINE);
  expect(file).toMatch(LINE);
  expect(JSON.parse(config).handlers.file).toMatchObject({ when: 'midnight', backupCount: 3 });
});

test.each([
  ['level = "ERROR"', '', 'ERROR'],
  ['level = "ERROR"', 'core.debug = true\n', 'DEBUG'],
])('with %s and %j the loggers are at the level %s', (line, core, level) => {
  const { loggers, root } = JSON.parse(
    find(objectsOfToml(`${core}${MANAGED}[deploy.logging]\n${line}`), 'ConfigMap', 'openhands-logging').data[
      'logging.json'
    ],
  );

  expect([root.level, loggers.openhands.level, loggers.uvicorn.level]).toEqual([level, level, level]);
});

test('without managers there is nobody to read it', () => {
  expect(objectsOfToml('[deploy.logging]').map(({ kind }) => kind)).not.toContain('ConfigMap');
});
