import { parseOptions } from '../../../tools/sessions/options';

const parse = (line: string) => parseOptions(line.split(' '));

test('a command and a name, with defaults', () => {
  expect(parse('suspend demo')).toEqual({
    command: 'suspend',
    name: 'demo',
    dir: 'dist',
    namespace: undefined,
    context: undefined,
    json: false,
    wait: false,
    timeout: 300_000,
    port: 0,
    keepVolume: false,
    yes: false,
  });
});

test('options may stand anywhere', () => {
  expect(parse('resume --wait --timeout 90s demo -n team')).toMatchObject({
    name: 'demo',
    namespace: 'team',
    wait: true,
    timeout: 90_000,
  });
});

test('help is no command', () => {
  expect(parse('--help')).toBeUndefined();
});

test.each([
  ['stop demo', 'expected list, suspend, resume, open, delete, got stop'],
  ['--json', 'expected list, suspend, resume, open, delete, got nothing'],
  ['suspend', 'suspend: expected one name'],
  ['suspend a b', 'suspend: expected one name'],
  ['list demo', 'list: expected no name'],
  ['list --waitt', "Unknown option '--waitt'"],
  ['list --wait', '--wait is for suspend and resume, not for list'],
  ['suspend demo --json', '--json is for list, not for suspend'],
  ['list --port 80', '--port is for open, not for list'],
  ['open demo --port 99999', '--port: expected a port, got "99999"'],
  ['suspend demo --keep-volume', '--keep-volume is for delete, not for suspend'],
  ['delete demo', 'delete: expected --keep-volume, or --yes to lose the files of demo too'],
  ['delete demo --keep-volume --yes', 'delete: expected --keep-volume, or --yes'],
])('%s is refused', (line, message) => {
  expect(() => parse(line)).toThrow(message);
});
