import { parseOptions } from '../../../tools/package/options';

test('a version is enough', () => {
  expect(parseOptions(['--version', '1.2.3'])).toEqual({ version: '1.2.3', name: 'openhands', dir: 'dist', out: '.' });
});

test.each(['1.2.3-rc.1', '0.0.0', '1.2.3+build.4'])('%s is a version', (version) => {
  expect(parseOptions(['--version', version]).version).toBe(version);
});

test.each([
  [[], '--version: expected one, as 1.2.3'],
  [['--version', 'v1.2.3'], '--version: expected a semantic version, as 1.2.3, got v1.2.3'],
  [['--version', '1.2'], '--version: expected a semantic version, as 1.2.3, got 1.2'],
  [['--version', '1.2.3', '--name', 'Open_Hands'], '--name: expected at most 53 of a-z, 0-9 and -, got Open_Hands'],
  [['--version', '1.2.3', '--name', 'a'.repeat(54)], '--name: expected at most 53'],
  [['--verson', '1.2.3'], "Unknown option '--verson'"],
])('%j is refused', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});
